import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressFromBytes } from "../../model/address.ts";
import { defaultAsn, parseAsn } from "../../model/asn.ts";
import { parseCommunity, parseLargeCommunity, uniqueCommunities } from "../../model/community.ts";
import { families } from "../../model/family.ts";
import { makePrefix, parsePrefix } from "../../model/prefix.ts";
import type { Prefix } from "../../model/prefix.ts";
import { plainRoute } from "../../model/route.ts";
import type { Route } from "../../model/route.ts";
import { encodeAttribute } from "./attribute.ts";
import { decodeRoute } from "./decode-route.ts";
import { encodeRoute } from "./encode-route.ts";
import { decodePrefix, encodePrefix } from "./nlri.ts";
import { WireError } from "./wire-error.ts";

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const u16 = fc.integer({ min: 0, max: 0xffff });

const bytesOf = { ipv4: 4, ipv6: 16 } as const;
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

const prefixes = fc
  .constantFrom(...families)
  .chain((family) =>
    fc
      .tuple(bytes(bytesOf[family]), fc.integer({ min: 0, max: bytesOf[family] * 8 }))
      .map(([address, length]) => ({ family, prefix: makePrefix(address, length) })),
  )
  .filter((made): made is { family: "ipv4" | "ipv6"; prefix: Prefix } => made.prefix !== null);

const communities = fc
  .array(fc.tuple(u16, u16).map((numbers) => parseCommunity(numbers.join(":"))))
  .map((list) => uniqueCommunities(list.filter((community) => community !== null)));
const largeCommunities = fc
  .array(fc.tuple(u32, u32, u32).map((numbers) => parseLargeCommunity(numbers.join(":"))))
  .map((list) => uniqueCommunities(list.filter((community) => community !== null)));

/** The unspecified address stands for "the speaker's own": no route asks for it by name. */
const nextHops = (family: "ipv4" | "ipv6") =>
  fc.option(
    bytes(bytesOf[family])
      .map((address) => addressFromBytes(address))
      .filter((hop) => hop !== "0.0.0.0" && hop !== "::"),
  );

const routes: fc.Arbitrary<Route> = prefixes.chain(({ family, prefix }) =>
  fc.record({
    prefix: fc.constant(prefix),
    nextHop: nextHops(family),
    communities,
    largeCommunities,
    med: fc.option(u32),
    localPref: fc.option(u32),
    prepend: fc.integer({ min: 0, max: 600 }),
    notTo: fc.constant([]),
    variants: fc.constant([]),
  }),
);

const asns = u32.map(parseAsn).filter((asn) => asn !== null);

describe("NLRI", () => {
  it("a prefix survives the way into BGP bytes and back", () => {
    fc.assert(
      fc.property(prefixes, ({ family, prefix }) => {
        expect(decodePrefix(family, encodePrefix(prefix))).toBe(prefix);
      }),
    );
  });

  it.each([
    ["0.0.0.0/0", "00"],
    ["10.49.0.0/16", "100a31"],
    ["10.49.128.0/17", "110a3180"],
    ["10.49.62.131/32", "200a313e83"],
    ["fd49::/64", "40fd49000000000000"],
  ])("%s is %s", (text, hex) => {
    const parsed = parsePrefix(text);
    expect(parsed && Buffer.from(encodePrefix(parsed.prefix)).toString("hex")).toBe(hex);
  });

  it("bits beyond the length are cleared", () => {
    expect(decodePrefix("ipv4", Uint8Array.of(17, 10, 49, 0xff))).toBe("10.49.128.0/17");
  });

  it.each([
    ["nothing", []],
    ["a length beyond the family's", [33, 1, 2, 3, 4, 5]],
    ["too few bytes", [24, 10, 49]],
    ["too many bytes", [8, 10, 49]],
  ])("%s is refused", (_, nlri) => {
    expect(() => decodePrefix("ipv4", Uint8Array.from(nlri))).toThrow(WireError);
  });

  it("hostile bytes make nothing worse than a WireError", () => {
    fc.assert(
      fc.property(fc.constantFrom(...families), fc.uint8Array({ maxLength: 40 }), (family, nlri) => {
        orWireError(() => decodePrefix(family, nlri));
      }),
    );
  });
});

