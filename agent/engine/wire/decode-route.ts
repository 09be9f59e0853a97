// Path attributes, as a speaker hands back what it originates, as a route again.
import { addressFromBytes, familyOf, parseAddress } from "../../model/address.ts";
import type { Address } from "../../model/address.ts";
import type { Asn } from "../../model/asn.ts";
import { parseCommunity, parseLargeCommunity, uniqueCommunities } from "../../model/community.ts";
import type { Community, LargeCommunity } from "../../model/community.ts";
import { prefixFamily } from "../../model/prefix.ts";
import type { Prefix } from "../../model/prefix.ts";
import { plainRoute } from "../../model/route.ts";
import type { Route } from "../../model/route.ts";
import { attributeType, decodeAttribute } from "./attribute.ts";
import { decodePrefix } from "./nlri.ts";
import { Reader } from "./reader.ts";
import { WireError } from "./wire-error.ts";

const asSequence = 2;
const ipv4Zero = parseAddress("0.0.0.0");
const ipv6Zero = parseAddress("::");

type Draft = { -readonly [Field in keyof Route]: Route[Field] };
type Decode = (draft: Draft, value: Reader, localAsn: Asn) => void;

const decoders: ReadonlyMap<number, Decode> = new Map<number, Decode>([
  [attributeType.origin, origin],
  [attributeType.asPath, asPath],
  [attributeType.nextHop, (draft, value) => (draft.nextHop = nextHop(draft.prefix, value.bytes(value.left)))],
  [attributeType.mpReach, mpReach],
  [attributeType.med, (draft, value) => (draft.med = value.u32())],
  [attributeType.localPref, (draft, value) => (draft.localPref = value.u32())],
  [attributeType.communities, (draft, value) => (draft.communities = communities(value))],
  [attributeType.largeCommunities, (draft, value) => (draft.largeCommunities = largeCommunities(value))],
]);

/**
 * @throws {WireError} for malformed attributes and for those no route of ours has (an unknown type, another origin or
 * AS in the path): such a route is not to be taken for one of ours.
 */
export function decodeRoute(prefix: Prefix, attributes: readonly Uint8Array[], localAsn: Asn): Route {
  const draft: Draft = { ...plainRoute(prefix) };
  const seen = new Set<number>();
  for (const bytes of attributes) {
    const { type, value } = decodeAttribute(bytes);
    const decode = decoders.get(type);
    if (decode === undefined) throw new WireError(`attribute ${type} is not known`);
    if (seen.has(type)) throw new WireError(`attribute ${type} stands twice`);
    seen.add(type);
    const reader = new Reader(value);
    decode(draft, reader, localAsn);
    if (reader.left > 0) throw new WireError(`${reader.left} bytes too many in attribute ${type}`);
  }
  if (!seen.has(attributeType.origin)) throw new WireError("no ORIGIN");
  const carrier = prefixFamily(prefix) === "ipv4" ? attributeType.nextHop : attributeType.mpReach;
  if (!seen.has(carrier)) throw new WireError("no next hop");
  return draft;
}

function origin(_draft: Draft, value: Reader): void {
  const code = value.u8();
  if (code !== 0) throw new WireError(`ORIGIN ${code} instead of IGP`);
}

function asPath(draft: Draft, value: Reader, localAsn: Asn): void {
  while (value.left > 0) {
    if (value.u8() !== asSequence) throw new WireError("AS_PATH with something else than AS_SEQUENCE");
    const length = value.u8();
    for (let index = 0; index < length; index++)
      if (value.u32() !== localAsn) throw new WireError("AS_PATH with another AS than ours");
    draft.prepend += length;
  }
}

function mpReach(draft: Draft, value: Reader): void {
  if (value.u16() !== 2 || value.u8() !== 1) throw new WireError("MP_REACH_NLRI not of IPv6 unicast");
  draft.nextHop = nextHop(draft.prefix, value.bytes(value.u8()));
  value.u8(); // reserved (RFC 4760 §3)
  const prefix = decodePrefix("ipv6", value.bytes(value.left));
  if (prefix !== draft.prefix) throw new WireError(`MP_REACH_NLRI of ${prefix} at ${draft.prefix}`);
}

function nextHop(prefix: Prefix, bytes: Uint8Array): Address | null {
  const address = addressFromBytes(bytes);
  if (address === null || familyOf(address) !== prefixFamily(prefix))
    throw new WireError(`a next hop of ${bytes.length} bytes at ${prefix}`);
  return address === ipv4Zero || address === ipv6Zero ? null : address;
}

function communities(value: Reader): readonly Community[] {
  const list: Community[] = [];
  while (value.left > 0) {
    const community = parseCommunity(`${value.u16()}:${value.u16()}`);
    if (community !== null) list.push(community);
  }
  return uniqueCommunities(list);
}

function largeCommunities(value: Reader): readonly LargeCommunity[] {
  const list: LargeCommunity[] = [];
  while (value.left > 0) {
    const community = parseLargeCommunity(`${value.u32()}:${value.u32()}:${value.u32()}`);
    if (community !== null) list.push(community);
  }
  return uniqueCommunities(list);
}
