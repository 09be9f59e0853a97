// Routes that some neighbours are sent otherwise than others: the witness's two sessions are two neighbours here.
import { describe, expect, it } from "vitest";
import { gracefulShutdown } from "../../../../agent/model/community.ts";
import type { Route, Variant } from "../../../../agent/model/route.ts";
import { until } from "../../../support/until.ts";
import { asn, communities, route } from "./trial.ts";
import type { Opened, Trial } from "./trial.ts";

/** What a variant has beside the route's own. */
type Change = Partial<Omit<Variant, "to">>;

export function describeVariants(trial: () => Trial): void {
  describe("routes that change on their way to a neighbour", () => {
    const both = () => Object.values(trial().rig.peers);
    const own = { ...communities("64512:5", "64512:4242:5"), med: 50 };
    const full: Change = {
      ...communities("64511:1", "64512:5", "65535:0", "64511:4242:1", "64512:4242:5"),
      localPref: 2_147_482_623,
      path: [asn(65001), asn(65001), asn(4_200_000_000)],
    };

    /** With an explicit next hop, which goes over either session; changed towards the second neighbour. */
    function host(text: string, change?: Change): Route {
      const plain = route(text, { nextHop: trial().rig.own.ipv6, ...own });
      const { localPref } = plain;
      if (change === undefined) return plain;
      const to = [trial().rig.peers.ipv6.address];
      return { ...plain, variants: [{ to, ...own, localPref, path: [], ...change }] };
    }

    async function rack(...routes: readonly Route[]): Promise<Opened> {
      const opened = await trial().open();
      await trial().reconciled(opened, routes, both());
      for (const peer of both())
        await until(`${peer.name} is established`, () => trial().isEstablished(opened, peer));
      await know(...routes);
      return opened;
    }

    /** Waits until both know these routes, each as it is meant for it. */
    async function know(...routes: readonly Route[]): Promise<void> {
      for (const peer of both()) await trial().witnessedBy(peer, ...routes);
    }

    it.each<readonly [string, Change]>([
      ["a community", communities("64512:5", "64512:6", "64512:4242:5")],
      ["GRACEFUL_SHUTDOWN", { communities: [...own.communities, gracefulShutdown] }],
      ["a large community", communities("64512:5", "64512:4242:5", "64512:4242:6")],
      ["another MED", { med: 4_294_967_294 }],
      ["a local preference", { localPref: 2_147_482_623 }],
      ["numbers in front of the path", { path: [asn(65001), asn(4_200_000_000), asn(65001)] }],
      ["all of it", full],
    ])("have %s there alone, and are read back", async (_, change) => {
      const changed = host("fd49::1/128", change);
      const { link } = await rack(host("fd49::2/128"), changed);
      const held = await link.held();
      expect([...held.routes.values()].sort(byPrefix)).toEqual([changed, host("fd49::2/128")]);
    });

    it("are as they are meant to be from the first message on", async () => {
      trial().rig.witness.mark();
      await rack(host("fd49::1/128", full));
      expect(trial().rig.witness.events(trial().rig.peers.ipv6)).toEqual([
        { t: "added", prefix: "fd49::1/128" },
      ]);
    });

    it("change, and change back, without a withdrawal, a reset or an event elsewhere", async () => {
      const opened = await rack(host("fd49::1/128"));
      const since = await sinceWhen(opened);
      trial().rig.witness.mark();
      for (const change of [full, { med: 1 }, undefined]) {
        await trial().applied(opened, { announce: [host("fd49::1/128", change)] });
        await know(host("fd49::1/128", change));
      }
      const events = trial().rig.witness.events();
      expect(events.filter(({ t }) => t === "removed")).toEqual([]);
      expect(trial().rig.witness.events(trial().rig.peers.ipv4)).toEqual([]);
      expect(await sinceWhen(opened)).toEqual(since);
    });

    it("may change for one neighbour, be kept from the other, and the other way round", async () => {
      const { ipv4, ipv6 } = trial().rig.peers;
      const opened = await rack(host("fd49::1/128"));
      for (const [to, not] of [
        [ipv4, ipv6],
        [ipv6, ipv4],
      ] as const) {
        const plain = host("fd49::1/128");
        const variants = [{ to: [to.address], ...own, localPref: null, path: [], ...full }];
        const changed = { ...plain, notTo: [not.address], variants };
        await trial().applied(opened, { announce: [changed] });
        await trial().witnessedBy(to, changed);
        await until(
          `${not.name} knows nothing`,
          async () => (await trial().rig.witness.routes(not)).size === 0,
        );
        expect([...(await opened.link.held()).routes.values()]).toEqual([changed]);
      }
    });

    it("are known again to the next run of the agent, and replaying them is no event", async () => {
      const routes = [host("fd49::1/128", full), host("fd49::2/128")];
      const first = await rack(...routes);
      await first.link.close("keep");
      trial().rig.witness.mark();
      const next = await trial().open();
      expect([...(await next.link.held()).routes.values()].sort(byPrefix)).toEqual(routes);
      await trial().applied(next, { announce: [...routes, host("fd49::3/128", { med: 2 })] });
      await know(...routes, host("fd49::3/128", { med: 2 }));
      expect(
        trial()
          .rig.witness.events()
          .filter(({ prefix }) => prefix !== "fd49::3/128"),
      ).toEqual([]);
    });

    it("are as they are meant to be when the speaker is killed and all is replayed", async () => {
      const routes = [host("fd49::1/128", full), host("fd49::2/128")];
      const first = await rack(...routes);
      await trial().rig.kill();
      await until("told as lost", () => first.lost.length > 0);
      await trial().rig.start();
      await rack(...routes);
    });
  });
}

async function sinceWhen({ link }: Opened): Promise<readonly (number | null)[]> {
  return (await link.peers()).map(({ establishedAtMs }) => establishedAtMs);
}

function byPrefix(a: Route | null, b: Route | null): number {
  return (a?.prefix ?? "") < (b?.prefix ?? "") ? -1 : 1;
}
