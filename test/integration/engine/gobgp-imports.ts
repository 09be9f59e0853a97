// What gobgpd takes from neighbours, where filters accept it, and that it goes nowhere.
import { beforeEach, describe, expect, it } from "vitest";
import { anyRoute } from "../../../agent/model/filter.fixture.ts";
import type { FilterRule, ImportRule, PrefixMatch } from "../../../agent/model/filter.ts";
import type { Peer } from "../../../agent/model/peer.ts";
import { prefixLength } from "../../../agent/model/prefix.ts";
import { runIn } from "../../support/netns.ts";
import { until } from "../../support/until.ts";
import { communities } from "./conformance/seen.ts";
import { prefix, route } from "./conformance/trial.ts";
import type { Opened } from "./conformance/trial.ts";
import { gobgpRig } from "./gobgp-rig.ts";
import { withRig } from "./with-rig.ts";

const sent = ["10.60.0.1/32", "10.60.1.0/24", "10.61.0.0/16"];

function rule(over: Partial<FilterRule>): ImportRule {
  return { family: "ipv4", rule: { ...anyRoute("accept"), ...over }, field: "spec.filters[0]", filter: "f" };
}

function about(
  operator: PrefixMatch["operator"],
  text: string,
  action: "accept" | "reject" = "accept",
  lengths: Partial<Pick<PrefixMatch, "minLength" | "maxLength">> = {},
): ImportRule {
  const cidr = prefix(text);
  const match = { operator, prefix: cidr, minLength: prefixLength(cidr), maxLength: 32, ...lengths };
  return rule({ prefix: match, action: anyRoute(action).action });
}

