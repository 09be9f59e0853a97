// How gobgpd is made to keep routes from single neighbours, and people with the gobgp command.
import { describe, expect, it } from "vitest";
import type { Asn } from "../../../agent/model/asn.ts";
import type { Route, Variant } from "../../../agent/model/route.ts";
import { until } from "../../support/until.ts";
import { communities } from "./conformance/seen.ts";
import { asn, prefix, route } from "./conformance/trial.ts";
import type { SeenRoute } from "./conformance/rig.ts";
import type { Opened, Trial } from "./conformance/trial.ts";
import { gobgpRig } from "./gobgp-rig.ts";
import type { GobgpRig } from "./gobgp-rig.ts";
import { withRig } from "./with-rig.ts";

/** @param folder of gobgpd and gobgp; default those that the system has */
export function describeGobgpExports(folder?: string): void {
  describe("routes that gobgpd keeps from a neighbour", () => {
    const current = withRig(() => gobgpRig({ folder }));

    it.each([
      ["all rules taken out", [["global", "policy", "export", "del"]]],
      ["the mark's rule taken out", [["global", "policy", "export", "del", "bellman-mark-1"]]],
      ["the rule that takes marks off taken out", [["global", "policy", "export", "del", "bellman-unmark"]]],
      [
        "the rule turned around",
        [
          ["policy", "statement", "bellman-mark-1", "del", "action", "reject"],
          ["policy", "statement", "bellman-mark-1", "add", "action", "accept"],
        ],
      ],
    ])("stay away from it after %s by hand", async (_, commands) => {
      const { rig, trial } = current();
      const [shown, hidden] = routes(rig);
      const opened = await rack(trial, rig, shown, hidden);
      for (const command of commands) await rig.gobgpd.command(...command);
      await rig.gobgpd.command("neighbor", rig.peers.ipv6.address, "softresetout");
      await expect(opened.link.count()).rejects.toThrow(/another program changed the export policy/);
      expect(opened.lost).toMatchObject([{ code: "unreachable" }]);

      const again = await trial.open();
      const held = await again.link.held();
      expect(held.routes.get(shown.prefix)).toEqual(shown);
      expect(held.routes.get(hidden.prefix)).not.toEqual(hidden);
      await trial.applied(again, { announce: [hidden] });
      await until("it is gone there", async () => (await rig.witness.routes(rig.peers.ipv6)).size === 1);
      await trial.witnessedBy(rig.peers.ipv6, shown);
      await trial.witnessedBy(rig.peers.ipv4, shown, hidden);
      expect((await again.link.held()).routes.get(hidden.prefix)).toEqual(hidden);
      await again.link.count();
    });

    it("are no routes at all, where a default of reject set by hand kept all from everybody", async () => {
      const { rig, trial } = current();
      const [shown] = routes(rig);
      const opened = await rack(trial, rig, shown, shown);
      await rig.gobgpd.command("global", "policy", "export", "set", "default", "reject");
      const late = { ...shown, prefix: prefix("fd49::3/128") };
      await trial.applied(opened, { announce: [late] });
      await opened.link.count();
      for (const peer of Object.values(rig.peers)) await trial.witnessedBy(peer, shown, late);
    });

    it("are at most repeated to the others when they come and go there", async () => {
      const { rig, trial } = current();
      const [shown, hidden] = routes(rig);
      const opened = await rack(trial, rig, shown, hidden);
      const before = await rig.witness.taken(rig.peers.ipv4);
      rig.witness.mark();
      for (const changed of [{ ...hidden, notTo: [] }, hidden]) {
        await trial.applied(opened, { announce: [changed] });
        const known = 2 - changed.notTo.length;
        await until(
          "it has come or gone",
          async () => (await rig.witness.routes(rig.peers.ipv6)).size === known,
        );
      }
      // gobgpd 3.10 tells the others once more what they know.
      expect(await rig.witness.taken(rig.peers.ipv4)).toBeLessThanOrEqual(before + 2);
      expect(rig.witness.events(rig.peers.ipv4)).toEqual([]);
    });

    it("leave nothing behind when they are kept from nobody any more", async () => {
      const { rig, trial } = current();
      const [shown, hidden] = routes(rig);
      const opened = await rack(trial, rig, shown, hidden);
      const rules = async () => /bellman-mark/.test(await rig.gobgpd.command("policy"));
      await trial.applied(opened, { announce: [{ ...hidden, notTo: [] }] });
      await opened.link.held();
      expect(await rules()).toBe(true);
      await trial.applied(opened, { removePeers: [rig.peers.ipv6.address] });
      await opened.link.held();
      expect(await rules()).toBe(false);
      expect(await rig.gobgpd.command("policy", "neighbor")).not.toContain("bellman-mark");
      expect(await rig.gobgpd.command("policy", "large-community")).not.toContain("bellman-mark");
    });

    it("have no community of their own that looks like a mark", async () => {
      const { rig, trial } = current();
      const opened = await trial.open();
      const like = route("10.49.0.2/32", communities("4294967295:4242:1"));
      const change = { withdraw: [], addPeers: [], removePeers: [] };
      expect(await opened.link.apply({ ...change, announce: [route("10.49.0.1/32"), like] })).toMatchObject([
        { item: { t: "route", prefix: like.prefix }, error: { code: "refused" } },
      ]);
      expect([...(await opened.link.held()).routes.keys()]).toEqual([prefix("10.49.0.1/32")]);
      expect(await rig.gobgpd.command("policy")).not.toContain("bellman-mark");
    });

    it("leave no rule behind that changed them, when none is changed like that any more", async () => {
      const { rig, trial } = current();
      const [shown] = routes(rig);
      const changed = (med: number): Route => {
        const { communities: standard, largeCommunities } = shown;
        const to = [rig.peers.ipv6.address];
        return {
          ...shown,
          variants: [{ to, communities: standard, largeCommunities, med, localPref: null, path: [] }],
        };
      };
      const opened = await rack(trial, rig, changed(1), changed(1));
      for (const med of [2, 3]) await trial.applied(opened, { announce: [changed(med)] });
      await trial.witnessedBy(rig.peers.ipv6, changed(3));
      await opened.link.held();
      expect(await rig.gobgpd.command("policy")).toMatch(/bellman-mark-3/);
      expect(await rig.gobgpd.command("policy")).not.toMatch(/bellman-mark-[12]/);
      await trial.witnessedBy(rig.peers.ipv6, changed(3));
    });
  });
  describeTowardsOthers(folder);
}

