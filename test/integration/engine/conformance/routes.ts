// Routes: announced, changed, withdrawn, refused, and as each neighbour sees them.
import { describe, expect, it } from "vitest";
import type { Peer } from "../../../../agent/model/peer.ts";
import type { Route } from "../../../../agent/model/route.ts";
import { until } from "../../../support/until.ts";
import type { Rack } from "./rack.ts";
import { communities } from "./seen.ts";
import { address, manyRoutes, prefix, route } from "./trial.ts";

export function describeRoutes(rack: () => Rack): void {
  const host = (text: string, attributes: Partial<Route> = {}) => rack().host(text, attributes);
  /** The node's own AS in the path is a loop to iBGP neighbours: nothing of the kind is for them. */
  const longer = (text: string, prepend: number, attributes: Partial<Route> = {}) =>
    host(text, {
      ...attributes,
      prepend,
      notTo: Object.values(rack().rig.peers).map((peer) => peer.address),
    });

  describe("routes", () => {
    it("T1 T5: reach every neighbour with all that it may be told, and are read back as they are", async () => {
      const routes = [
        host("10.49.0.0/16"),
        host("10.49.62.131/32", { ...communities("64512:100", "64512:1:2"), med: 4294967294, localPref: 0 }),
        // Drained (RFC 8326).
        host("10.49.62.132/32", { ...communities("65535:0"), med: 4294967295 }),
        host("10.49.62.133/32", { med: 1, localPref: 200 }),
        longer("10.49.62.135/32", 2, { med: 0 }),
        host("10.49.62.134/32", { nextHop: address("192.168.1.99") }),
        host("fd49::/64", communities("64512:100", "64512:200", "4200000001:4294967295:0")),
        host("fd49::1/128", { ...communities("65535:0", "0:0:1"), med: 7, localPref: 4294967295 }),
        longer("fd49::3/128", 1, communities("64512:1")),
        host("fd49::2/128", { nextHop: address("fd01::99") }),
      ];
      await rack().announce(...routes);
      expect((await rack().link.held()).routes).toEqual(new Map(routes.map((each) => [each.prefix, each])));
      expect(await rack().link.count()).toBe(routes.length);
    });

    it("that have no next hop of their own go out with the speaker's, on sessions of their family", async () => {
      const { ipv4, ipv6 } = rack().rig.peers;
      const [over4, over6] = [route("10.49.0.1/32"), route("fd49::1/128", communities("64512:100"))];
      await rack().change({ announce: [over4] });
      for (const peer of [ipv4, rack().rig.external]) await rack().knownBy(peer, over4);
      await rack().change({ announce: [over6], withdraw: [over4.prefix] });
      await rack().knownBy(ipv6, over6);
    });

    it("T3: that change in their attributes are replaced without a withdrawal", async () => {
      const before = [
        host("10.49.0.1/32", communities("64512:100")),
        host("10.49.0.2/32", { ...communities("64512:100"), med: 7, localPref: 200 }),
        host("10.49.0.3/32"),
        host("fd49::1/128", { med: 0 }),
        longer("10.49.0.4/32", 2),
      ];
      const after = [
        host("10.49.0.1/32", { ...communities("65535:0"), med: 4294967295 }),
        host("10.49.0.2/32"),
        host("10.49.0.3/32", { nextHop: address("192.168.1.99") }),
        host("fd49::1/128", communities("64512:1:2")),
        longer("10.49.0.4/32", 1),
      ];
      await rack().announce(...before);
      rack().rig.witness.mark();
      await rack().announce(...after);
      for (const peer of rack().peers) {
        const events = rack().rig.witness.events(peer);
        expect(events.filter(({ t }) => t === "removed")).toEqual([]);
        const mine = after.filter(({ notTo }) => !notTo.includes(peer.address));
        expect(new Set(events.map((event) => event.prefix))).toEqual(
          new Set(mine.map((each) => each.prefix)),
        );
      }
    });

    it("that are withdrawn go and the others stay, and to withdraw what is not there is no trouble", async () => {
      const stays = host("10.49.0.2/32");
      await rack().announce(host("10.49.0.1/32"), stays, host("fd49::1/128"));
      rack().rig.witness.mark();
      const withdraw = [prefix("10.49.0.1/32"), prefix("fd49::1/128"), prefix("10.49.0.9/32")];
      await rack().change({ withdraw });
      await rack().known(stays);
      await rack().change({ withdraw });
      for (const peer of rack().peers) expect(rack().rig.witness.events(peer)).toHaveLength(2);
      expect([...(await rack().link.held()).routes.keys()]).toEqual([stays.prefix]);
    });

    it("A12: that take the place of another prefix are announced before that is withdrawn", async () => {
      await rack().announce(host("10.49.0.1/32"));
      rack().rig.witness.mark();
      await rack().change({ announce: [host("10.49.0.0/24")], withdraw: [prefix("10.49.0.1/32")] });
      await rack().known(host("10.49.0.0/24"));
      for (const peer of rack().peers)
        expect(rack().rig.witness.events(peer)).toEqual([
          { t: "added", prefix: "10.49.0.0/24" },
          { t: "removed", prefix: "10.49.0.1/32" },
        ]);
    });

    it("go by the thousand, are changed and withdrawn again, each with one message", async () => {
      const { witness, peers } = rack().rig;
      const nextHop = rack().rig.own.ipv4;
      const routes = manyRoutes(2_000, { nextHop, ...communities("64512:100") });
      const changed = routes.map((each, index) => (index % 2 === 0 ? each : { ...each, med: 7 }));
      await rack().change({ announce: routes });
      await knownCount(peers.ipv4, routes.length);
      expect(await rack().link.count()).toBe(routes.length);
      witness.mark();
      await rack().change({ announce: changed });
      await rack().knownBy(peers.ipv4, ...changed);
      const events = witness.events(peers.ipv4);
      expect(events.filter(({ t }) => t === "removed")).toEqual([]);
      expect(events).toHaveLength(routes.length / 2);
      await rack().change({ withdraw: routes.map((each) => each.prefix) });
      for (const peer of rack().peers) await knownCount(peer, 0);
      expect(await rack().link.count()).toBe(0);
    });

    it("R7: that are refused keep none of the others back", async () => {
      await rack().announce(host("10.50.0.0/16"));
      const good = manyRoutes(300, { nextHop: rack().rig.own.ipv4 });
      const bad = host("10.60.0.1/32", { nextHop: address("fd01::1") });
      const rejections = await rack().link.apply({
        announce: [...good.slice(0, 100), bad, ...good.slice(100)],
        withdraw: [prefix("10.50.0.0/16")],
        addPeers: [],
        removePeers: [],
      });
      expect(rejections).toMatchObject([
        { item: { t: "route", prefix: "10.60.0.1/32" }, error: { name: "EngineError", code: "refused" } },
      ]);
      expect(rejections[0]?.error.message).toContain("10.60.0.1/32");
      expect(await rack().link.count()).toBe(good.length);
      await rack().knownBy(rack().rig.external, ...good);
    });

    it("R8: that somebody deletes in the speaker are missing in the count and in what it holds", async () => {
      await rack().announce(host("10.49.0.1/32"), host("10.49.0.2/32"));
      await rack().rig.deleteRoute(prefix("10.49.0.1/32"));
      expect(await rack().link.count()).toBe(1);
      expect([...(await rack().link.held()).routes.keys()]).toEqual(["10.49.0.2/32"]);
      await rack().announce(host("10.49.0.1/32"), host("10.49.0.2/32"));
    });

    it("R8: of foreign making are held as ones that equal none of ours, and can be replaced or withdrawn", async () => {
      await rack().rig.addForeignRoute(prefix("10.49.0.1/32"));
      await rack().rig.addForeignRoute(prefix("10.49.0.2/32"));
      expect((await rack().link.held()).routes).toEqual(
        new Map([
          ["10.49.0.1/32", null],
          ["10.49.0.2/32", null],
        ]),
      );
      expect(await rack().link.count()).toBe(2);
      await rack().change({ announce: [host("10.49.0.1/32")], withdraw: [prefix("10.49.0.2/32")] });
      await rack().known(host("10.49.0.1/32"));
      const held = new Map([["10.49.0.1/32", host("10.49.0.1/32")]]);
      expect((await rack().link.held()).routes).toEqual(held);
    });

    it("that are announced once more are sent to nobody", async () => {
      const { witness } = rack().rig;
      const routes = [
        ...manyRoutes(100, { nextHop: rack().rig.own.ipv4, ...communities("64512:100"), med: 7 }),
        host("fd49::1/128", { localPref: 200, ...communities("1:2:3") }),
        host("fd49::2/128"),
        longer("fd49::3/128", 2),
      ];
      await rack().announce(...routes);
      const taken = () => Promise.all(rack().peers.map((peer) => witness.taken(peer)));
      const before = await taken();
      await rack().change({ announce: routes });
      await rack().reopen();
      await rack().change({ announce: routes });
      // What follows tells that nothing else is on its way.
      await rack().change({ announce: [host("10.50.0.1/32")] });
      await rack().known(...routes, host("10.50.0.1/32"));
      expect(await taken()).toEqual(before.map((count) => count + 1));
    });

    it("P10: that neighbours send are neither taken nor held nor counted, nor passed on", async () => {
      const { witness } = rack().rig;
      const mine = [host("10.49.0.1/32"), host("10.50.0.1/32")];
      await rack().announce(...mine.slice(0, 1));
      witness.mark();
      // One of them is a prefix that we announce as well.
      await witness.send(manyRoutes(1000).map((each) => each.prefix));
      await rack().announce(...mine);
      expect(await rack().link.count()).toBe(mine.length);
      for (const { accepted } of await rack().link.peers())
        for (const count of Object.values(accepted)) expect(count).toBe(0);
      // Nor does the next run take them for its own.
      await rack().reopen();
      expect(await rack().link.count()).toBe(mine.length);
      expect([...(await rack().link.held()).routes.keys()].sort()).toEqual(mine.map((each) => each.prefix));
      for (const peer of rack().peers)
        expect(witness.events(peer)).toEqual([{ t: "added", prefix: "10.50.0.1/32" }]);
    });

    it("count as sent to each neighbour, where the speaker counts them", async () => {
      await rack().announce(host("10.49.0.1/32"), host("10.49.0.2/32"), host("fd49::1/128"));
      for (const [t, ...routes] of [
        ["all", host("10.49.0.1/32"), host("10.49.0.2/32"), host("fd49::1/128")],
        ["less", host("10.49.0.1/32")],
      ] as const) {
        await rack().announce(...routes);
        const ipv4 = routes.filter((each) => !each.prefix.includes(":")).length;
        await until(`${t} count`, async () => {
          for (const { advertised } of await rack().link.peers())
            expect({ ipv4, ipv6: routes.length - ipv4, ...advertised }).toEqual({
              ipv4,
              ipv6: routes.length - ipv4,
            });
          return true;
        });
      }
    });
  });

  async function knownCount(peer: Peer, count: number): Promise<void> {
    await until(`${peer.name} knows ${count} routes`, async () => {
      return (await rack().rig.witness.routes(peer)).size === count;
    });
  }
}
