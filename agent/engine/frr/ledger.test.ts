import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAddress } from "../../model/address.ts";
import type { Address } from "../../model/address.ts";
import { defaultAsn, parseAsn } from "../../model/asn.ts";
import { parseCommunity, parseLargeCommunity, uniqueCommunities } from "../../model/community.ts";
import { plainSession } from "../../model/peer.ts";
import type { Peer } from "../../model/peer.ts";
import { parsePrefix } from "../../model/prefix.ts";
import { plainRoute } from "../../model/route.ts";
import type { Route } from "../../model/route.ts";
import { Secret } from "../../model/secret.ts";
import { Ledger } from "./ledger.ts";
import { renderPart } from "./render-part.ts";
import { Rendering } from "./rendering.ts";
import { parseRunningConfig } from "./running-config.ts";

const rendering = new Rendering();

function some<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error("it is one");
  return value;
}

const tors: readonly Address[] = ["192.0.2.1", "192.0.2.2", "2001:db8::1"].map((text) =>
  some(parseAddress(text)),
);
const routerId = some(parseAddress("192.0.2.10"));
const instance = { asn: defaultAsn, routerId, listenPort: 179 };

const number = fc.option(fc.nat({ max: 0xffff_ffff }));
const communities = fc
  .array(fc.tuple(fc.nat({ max: 0xffff }), fc.nat({ max: 0xffff })), { maxLength: 4 })
  .map((all) => uniqueCommunities(all.map(([a, b]) => some(parseCommunity(`${a}:${b}`)))));
const largeCommunities = fc
  .array(fc.tuple(fc.nat({ max: 0xffff }), fc.nat(), fc.nat()), { maxLength: 3 })
  .map((all) => uniqueCommunities(all.map(([a, b, c]) => some(parseLargeCommunity(`${a}:${b}:${c}`)))));
const asn = fc.integer({ min: 1, max: 20_000 }).map((value) => some(parseAsn(value)));
const told = fc.record({ communities, largeCommunities, med: number, localPref: number });

/** Each neighbour is sent the route, not sent it, or sent another one. */
const route: fc.Arbitrary<Route> = fc
  .record({
    last: fc.nat({ max: 254 }),
    own: told,
    nextHop: fc.constantFrom(null, routerId),
    prepend: fc.nat({ max: 3 }),
    fate: fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 2 }), fc.nat({ max: 2 })),
    other: told,
    path: fc.array(asn, { maxLength: 3 }),
  })
  .map(({ last, own, nextHop, prepend, fate, other, path }) => {
    const to = tors.filter((_, index) => fate[index] === 2);
    return {
      ...plainRoute(some(parsePrefix(`10.49.0.${last}/32`)).prefix),
      ...own,
      nextHop,
      prepend,
      notTo: tors.filter((_, index) => fate[index] === 1),
      variants: to.length === 0 ? [] : [{ ...other, path, to }],
    };
  });

const peer = (address: Address): fc.Arbitrary<Peer> =>
  fc
    .record({
      asn,
      localAsn: fc.constantFrom(defaultAsn, some(parseAsn(65_010))),
      port: fc.constantFrom(179, 1179),
      name: fc.constantFrom("tor1", "a.b-c", "tor\n1 no bgp", "ü x"),
      holdTimeSeconds: fc.nat({ max: 65_535 }),
      keepaliveSeconds: fc.nat({ max: 21_845 }),
      password: fc.option(
        fc.constantFrom("p", "a|b!c#d?", '"quoted"', "{{x}}").map((text) => new Secret(text)),
      ),
      sourceAddress: fc.constantFrom(null, routerId),
      multihop: fc.boolean(),
      ttlSecurityHops: fc.option(fc.integer({ min: 1, max: 254 })),
      allowedLocalAsns: fc.nat({ max: 10 }),
      gracefulRestartSeconds: fc.constantFrom(null, 30),
      bfdIntervalMs: fc.constantFrom(null, 100),
    })
    .map((settings) => ({ ...plainSession, ...settings, address }));

/** What a restarted agent reads back. */
function readBack(text: string): Ledger {
  const ledger = new Ledger({ rendering, localAsn: defaultAsn, shared: false });
  ledger.read(parseRunningConfig(text));
  return ledger;
}

describe("what is rendered", () => {
  test("T9: is read back as the routes and peers that it was made of", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(route, { selector: ({ prefix }) => prefix, maxLength: 6 }),
        fc.tuple(...tors.map(peer)),
        (routes, peers) => {
          const { text, rejections } = renderPart(rendering, { instance, peers, routes });
          expect(rejections).toEqual([]);
          const ledger = readBack(text);
          expect(ledger.routes()).toEqual(new Map(routes.map((each) => [each.prefix, each])));
          expect([...ledger.peers.values()]).toEqual(peers);
          // Nothing is to be mended, and rendered again it is the same.
          expect(renderPart(rendering, { instance, peers, routes: [...routes] }).text).toBe(text);
        },
      ),
      { numRuns: 50 },
    );
  });

  test("and changed by somebody is read back as nothing of ours", () => {
    const [address] = tors;
    const routes = [{ ...plainRoute(some(parsePrefix("10.49.0.1/32")).prefix), med: 7 }];
    const own = { name: "tor1", address: some(address), port: 179, asn: defaultAsn, localAsn: defaultAsn };
    const { text } = renderPart(rendering, { instance, peers: [{ ...plainSession, ...own }], routes });
    expect([...readBack(text.replace("set metric 7", "set metric 8")).routes().values()]).toEqual([null]);
    for (const line of ["neighbor 192.0.2.1 default-originate", "no neighbor 192.0.2.1 send-community"]) {
      const changed = readBack(text.replace(" in\n", ` in\n ${line}\n`));
      expect([...changed.peers.values()]).toEqual([null]);
      expect([...changed.routes().values()]).toEqual(routes);
      // Until it is replaced it stays so on disk.
      expect(changed.file(routerId)).toContain(` ${line}\n`);
    }
  });
});
