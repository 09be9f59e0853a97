// Routes: announced, changed, withdrawn, refused, and as the neighbour sees it.
import { describe, expect, it } from "vitest";
import { until } from "../../../support/until.ts";
import { address, communities, manyRoutes, prefix, route } from "./trial.ts";
import type { Trial } from "./trial.ts";

export function describeRoutes(trial: () => Trial): void {
  describe("routes", () => {
    it("an announced route reaches the neighbour with its attributes and the speaker's own next hop", async () => {
      const attributes = {
        ...communities("64512:100", "65535:0", "64512:1:2"),
        med: 4294967294,
        localPref: 0,
      };
      await trial().established(route("10.49.0.0/16"), route("10.49.62.131/32", attributes));
    });

    it("a route goes out with the next hop it was given", async () => {
      await trial().established(route("10.49.0.1/32", { nextHop: address("192.168.1.99") }));
    });

    it("an IPv6 route goes over an IPv4 session with the next hop it was given", async () => {
      const { own } = trial().rig;
      await trial().established(route("fd49::/64", { nextHop: own.ipv6, ...communities("64512:100") }));
    });

    it("over an IPv6 session the speaker puts its own IPv6 next hop", async () => {
      const { peers } = trial().rig;
      const opened = await trial().open();
      const routes = [route("fd49::1/128"), route("fd49:0:0:1::/64", communities("64512:100"))];
      await trial().applied(opened, { announce: routes, addPeers: [peers.ipv6] });
      await trial().witnessedBy(peers.ipv6, ...routes);
    });

    it("T3: changed attributes replace the route without a withdrawal", async () => {
      const { witness } = trial().rig;
      const opened = await trial().established(
        route("10.49.0.1/32", communities("64512:100")),
        route("fd49::1/128", { nextHop: trial().rig.own.ipv6 }),
      );
      witness.mark();
      const changed = [
        route("10.49.0.1/32", { ...communities("64512:200"), med: 7 }),
        route("fd49::1/128", { nextHop: trial().rig.own.ipv6, ...communities("64512:1:2") }),
      ];
      await trial().applied(opened, { announce: changed });
      await trial().witnessed(...changed);
      const byPrefix = [...witness.events()].sort((a, b) => (a.prefix < b.prefix ? -1 : 1));
      expect(byPrefix).toEqual([
        { t: "added", prefix: "10.49.0.1/32" },
        { t: "added", prefix: "fd49::1/128" },
      ]);
    });

    it("a withdrawn route goes and the others stay", async () => {
      const { rig } = trial();
      const opened = await trial().established(
        route("10.49.0.1/32"),
        route("10.49.0.2/32"),
        route("fd49::1/128", { nextHop: rig.own.ipv6 }),
      );
      rig.witness.mark();
      await trial().applied(opened, { withdraw: [prefix("10.49.0.1/32"), prefix("fd49::1/128")] });
      await trial().forgotten(prefix("10.49.0.1/32"), prefix("fd49::1/128"));
      expect(rig.witness.events()).toHaveLength(2);
      expect([...(await opened.link.held()).routes.keys()]).toEqual(["10.49.0.2/32"]);
    });

    it("withdrawing what is not there is no trouble", async () => {
      const opened = await trial().open();
      await trial().applied(opened, { withdraw: [prefix("10.49.0.1/32")] });
      await trial().applied(opened, { withdraw: [prefix("10.49.0.1/32"), prefix("fd49::1/128")] });
      expect(await opened.link.count()).toBe(0);
    });

    it("A12: an address that moves from one prefix to another is announced before it is withdrawn", async () => {
      const { witness } = trial().rig;
      const opened = await trial().established(route("10.49.0.1/32"));
      witness.mark();
      await trial().applied(opened, {
        announce: [route("10.49.0.0/24")],
        withdraw: [prefix("10.49.0.1/32")],
      });
      await trial().forgotten(prefix("10.49.0.1/32"));
      expect(witness.events()).toEqual([
        { t: "added", prefix: "10.49.0.0/24" },
        { t: "removed", prefix: "10.49.0.1/32" },
      ]);
    });

    it("many hundreds of routes go at once, and back again", async () => {
      const { rig } = trial();
      const routes = manyRoutes(1200, communities("64512:100"));
      const opened = await trial().established(route("10.50.0.0/16"));
      await trial().applied(opened, { announce: routes });
      await until("the witness knows them all", async () => {
        return (await rig.witness.routes(rig.peers.ipv4)).size === routes.length + 1;
      });
      expect(await opened.link.count()).toBe(routes.length + 1);
      await trial().applied(opened, { withdraw: routes.map((each) => each.prefix) });
      await until("the witness knows one", async () => {
        return (await rig.witness.routes(rig.peers.ipv4)).size === 1;
      });
      expect(await opened.link.count()).toBe(1);
    });

    it("R7: a route that is refused keeps none of the others back", async () => {
      const opened = await trial().established(route("10.50.0.0/16"));
      const good = manyRoutes(600);
      const bad = route("10.60.0.1/32", { nextHop: address("fd01::1") });
      const rejections = await opened.link.apply({
        announce: [...good.slice(0, 300), bad, ...good.slice(300)],
        withdraw: [prefix("10.50.0.0/16")],
        addPeers: [],
        removePeers: [],
      });
      expect(rejections).toMatchObject([
        { item: { t: "route", prefix: "10.60.0.1/32" }, error: { name: "EngineError", code: "refused" } },
      ]);
      expect(rejections[0]?.error.message).toContain("10.60.0.1/32");
      expect(await opened.link.count()).toBe(600);
      await trial().forgotten(prefix("10.50.0.0/16"));
    });

    it("a route that was deleted in the speaker by hand is missing in the count and in what it holds", async () => {
      const opened = await trial().established(route("10.49.0.1/32"), route("10.49.0.2/32"));
      await trial().rig.deleteRoute(prefix("10.49.0.1/32"));
      expect(await opened.link.count()).toBe(1);
      expect([...(await opened.link.held()).routes.keys()]).toEqual(["10.49.0.2/32"]);
      await trial().applied(opened, { announce: [route("10.49.0.1/32")] });
      await trial().witnessed(route("10.49.0.1/32"));
    });

    it("a route of foreign making is held as one that equals none of ours, and can be replaced or withdrawn", async () => {
      const { rig } = trial();
      const opened = await trial().open();
      await rig.addForeignRoute(prefix("10.49.0.1/32"));
      await rig.addForeignRoute(prefix("10.49.0.2/32"));
      expect((await opened.link.held()).routes).toEqual(
        new Map([
          ["10.49.0.1/32", null],
          ["10.49.0.2/32", null],
        ]),
      );
      expect(await opened.link.count()).toBe(2);
      await trial().applied(opened, {
        announce: [route("10.49.0.1/32")],
        withdraw: [prefix("10.49.0.2/32")],
      });
      expect((await opened.link.held()).routes).toEqual(new Map([["10.49.0.1/32", route("10.49.0.1/32")]]));
    });

    it("routes that a neighbour sends are neither held nor counted, nor passed on", async () => {
      const { rig } = trial();
      const opened = await trial().established(route("10.49.0.1/32"));
      rig.witness.mark();
      // One of them is a prefix that we announce as well.
      await rig.witness.send(manyRoutes(1000).map((each) => each.prefix));
      await trial().applied(opened, { announce: [route("10.50.0.1/32")] });
      await trial().witnessed(route("10.50.0.1/32"));
      expect(await opened.link.count()).toBe(2);
      expect([...(await opened.link.held()).routes.keys()].sort()).toEqual(["10.49.0.1/32", "10.50.0.1/32"]);

      // Nor does the next run take them for its own, or a second neighbour learn of them.
      await opened.link.close("keep");
      const next = await trial().open();
      await trial().applied(next, { addPeers: [rig.peers.ipv6] });
      await until("the second session is established", () => trial().isEstablished(next, rig.peers.ipv6));
      expect(await next.link.count()).toBe(2);
      for (const event of rig.witness.events())
        expect(["10.49.0.1/32", "10.50.0.1/32"]).toContain(event.prefix);
    });
  });
}
