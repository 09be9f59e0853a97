// Routes that are kept from some neighbours: the witness's two sessions are two neighbours here.
import { describe, expect, it } from "vitest";
import type { Peer } from "../../../../agent/model/peer.ts";
import type { Route } from "../../../../agent/model/route.ts";
import { until } from "../../../support/until.ts";
import { communities, prefix, route } from "./trial.ts";
import type { Opened, Trial } from "./trial.ts";

export function describeFilters(trial: () => Trial): void {
  describe("routes that are kept from a neighbour", () => {
    const both = () => Object.values(trial().rig.peers);
    // With an explicit next hop, which goes over either session.
    const host = (text: string, attributes: Partial<Route> = {}): Route =>
      route(text, { nextHop: trial().rig.own.ipv6, ...attributes });
    const hidden = (text: string): Route =>
      host(text, { ...communities("64512:1", "64512:4242:1"), notTo: [trial().rig.peers.ipv6.address] });

    /** Two sessions, established, and what each of the two knows. */
    async function rack(...routes: readonly Route[]): Promise<Opened> {
      const opened = await trial().open();
      await trial().reconciled(opened, routes, both());
      for (const peer of both())
        await until(`${peer.name} is established`, () => trial().isEstablished(opened, peer));
      await knowJust(routes);
      return opened;
    }

    /** Waits until each neighbour knows those of these routes that it may, as they are, and no others. */
    async function knowJust(routes: readonly Route[]): Promise<void> {
      for (const peer of both()) {
        const mine = routes.filter(({ notTo }) => !notTo.includes(peer.address));
        await trial().witnessedBy(peer, ...mine);
        await until(`${peer.name} knows no others`, async () => (await known(peer)).length === mine.length);
      }
    }

    async function known(peer: Peer): Promise<readonly string[]> {
      return [...(await trial().rig.witness.routes(peer)).keys()].sort();
    }

    it("T6: reach the others as they are, and that neighbour not even for a moment", async () => {
      trial().rig.witness.mark();
      const routes = [host("fd49::1/128"), hidden("fd49::2/128"), hidden("fd49::3/128")];
      const { link } = await rack(...routes);
      expect(trial().rig.witness.events(trial().rig.peers.ipv6)).toEqual([
        { t: "added", prefix: "fd49::1/128" },
      ]);
      expect([...(await link.held()).routes.values()].sort(byPrefix)).toEqual(routes);
    });

    it("T6: come and go there alone, without a reset and without an event elsewhere", async () => {
      const plain = { ...hidden("fd49::2/128"), notTo: [] };
      const opened = await rack(host("fd49::1/128"), plain);
      const since = await sinceWhen(opened);
      trial().rig.witness.mark();
      await trial().applied(opened, { announce: [hidden("fd49::2/128")] });
      await knowJust([host("fd49::1/128"), hidden("fd49::2/128")]);
      expect(trial().rig.witness.events(trial().rig.peers.ipv6)).toEqual([
        { t: "removed", prefix: "fd49::2/128" },
      ]);
      trial().rig.witness.mark();
      await trial().applied(opened, { announce: [plain] });
      await knowJust([host("fd49::1/128"), plain]);
      expect(trial().rig.witness.events(trial().rig.peers.ipv6)).toEqual([
        { t: "added", prefix: "fd49::2/128" },
      ]);
      expect(trial().rig.witness.events(trial().rig.peers.ipv4)).toEqual([]);
      expect(await sinceWhen(opened)).toEqual(since);
    });

    it("are kept from all of several neighbours, and come back to one at a time", async () => {
      const addresses = both().map(({ address }) => address);
      const opened = await rack(host("fd49::1/128"));
      for (const notTo of [addresses, addresses.slice(0, 1), addresses, addresses.slice(1), []]) {
        const changed = host("fd49::1/128", { notTo });
        await trial().applied(opened, { announce: [changed] });
        await knowJust([changed]);
        expect((await opened.link.held()).routes.get(prefix("fd49::1/128"))).toEqual(changed);
      }
    });

    it("are known again to the next run of the agent, and replaying them is no event", async () => {
      const routes = [host("fd49::1/128"), hidden("fd49::2/128")];
      const first = await rack(...routes);
      await first.link.close("keep");
      trial().rig.witness.mark();
      const next = await trial().open();
      const held = await next.link.held();
      expect([...held.routes.values()].sort(byPrefix)).toEqual(routes);
      await trial().applied(next, { announce: routes });
      await trial().applied(next, { announce: [hidden("fd49::1/128"), host("fd49::3/128")] });
      await knowJust([hidden("fd49::1/128"), hidden("fd49::2/128"), host("fd49::3/128")]);
      expect(trial().rig.witness.events()).not.toContainEqual(
        expect.objectContaining({ prefix: "fd49::2/128" }),
      );
    });

    it("stay away from it when the speaker is killed and all is replayed", async () => {
      const routes = [
        host("fd49::1/128"),
        ...Array.from({ length: 50 }, (_, index) => hidden(`fd49::1:${index}/128`)),
      ];
      const first = await rack(...routes);
      trial().rig.witness.mark();
      await trial().rig.kill();
      await until("told as lost", () => first.lost.length > 0);
      await trial().rig.start();
      await rack(...routes);
      expect(trial().rig.witness.events(trial().rig.peers.ipv6)).toEqual([
        { t: "removed", prefix: "fd49::1/128" },
        { t: "added", prefix: "fd49::1/128" },
      ]);
    });

    it("may be kept from somebody who is no neighbour, and is not sent them as one either", async () => {
      const { ipv4, ipv6 } = trial().rig.peers;
      const opened = await trial().established(hidden("fd49::1/128"));
      trial().rig.witness.mark();
      await trial().applied(opened, { announce: [host("fd49::2/128")], addPeers: [ipv6] });
      await knowJust([hidden("fd49::1/128"), host("fd49::2/128")]);
      expect(trial().rig.witness.events(trial().rig.peers.ipv6)).toEqual([
        { t: "added", prefix: "fd49::2/128" },
      ]);
      await trial().applied(opened, { announce: [host("fd49::1/128")], removePeers: [ipv6.address] });
      await trial().witnessedBy(ipv4, host("fd49::1/128"));
      expect((await opened.link.held()).routes.get(prefix("fd49::1/128"))).toEqual(host("fd49::1/128"));
      await trial().applied(opened, { announce: [hidden("fd49::2/128")], addPeers: [ipv6] });
      await knowJust([host("fd49::1/128"), hidden("fd49::2/128")]);
    });
  });
}

async function sinceWhen({ link }: Opened): Promise<readonly (number | null)[]> {
  return (await link.peers()).map(({ establishedAtMs }) => establishedAtMs);
}

function byPrefix(a: Route | null, b: Route | null): number {
  return (a?.prefix ?? "") < (b?.prefix ?? "") ? -1 : 1;
}
