// A route as path attributes, the way it goes into an UPDATE message (RFC 4271 §5, RFC 4760, RFC 1997, RFC 8092).
import { addressBytes, familyOf } from "../../model/address.ts";
import type { Address } from "../../model/address.ts";
import type { Asn } from "../../model/asn.ts";
import { communityNumbers } from "../../model/community.ts";
import { prefixFamily } from "../../model/prefix.ts";
import type { Route } from "../../model/route.ts";
import { attributeType, encodeAttribute, flag, numbersToBytes } from "./attribute.ts";
import { encodePrefix } from "./nlri.ts";
import { WireError } from "./wire-error.ts";

const wellKnown = flag.transitive;
const optional = flag.optional;
const optionalTransitive = flag.optional | flag.transitive;

const originIgp = encodeAttribute(wellKnown, attributeType.origin, Uint8Array.of(0));
/** The unspecified address: the speaker puts its own. */
const ownAddress = { ipv4: new Uint8Array(4), ipv6: new Uint8Array(16) } as const;
/** AFI 2, SAFI 1, next hop of 16 bytes. */
const ipv6Unicast = [0, 2, 1, 16] as const;
/** AS_SEQUENCE, and how many numbers fit into a segment. */
const asSequence = 2;
const maxSegment = 255;

/**
 * What the attributes of one route may take of an UPDATE of 4096 bytes (RFC 4271 §4.1), with room for the AS numbers
 * that eBGP adds. gobgpd 3.10 panics over a route that fits into no message.
 */
const maxAttributeBytes = 3_500;

/**
 * @param localAsn stands in the AS_PATH for `route.prepend`; the speaker adds its own towards eBGP peers.
 * @throws {WireError} for a next hop of the other family, and for attributes too long for one message.
 */
export function encodeRoute(route: Route, localAsn: Asn): Uint8Array[] {
  const attributes = [originIgp];
  if (route.prepend > 0) attributes.push(asPath(localAsn, route.prepend));
  attributes.push(nextHop(route));
  if (route.med !== null)
    attributes.push(encodeAttribute(optional, attributeType.med, numbersToBytes([route.med])));
  if (route.localPref !== null)
    attributes.push(encodeAttribute(wellKnown, attributeType.localPref, numbersToBytes([route.localPref])));
  if (route.communities.length > 0) {
    const numbers = route.communities.map((community) => {
      const [high = 0, low = 0] = communityNumbers(community);
      return high * 0x1_0000 + low;
    });
    attributes.push(encodeAttribute(optionalTransitive, attributeType.communities, numbersToBytes(numbers)));
  }
  if (route.largeCommunities.length > 0) {
    const value = numbersToBytes(route.largeCommunities.flatMap(communityNumbers));
    attributes.push(encodeAttribute(optionalTransitive, attributeType.largeCommunities, value));
  }
  const bytes = attributes.reduce((sum, attribute) => sum + attribute.length, 0);
  if (bytes > maxAttributeBytes)
    throw new WireError(`${route.prefix} has ${bytes} bytes of attributes, more than fit into one message`);
  return attributes;
}

function asPath(asn: Asn, times: number): Uint8Array {
  const segments: number[] = [];
  for (let left = times; left > 0; left -= maxSegment) {
    const length = Math.min(left, maxSegment);
    segments.push(asSequence, length, ...numbersToBytes(Array<number>(length).fill(asn)));
  }
  return encodeAttribute(wellKnown, attributeType.asPath, Uint8Array.from(segments));
}

function nextHop(route: Route): Uint8Array {
  const family = prefixFamily(route.prefix);
  const hop = route.nextHop === null ? ownAddress[family] : hopBytes(route, route.nextHop);
  if (family === "ipv4") return encodeAttribute(wellKnown, attributeType.nextHop, hop);
  const value = Uint8Array.from([...ipv6Unicast, ...hop, 0, ...encodePrefix(route.prefix)]);
  return encodeAttribute(optional, attributeType.mpReach, value);
}

function hopBytes(route: Route, hop: Address): Uint8Array {
  if (familyOf(hop) !== prefixFamily(route.prefix))
    throw new WireError(`${route.prefix} cannot have the next hop ${hop}: it is of the other address family`);
  return addressBytes(hop);
}