/** Rules for a neighbour of another AS. */
function describeTowardsOthers(folder: string | undefined): void {
  describe("routes that gobgpd changes on their way to another AS", () => {
    const current = withRig(() => gobgpRig({ folder }));
    const own = { ...communities("64512:1"), med: 5 };
    const localAsn = asn(4_100_000_001);

    /** Announces one route to two neighbours, changed for the external one; resolves with what that one knows of it. */
    async function seen(
      change: Partial<Variant>,
      over: { readonly prepend?: number; readonly localAsn?: Asn } = {},
    ): Promise<SeenRoute | undefined> {
      const { rig, trial } = current();
      const peer = { ...rig.external, localAsn: over.localAsn ?? rig.external.localAsn };
      await rig.witness.expect(peer);
      const variants = [{ to: [peer.address], ...own, localPref: null, path: [], ...change }];
      const prepend = over.prepend ?? 0;
      const changed = route("fd49::1/128", { nextHop: rig.own.ipv6, ...own, prepend, variants });
      const opened = await trial.open();
      await trial.applied(opened, { announce: [changed], addPeers: [rig.peers.ipv4, peer] });
      const known = async () => (await rig.witness.routes(peer)).get(changed.prefix);
      await until("the route is known", async () => (await known()) !== undefined);
      expect([...(await opened.link.held()).routes.values()]).toEqual([changed]);
      return known();
    }

    it("T7: get communities and MED", async () => {
      const change = { ...communities("64512:1", "64512:2", "64512:4242:1"), med: 9 };
      expect(await seen(change)).toMatchObject({
        asPath: "64512",
        med: 9,
        localPref: 100,
        communities: ["64512:1", "64512:2"],
        largeCommunities: ["64512:4242:1"],
      });
    });

    it("T7: get the session's own AS number into their path once more each", async () => {
      const path = [asn(64512), asn(64512), asn(64512)];
      expect(await seen({ path }, { prepend: 1 })).toMatchObject({ asPath: "64512 64512 64512 64512" });
    });

    it("T7: get that of a session with a local AS of its own, before the node's", async () => {
      const path = [localAsn, asn(64512)];
      expect(await seen({ path }, { prepend: 1, localAsn })).toMatchObject({
        asPath: "4100000001 4100000001 64512",
      });
    });

    it("would get those of others before gobgpd's own, so that nobody is to ask for it", async () => {
      expect(await seen({ path: [asn(65010)] })).toMatchObject({ asPath: "65010 64512" });
    });
  });
}

/** One for both neighbours, and one that is kept from the second; their next hop goes over either session. */
function routes(rig: GobgpRig): readonly [Route, Route] {
  const nextHop = rig.own.ipv6;
  return [
    route("fd49::1/128", { nextHop }),
    route("fd49::2/128", { nextHop, notTo: [rig.peers.ipv6.address], ...communities("64512:4242:1") }),
  ];
}

async function rack(trial: Trial, rig: GobgpRig, shown: Route, hidden: Route): Promise<Opened> {
  const peers = Object.values(rig.peers);
  const opened = await trial.open();
  await trial.applied(opened, { announce: [shown, hidden], addPeers: peers });
  for (const peer of peers)
    await trial.witnessedBy(peer, ...[shown, hidden].slice(0, peer === rig.peers.ipv4 ? 2 : 1));
  return opened;
}