describe("path attributes", () => {
  it("a route survives the way into BGP bytes and back", () => {
    fc.assert(
      fc.property(routes, asns, (route, asn) => {
        expect(decodeRoute(route.prefix, encodeRoute(route, asn), asn)).toEqual(route);
      }),
    );
  });

  it("that fit into no message are refused before a speaker sees them", () => {
    const many = Array.from({ length: 1000 }, (_, number) => parseCommunity(`64512:${number}`));
    const communities = uniqueCommunities(many.filter((community) => community !== null));
    expect(() => encodeRoute({ ...plain("10.49.0.1/32"), communities }, defaultAsn)).toThrow(WireError);
  });

  it("are the bytes of RFC 4271, RFC 1997 and RFC 8092", () => {
    const route: Route = {
      ...plain("10.49.0.1/32"),
      nextHop: addressFromBytes(Uint8Array.of(192, 168, 1, 10)),
      med: 50,
      localPref: 200,
      prepend: 2,
      communities: uniqueCommunities([parseCommunity("64512:100")].filter((community) => community !== null)),
      largeCommunities: uniqueCommunities(
        [parseLargeCommunity("64512:1:2")].filter((community) => community !== null),
      ),
    };
    expect(encodeRoute(route, defaultAsn).map((each) => Buffer.from(each).toString("hex"))).toEqual([
      "40010100",
      "40020a02020000fc000000fc00",
      "400304c0a8010a",
      "80040400000032",
      "400504000000c8",
      "c00804fc000064",
      "c0200c0000fc000000000100000002",
    ]);
  });

  it("an IPv6 route carries its next hop and its prefix in MP_REACH_NLRI (RFC 4760)", () => {
    const [, mpReach] = encodeRoute(plain("fd49::/64"), defaultAsn);
    expect(mpReach && Buffer.from(mpReach).toString("hex")).toBe(
      `800e1e00020110${"00".repeat(16)}0040fd49000000000000`,
    );
  });

  it("a next hop of the other family is refused", () => {
    const route = { ...plain("10.49.0.1/32"), nextHop: addressFromBytes(new Uint8Array(16).fill(1)) };
    expect(() => encodeRoute(route, defaultAsn)).toThrow(/10\.49\.0\.1\/32 cannot have the next hop/);
  });

  it.each([
    ["an attribute of a type that none of ours has", [encodeAttribute(0xc0, 16, new Uint8Array(8))]],
    ["another origin", [encodeAttribute(0x40, 1, Uint8Array.of(1))]],
    ["another AS in the path", [encodeAttribute(0x40, 2, Uint8Array.of(2, 1, 0, 0, 0xfd, 0xe8))]],
    ["an AS_SET", [encodeAttribute(0x40, 2, Uint8Array.of(1, 1, 0, 0, 0xfc, 0))]],
    ["an IPv6 next hop at an IPv4 prefix", [encodeAttribute(0x40, 3, new Uint8Array(16))]],
    ["an attribute with bytes left over", [encodeAttribute(0x80, 4, new Uint8Array(5))]],
    ["an attribute that is cut off", [Uint8Array.of(0x80, 4, 4, 0, 0)]],
    ["communities that are cut off", [encodeAttribute(0xc0, 8, new Uint8Array(6))]],
  ])("%s makes a route that is not ours", (_, foreign) => {
    const own = encodeRoute(plain("10.49.0.1/32"), defaultAsn);
    const types = new Set(foreign.map((each) => each[1]));
    const attributes = [...own.filter((each) => !types.has(each[1])), ...foreign];
    expect(() => decodeRoute(plain("10.49.0.1/32").prefix, attributes, defaultAsn)).toThrow(WireError);
  });

  it("a route without ORIGIN or next hop, or with an attribute twice, is not ours", () => {
    const [origin = Uint8Array.of(), nextHop = Uint8Array.of()] = encodeRoute(
      plain("10.49.0.1/32"),
      defaultAsn,
    );
    for (const attributes of [[], [origin], [nextHop], [origin, nextHop, nextHop]])
      expect(() => decodeRoute(plain("10.49.0.1/32").prefix, attributes, defaultAsn)).toThrow(WireError);
  });

  it("communities in another order are the same communities", () => {
    const shuffled = encodeAttribute(0xc0, 8, Uint8Array.of(0xfc, 0, 0, 2, 0xfc, 0, 0, 1, 0xfc, 0, 0, 2));
    const attributes = [...encodeRoute(plain("10.49.0.1/32"), defaultAsn), shuffled];
    expect(decodeRoute(plain("10.49.0.1/32").prefix, attributes, defaultAsn).communities).toEqual([
      "64512:1",
      "64512:2",
    ]);
  });

  it("hostile bytes make nothing worse than a WireError", () => {
    const attribute = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .tuple(fc.constantFrom(1, 2, 3, 4, 5, 8, 14, 32), fc.uint8Array({ maxLength: 300 }))
        .map(([type, value]) => encodeAttribute(0xc0, type, value)),
    );
    fc.assert(
      fc.property(prefixes, fc.array(attribute, { maxLength: 6 }), ({ prefix }, attributes) => {
        orWireError(() => decodeRoute(prefix, attributes, defaultAsn));
      }),
    );
  });
});

function plain(text: string): Route {
  const parsed = parsePrefix(text);
  if (parsed === null) throw new Error(`${text} is no prefix`);
  return plainRoute(parsed.prefix);
}

function orWireError(decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    expect(error).toBeInstanceOf(WireError);
  }
}
