// Routes that neighbours are sent in different ways, or not at all: what export filters come to.
import { describe, expect, it } from "vitest";
import { compareAddresses } from "../../../../agent/model/address.ts";
import type { Peer } from "../../../../agent/model/peer.ts";
import type { Route } from "../../../../agent/model/route.ts";
import type { Rack } from "./rack.ts";
import { communities } from "./seen.ts";
import { prefix } from "./trial.ts";

export function describeFilters(rack: () => Rack): void {
  const host = (text: string, attributes: Partial<Route> = {}) => rack().host(text, attributes);
  const internal = () => rack().rig.peers;
  const addresses = (...peers: readonly Peer[]) => peers.map(({ address }) => address).sort(compareAddresses);
  const hidden = (text: string, ...from: readonly Peer[]): Route =>
    host(text, {
      ...communities("64512:1", "64512:4242:1"),
      notTo: addresses(...(from.length === 0 ? [internal().ipv6] : from)),
    });
  const eventsAt = (peer: Peer) => rack().rig.witness.events(peer);

  describe("routes that are kept from a neighbour", () => {
    it("T6: reach the others as they are, and that neighbour not even for a moment", async () => {
      const routes = [
        host("fd49::1/128"),
        hidden("fd49::2/128"),
        hidden("fd49::3/128"),
        hidden("10.49.0.1/32"),
      ];
      await rack().announce(...routes);
      expect(eventsAt(internal().ipv6)).toEqual([{ t: "added", prefix: "fd49::1/128" }]);
      expect((await rack().link.held()).routes).toEqual(new Map(routes.map((each) => [each.prefix, each])));
    });

    it("T6: come and go there alone, without an event elsewhere", async () => {
      const { ipv4, ipv6 } = internal();
      const plain = { ...hidden("fd49::2/128"), notTo: [] };
      await rack().announce(host("fd49::1/128"), plain);
      for (const [t, route] of [
        ["removed", hidden("fd49::2/128")],
        ["added", plain],
      ] as const) {
        rack().rig.witness.mark();
        await rack().announce(host("fd49::1/128"), route);
        expect(eventsAt(ipv6)).toEqual([{ t, prefix: "fd49::2/128" }]);
        for (const other of [ipv4, rack().rig.external]) expect(eventsAt(other)).toEqual([]);
      }
    });

    it("are kept from all of several neighbours, and come back to one at a time", async () => {
      const { peers } = rack();
      for (const from of [peers, peers.slice(1), peers, peers.slice(0, 1), []]) {
        const changed = host("fd49::1/128", { notTo: addresses(...from) });
        await rack().announce(changed);
        expect((await rack().link.held()).routes.get(prefix("fd49::1/128"))).toEqual(changed);
      }
    });

    it("are known again to the next run of the agent, and replaying them is no event", async () => {
      const routes = [host("fd49::1/128"), hidden("fd49::2/128"), hidden("fd49::3/128", ...rack().peers)];
      await rack().announce(...routes);
      rack().rig.witness.mark();
      await rack().reopen();
      expect((await rack().link.held()).routes).toEqual(new Map(routes.map((each) => [each.prefix, each])));
      await rack().change({ announce: routes });
      await rack().announce(hidden("fd49::1/128"), ...routes.slice(1), host("fd49::4/128"));
      for (const kept of ["fd49::2/128", "fd49::3/128"])
        expect(rack().rig.witness.events()).not.toContainEqual(expect.objectContaining({ prefix: kept }));
    });

    it("may be kept from somebody who is no neighbour", async () => {
      const { distant } = rack().rig;
      const routes = [host("fd49::1/128"), hidden("fd49::2/128", distant, internal().ipv6)];
      await rack().announce(...routes);
      expect((await rack().link.held()).routes.get(prefix("fd49::2/128"))).toEqual(routes[1]);
    });

    it("by the hundred, and let go again", async () => {
      const many = (notTo: Route["notTo"]) =>
        Array.from({ length: 300 }, (_, index) => host(`fd49::2:${index.toString(16)}/128`, { notTo }));
      await rack().announce(...many(addresses(internal().ipv4)));
      await rack().announce(...many(addresses(rack().rig.external)));
      await rack().announce(...many([]));
    });

    it("that have a community like a driver's marks are refused, or sent as they are", async () => {
      const like = host("10.49.0.2/32", communities("4294967295:4242:1"));
      const announce = [host("10.49.0.1/32"), like];
      const rejections = await rack().link.apply({ announce, withdraw: [], addPeers: [], removePeers: [] });
      if (rejections.length === 0) {
        await rack().known(...announce);
        return;
      }
      expect(rejections).toMatchObject([
        { item: { t: "route", prefix: like.prefix }, error: { code: "refused" } },
      ]);
      await rack().known(host("10.49.0.1/32"));
    });
  });
}
