// Routes that some neighbours are sent otherwise than others: what operations of export filters come to.
import { describe, expect, it } from "vitest";
import { compareAddresses } from "../../../../agent/model/address.ts";
import type { Asn } from "../../../../agent/model/asn.ts";
import { gracefulShutdown } from "../../../../agent/model/community.ts";
import type { Peer } from "../../../../agent/model/peer.ts";
import type { Route, Variant } from "../../../../agent/model/route.ts";
import type { Rack } from "./rack.ts";
import { communities } from "./seen.ts";
import { asn, prefix } from "./trial.ts";

/** What a variant has beside the route's own. */
type Change = Partial<Omit<Variant, "to">>;

const own = { ...communities("64512:5", "64512:4242:5"), med: 50 };
const full: Change = {
  ...communities("64511:1", "64512:5", "65535:0", "64511:4242:1", "64512:4242:5"),
  localPref: 2_147_482_623,
  path: [asn(65001), asn(65001), asn(4_200_000_000)],
};

export function describeVariants(rack: () => Rack): void {
  describe("routes that change on their way to a neighbour", () => {
    const internal = () => rack().rig.peers;
    const eventsAt = (peer: Peer) => rack().rig.witness.events(peer);
    const addresses = (...peers: readonly Peer[]) =>
      peers.map(({ address }) => address).sort(compareAddresses);

    /** Changed for each of these neighbours, or sets of them. */
    function host(text: string, ...changes: readonly (readonly [Change, ...Peer[]])[]): Route {
      const plain = rack().host(text, own);
      const { localPref } = plain;
      const variants = changes.map(([change, ...to]) => ({
        ...own,
        localPref,
        path: [],
        ...change,
        to: addresses(...to),
      }));
      return { ...plain, variants: variants.sort(byFirst) };
    }

    async function held(): Promise<readonly (Route | null)[]> {
      return [...(await rack().link.held()).routes.values()].sort(byPrefix);
    }

    /** One for each neighbour. */
    const different = (text: string): Route =>
      host(
        text,
        [full, internal().ipv6],
        [{ med: 9, localPref: 7 }, internal().ipv4],
        [
          { ...communities("64512:5", "64512:7", "64512:4242:5"), med: 1, path: pathToOthers() },
          rack().rig.external,
        ],
      );

    /** What may stand in the path towards another AS: P13: where it cannot be what filters ask for, that is told. */
    function pathToOthers(): readonly Asn[] {
      const peer = rack().rig.external;
      const asns = [asn(65_010), asn(4_200_000_009)];
      const engine = rack().rig.engine();
      const asked = { operation: { t: "prepend", asns }, field: "spec.filters[0]", filter: "f" } as const;
      const problems = engine.refusals({ peers: [peer], operations: new Map([[peer.name, [asked]]]) });
      if (problems.length === 0) return asns;
      expect(problems).toMatchObject([
        { object: `BGPPeer/${peer.name}`, field: "spec.filters[0]", severity: "error" },
      ]);
      expect(problems[0]?.message).toMatch(new RegExp(`BGPFilter/f .* ${engine.name}.*not brought up$`));
      return [peer.localAsn, peer.localAsn];
    }

    it.each<readonly [string, Change]>([
      ["a community", communities("64512:5", "64512:6", "64512:4242:5")],
      ["GRACEFUL_SHUTDOWN", { communities: [...own.communities, gracefulShutdown] }],
      ["a large community", communities("64512:5", "64512:4242:5", "64512:4242:6")],
      ["another MED", { med: 4_294_967_294 }],
      ["a local preference", { localPref: 2_147_482_623 }],
      ["numbers in front of the path", { path: [asn(65001), asn(4_200_000_000), asn(65001)] }],
      ["all of it", full],
    ])("T7: have %s there alone, from the first message on, and are read back", async (_, change) => {
      const routes = [host("fd49::1/128", [change, internal().ipv6]), host("fd49::2/128")];
      await rack().announce(...routes);
      expect(await held()).toEqual(routes);
      for (const peer of rack().peers) expect(eventsAt(peer)).toHaveLength(routes.length);
    });

    it("T7: are another one to each, towards another AS as well, and P13: what cannot be is told", async () => {
      const routes = [different("10.49.0.1/32"), different("fd49::1/128"), host("fd49::2/128")];
      await rack().announce(...routes);
      expect(await held()).toEqual(routes);
      rack().rig.witness.mark();
      await rack().reopen();
      expect(await held()).toEqual(routes);
      await rack().change({ announce: routes });
      await rack().announce(...routes, host("fd49::3/128", [{ med: 2 }, internal().ipv6]));
      for (const peer of rack().peers)
        expect(eventsAt(peer)).toEqual([{ t: "added", prefix: "fd49::3/128" }]);
    });

    it("T7: change while they are in use, without a withdrawal, and without an event elsewhere", async () => {
      const { ipv4, ipv6 } = internal();
      const { external } = rack().rig;
      const all = [ipv4, ipv6, external];
      const stays = different("fd49::2/128");
      const text = "fd49::1/128";
      const few: Change = communities("64512:2", "64512:5", "64512:3:4", "64512:4242:5");
      const kept = { ...host(text, [few, ipv4, external]), notTo: addresses(ipv6) };
      await rack().announce(stays, host(text));
      for (const [changed, ...told] of [
        [host(text, [few, ipv4]), ipv4],
        [host(text, [few, ipv4, external]), external],
        [kept, ipv6],
        [host(text), ...all],
        [different(text), ...all],
        [host(text), ...all],
      ] as const) {
        rack().rig.witness.mark();
        await rack().announce(stays, changed);
        expect((await rack().link.held()).routes.get(prefix(text))).toEqual(changed);
        const t = changed === kept ? "removed" : "added";
        for (const peer of rack().peers)
          expect(eventsAt(peer)).toEqual(told.includes(peer) ? [{ t, prefix: text }] : []);
      }
    });

    it("may change for one neighbour, be kept from the other, and the other way round", async () => {
      const { ipv4, ipv6 } = internal();
      for (const [to, not] of [
        [ipv4, ipv6],
        [ipv6, ipv4],
      ] as const) {
        const changed = { ...host("fd49::1/128", [full, to]), notTo: addresses(not) };
        await rack().announce(changed);
        expect(await held()).toEqual([changed]);
      }
    });

    it("by the hundred, with the same few differences, and back", async () => {
      const texts = Array.from({ length: 200 }, (_, index) => `fd49::2:${index.toString(16)}/128`);
      await rack().announce(...texts.map((text) => different(text)));
      await rack().announce(...texts.map((text) => host(text)));
    });

    it("T7: have the node's own number in the path more often, beside the times that all get", async () => {
      const { ipv4, ipv6 } = internal();
      const { external } = rack().rig;
      const number = external.localAsn;
      const changed = {
        ...host("fd49::1/128", [{ path: [number, number, number] }, external]),
        prepend: 2,
        notTo: addresses(ipv4, ipv6),
      };
      await rack().announce(changed);
      expect(await held()).toEqual([changed]);
    });
  });
}

function byFirst({ to: [a] }: Variant, { to: [b] }: Variant): number {
  return a === undefined || b === undefined ? 0 : compareAddresses(a, b);
}

function byPrefix(a: Route | null, b: Route | null): number {
  return (a?.prefix ?? "") < (b?.prefix ?? "") ? -1 : 1;
}
