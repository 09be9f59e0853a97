// A site's own templates of FRR, whatever bgpd makes of their lines: sessions are renewed where something has changed, and
// never again and again.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Peer } from "../../../agent/model/peer.ts";
import { Secret } from "../../../agent/model/secret.ts";
import attributes from "../../../templates/frr/attributes.hbs";
import base from "../../../templates/frr/base.hbs";
import exports from "../../../templates/frr/export.hbs";
import instance from "../../../templates/frr/instance.hbs";
import neighbor from "../../../templates/frr/neighbor.hbs";
import { communities } from "../engine/conformance/seen.ts";
import type { Opened } from "../engine/conformance/trial.ts";
import { route } from "../engine/conformance/trial.ts";
import { frrRig } from "../engine/frr-rig.ts";
import { withRig } from "../engine/with-rig.ts";

describe("with templates of a site's own", () => {
  const templates = new Map<string, { readonly place: string; readonly text: string }>();
  const current = withRig(() => frrRig({ keepsFile: true, engine: { overrides: templates } }));
  const routes = [route("10.49.0.1/32"), route("10.49.0.2/32", { ...communities("64512:100"), med: 7 })];

  function own(texts: Readonly<Record<string, string>>): void {
    templates.clear();
    for (const [name, text] of Object.entries(texts))
      templates.set(name, { place: `/site/frr/${name}.hbs`, text });
  }

  async function established(...peers: readonly Peer[]): Promise<Opened> {
    const { rig, trial } = current();
    const opened = await trial.open();
    await trial.applied(opened, { announce: routes, addPeers: peers });
    await trial.up(opened, ...peers);
    rig.witness.mark();
    return opened;
  }

  /** Is there something to be done for a restarted agent? It is done then. */
  async function restarted(opened: Opened, peers: readonly Peer[]): Promise<[Opened, boolean]> {
    const { trial } = current();
    await opened.link.close("keep");
    const next = await trial.open();
    expect(next.link).toMatchObject({ fresh: false, restarted: null });
    return [next, await trial.reconciled(next, routes, peers)];
  }

  /** What bgpd is told and asked meanwhile, such as `(config-router)# exit`, but for the states of sessions. */
  async function commandsDuring(work: () => Promise<unknown>): Promise<readonly string[]> {
    const log = () => readFileSync(current().rig.frr.bgpd.log, "utf8");
    await current().rig.frr.configure("log commands");
    const begin = log().length;
    await work();
    const commands =
      log()
        .slice(begin)
        .match(/(?<= vty\[[0-9]+\]@).*/g) ?? [];
    return commands.filter((command) => !command.startsWith("# show bgp "));
  }

  /** Lines of configuration that bgpd is given meanwhile. */
  async function linesDuring(work: () => Promise<unknown>): Promise<readonly string[]> {
    const commands = await commandsDuring(work);
    return commands.flatMap((command) => /^\(config.*?# *(.*)$/.exec(command)?.[1] ?? []);
  }

  const withHidden = neighbor.replace(/neighbor \S+ activate/, "$&\n neighbor {{../address}} send-community");

  test.each([
    [
      "that make something else of what they are given",
      {
        neighbor: neighbor
          .replace("timers {{keepaliveSeconds}} {{holdTimeSeconds}}", "timers 5 15")
          .replace("description {{description}}", "description uplink of AS {{asn}}")
          .replace("neighbor {{address}} password {{password}}\n", ""),
      },
      { password: new Secret("correct-horse") },
    ],
    [
      "with lines that bgpd does not show",
      { neighbor: withHidden, instance: `${instance}bgp graceful-restart stalepath-time 360\n` },
      {},
    ],
    [
      "with lines that bgpd shows in other words",
      {
        attributes: attributes.replace("exit", " set community 64512:9 no-export 64512:8 additive\nexit"),
        base: base.replace("deny 1", "deny 1\n match ip address 0123"),
        export: exports.replace(/exit\n$/, " set community 64512:4 64512:3 additive\nexit\n"),
      },
      {},
    ],
  ])("%s: no look finds anything to do, nor does a restarted agent or bgpd", async (_, texts, session) => {
    const { rig, trial } = current();
    own(texts);
    const peer: Peer = { ...rig.peers.ipv4, ...session };
    const opened = await established(peer);
    const looks = async ({ link }: Opened) => {
      expect(await linesDuring(() => link.count())).toEqual([]);
      expect(await linesDuring(() => link.held())).toEqual([]);
    };
    await looks(opened);
    let next = opened;
    const given = await linesDuring(async () => {
      [next] = await restarted(opened, [peer]);
    });
    expect(given).toEqual([]);
    await looks(next);
    expect(rig.witness.losses()).toEqual([]);
    await next.link.close("keep");
    await rig.frr.kill();
    await rig.frr.start();
    const again = await trial.open();
    expect(await trial.reconciled(again, routes, [peer])).toBe(false);
  });

  test("another text for some sessions renews just those, and once", async () => {
    const { rig, trial } = current();
    own({});
    const peers = [rig.peers.ipv4, { ...rig.peers.ipv6, allowedLocalAsns: 2 }];
    const opened = await established(...peers);
    own({
      neighbor: withHidden.replace(/neighbor \S+ send-community/, "{{#if ../allowedLocalAsns}}$&{{/if}}"),
    });
    const [next, renewed] = await restarted(opened, peers);
    expect(renewed).toBe(true);
    await trial.up(next, ...peers);
    expect(rig.witness.losses()).toEqual([rig.peers.ipv6.name]);
    const [last, again] = await restarted(next, peers);
    expect(again).toBe(false);
    expect(await trial.reconciled(last, routes, peers)).toBe(false);
    expect(rig.witness.losses()).toEqual([rig.peers.ipv6.name]);
  });

  test.each([
    ["the templates that come along", {}],
    ["lines that bgpd does not show", { neighbor: withHidden }],
  ])("what is taken from a session by hand is put back: %s", async (_, texts) => {
    const { rig, trial } = current();
    own(texts);
    const peer = rig.peers.ipv4;
    const opened = await established(peer);
    const family = ["router bgp 64512", "address-family ipv4 unicast"];
    await rig.frr.configure(...family, `no neighbor ${peer.address} send-community`);
    expect(await trial.reconciled(opened, routes, [peer])).toBe(true);
    expect(await rig.frr.command("show running-config")).not.toContain("send-community");
    expect(await trial.reconciled(opened, routes, [peer])).toBe(false);
  });

  test("a route of those that come along costs just its lines, even with attributes of its own", async () => {
    const { rig, trial } = current();
    own({});
    const opened = await established(rig.peers.ipv4);
    const more = [route("10.49.0.3/32", { med: 77 })];
    const commands = await commandsDuring(() => trial.applied(opened, { announce: more }));
    // For its route-map, and for its network: nothing is looked at.
    const fromTheTop = commands.filter((command) => command.startsWith("# "));
    expect(fromTheTop).toEqual(["# configure terminal", "# configure terminal"]);
  });

  test("what all neighbours share in another text is told bgpd once, and no session notices", async () => {
    const { rig } = current();
    own({});
    const opened = await established(rig.peers.ipv4);
    own({ export: exports.replace(/exit\n$/, " set community 64512:4 64512:3 additive\nexit\n") });
    let next = opened;
    const given = await linesDuring(async () => {
      [next] = await restarted(opened, [rig.peers.ipv4]);
    });
    expect(given).toContain("set community 64512:4 64512:3 additive");
    expect(await linesDuring(() => restarted(next, [rig.peers.ipv4]))).toEqual([]);
    expect(rig.witness.losses()).toEqual([]);
  });

  test("an instance that is not what it was to be, as soon as it is begun with, is not begun with for ever", async () => {
    const { rig } = current();
    own({ instance: `${instance}no bgp router-id\n` });
    const engine = rig.engine();
    const open = () =>
      engine.open(
        rig.instance,
        { lost: () => undefined, session: () => undefined },
        new AbortController().signal,
      );
    const says =
      /was begun with anew, and is not what it was to be: .*router ID none instead of 192\.168\.1\.10/;
    await expect(open()).rejects.toThrow(says);
    expect(await linesDuring(() => expect(open()).rejects.toThrow(says))).toEqual([]);
  });

  test("what bgpd does not take of what all neighbours share is told, and the old stays", async () => {
    const { rig, trial } = current();
    own({});
    const opened = await established(rig.peers.ipv4);
    const before = await rig.frr.command("show running-config");
    own({ export: exports.replace("set large-comm-list", "set larger-comm-list") });
    const [next] = await restarted(opened, [rig.peers.ipv4]);
    await next.link.count();
    expect(await rig.frr.command("show running-config")).toBe(before);
    expect(next.engine.problems).toMatchObject([
      {
        object: "Setting/templates",
        message: expect.stringMatching(/template export.*larger-comm-list/) as string,
      },
    ]);
    own({});
    const [last] = await restarted(next, [rig.peers.ipv4]);
    expect(last.engine.problems).toEqual([]);
    await trial.witnessed(...routes);
    expect(rig.witness.losses()).toEqual([]);
  });
});