/** @param folder of gobgpd and gobgp; default those that the system has */
export function describeGobgpImports(folder?: string): void {
  describe("routes that gobgpd takes from neighbours", () => {
    const current = withRig(() => gobgpRig({ folder }));
    let opened: Opened;
    /** iBGP, eBGP, and eBGP with the same AS as that. */
    let peers: readonly [Peer, Peer, Peer];
    const own = () => route("10.60.0.1/32", { nextHop: current().rig.own.ipv4, localPref: 0 });

    beforeEach(async () => {
      const { rig, trial } = current();
      const distant = { ...rig.distant, asn: rig.external.asn };
      peers = [rig.peers.ipv4, rig.external, distant];
      await rig.witness.expect(distant);
      opened = await trial.open();
      await trial.applied(opened, { addPeers: peers });
      await trial.up(opened, ...peers);
      await rig.witness.send(sent.map(prefix));
      rig.witness.mark();
    });

    const take = (...rules: readonly (readonly [Peer, readonly ImportRule[]])[]) =>
      current().trial.applied(opened, {
        imports: new Map(rules.map(([{ address }, asked]) => [address, asked])),
      });
    const fromAll = () => take(...peers.map((peer) => [peer, [rule({})]] as const));
    const accepted = async (peer: Peer) =>
      (await opened.link.peers()).find(({ address }) => address === peer.address)?.accepted.ipv4;
    const accepts = (peer: Peer, count: number | undefined) =>
      until(`${count} are accepted from ${peer.name}`, async () => (await accepted(peer)) === count);
    /** What neighbours know is ours alone, and no session was lost. */
    const goesNowhere = async (...ours: readonly string[]) => {
      const { rig } = current();
      for (const peer of peers) expect([...(await rig.witness.routes(peer)).keys()]).toEqual(ours);
      expect([...(await opened.link.held()).routes.keys()]).toEqual(ours);
      expect(await opened.link.count()).toBe(ours.length);
      expect(await runIn(rig.netns, "ip", "route")).not.toMatch(/10\.6[01]\./);
      expect(rig.witness.losses()).toEqual([]);
    };

    it("are none, as long as no rule accepts any", async () => {
      await accepts(peers[0], undefined);
      await goesNowhere();
    });

    it.each<readonly [string, number, () => readonly ImportRule[]]>([
      ["everything", 3, () => [rule({})]],
      ["nothing of the other family", 0, () => [{ ...rule({}), family: "ipv6" }]],
      ["what is in a network", 2, () => [about("In", "10.60.0.0/16")]],
      ["what is in it, of some lengths", 1, () => [about("In", "10.60.0.0/16", "accept", { minLength: 32 })]],
      ["what is not in it", 1, () => [about("NotIn", "10.60.0.0/16")]],
      ["one prefix", 1, () => [about("Equal", "10.60.1.0/24")]],
      [
        "one prefix, of a length that it has not",
        0,
        () => [about("Equal", "10.60.1.0/24", "accept", { minLength: 25 })],
      ],
      ["all but one prefix", 2, () => [about("NotEqual", "10.60.1.0/24")]],
      ["what an earlier rule does not reject", 2, () => [about("Equal", "10.60.1.0/24", "reject"), rule({})]],
      [
        "what an earlier rule accepts",
        1,
        () => [about("Equal", "10.60.1.0/24"), about("In", "0.0.0.0/0", "reject"), rule({})],
      ],
      ["what has the path", 3, () => [rule({ asPathPrefix: [peers[1].asn] })]],
      ["nothing with another path", 0, () => [rule({ asPathPrefix: [peers[1].asn, peers[0].asn] })]],
      [
        "nothing without the community",
        0,
        () =>
          communities("64512:7").communities.map((community) =>
            rule({ community: { t: "standard", community } }),
          ),
      ],
      [
        "nothing without the large one",
        0,
        () =>
          communities("64512:7:8").largeCommunities.map((community) =>
            rule({ community: { t: "large", community } }),
          ),
      ],
    ])("are %s that a rule accepts, from that neighbour, and go nowhere", async (_, count, rules) => {
      await take([peers[1], rules()], [peers[0], [about("Equal", "10.61.0.0/16")]]);
      await accepts(peers[1], count);
      await accepts(peers[0], 1);
      await accepts(peers[2], 0);
      await goesNowhere();
    });

    it("come and go with the rules, without a reset", async () => {
      await fromAll();
      for (const peer of peers) await accepts(peer, 3);
      await goesNowhere();
      await take([peers[0], [about("Equal", "10.61.0.0/16")]]);
      for (const [peer, count] of [
        [peers[0], 1],
        [peers[1], 0],
        [peers[2], 0],
      ] as const)
        await accepts(peer, count);
      await current().rig.witness.send([]);
      await accepts(peers[0], 0);
      await take();
      await accepts(peers[0], undefined);
      await goesNowhere();
    });

    it("never take the place of the node's own, whatever their preference", async () => {
      const { rig, trial } = current();
      await fromAll();
      for (const peer of peers) await accepts(peer, 3);
      for (let round = 0; round < 2; round++) {
        rig.witness.mark();
        await trial.applied(opened, { announce: [own()] });
        for (const peer of peers) await trial.witnessedBy(peer, own());
        for (const peer of peers)
          expect(rig.witness.events(peer)).toEqual([{ t: "added", prefix: own().prefix }]);
        for (const peer of peers) await accepts(peer, 3);
        await goesNowhere(own().prefix);

        await trial.applied(opened, { withdraw: [own().prefix] });
        for (const peer of peers)
          await until(`${peer.name} forgets it`, async () => (await rig.witness.routes(peer)).size === 0);
        await goesNowhere();
      }
      await trial.applied(opened, { announce: [own()] });
      for (const peer of peers) await trial.witnessedBy(peer, own());
      await rig.witness.send([]);
      for (const peer of peers) await accepts(peer, 0);
      rig.witness.mark();
      await rig.witness.send(sent.map(prefix));
      for (const peer of peers) await accepts(peer, 3);
      expect(rig.witness.events()).toEqual([]);
      await opened.link.close("withdraw");
      for (const peer of peers)
        await until(`${peer.name} forgets it`, async () => (await rig.witness.routes(peer)).size === 0);
    });

    it("are none after a restart of the agent until it asks again, and no session is lost", async () => {
      const { trial } = current();
      await fromAll();
      await accepts(peers[0], 3);
      await opened.link.close("keep");
      opened = await trial.open();
      await accepts(peers[0], undefined);
      expect(await current().rig.gobgpd.command("global", "rib", "summary")).toContain("Path: 0");
      await fromAll();
      await accepts(peers[0], 3);
      await goesNowhere();
    });

    it("are not those of a neighbour whose rules gobgpd cannot be asked for", async () => {
      const [first, second] = peers;
      await take([first, [rule({ interface: "eth0" }), rule({})]], [second, [rule({})]]);
      await accepts(second, 3);
      await accepts(first, 0);
      const imports = new Map([[first.name, [rule({ interface: "eth0" })]]]);
      expect(opened.engine.refusals({ peers: [first], imports })).toMatchObject([
        { object: `BGPPeer/${first.name}`, field: "spec.filters[0]", severity: "warning" },
      ]);
    });

    it("are those of the rules again, after somebody has changed what gobgpd judges by", async () => {
      const { rig } = current();
      await take([peers[0], [about("Equal", "10.61.0.0/16")]]);
      await accepts(peers[0], 1);
      await rig.gobgpd.command("global", "policy", "import", "set", "default", "accept");
      await rig.gobgpd.command("neighbor", peers[0].address, "softresetin");
      await accepts(peers[0], 3);
      expect(await opened.link.count()).toBe(0);
      await accepts(peers[0], 1);
      await goesNowhere();
    });

    it("are none any more, once somebody has taken out what keeps them from others", async () => {
      const { rig, trial } = current();
      await fromAll();
      await accepts(peers[0], 3);
      await rig.gobgpd.command("global", "policy", "export", "del", "bellman-guard");
      await expect(opened.link.count()).rejects.toThrow(/another program changed the export policy/);
      opened = await trial.open();
      await goesNowhere();
      await fromAll();
      await accepts(peers[0], 3);
      await goesNowhere();
    });
  });
}
