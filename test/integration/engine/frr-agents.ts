// Two agents at one bgpd, as while a new one takes over from an old one; and a bgpd that ends or freezes under an agent.
import { describe, expect, it } from "vitest";
import { readFileSync } from "node:fs";
import { VtySocket } from "../../../agent/engine/frr/vty-socket.ts";
import type { Peer } from "../../../agent/model/peer.ts";
import { systemClock } from "../../../agent/time/clock.ts";
import { until } from "../../support/until.ts";
import { communities } from "./conformance/seen.ts";
import { address, asn, manyRoutes, nothing, prefix, route } from "./conformance/trial.ts";
import { frrRig } from "./frr-rig.ts";
import { withRig } from "./with-rig.ts";

/** @param folder of the daemons; default those that the system has */
export function describeFrrAgents(folder?: string): void {
  describe("two agents at one bgpd", () => {
    const current = withRig(() => frrRig({ folder, keepsFile: true }));
    const colour = communities("64512:100");

    it("that begin at the same time and want the same have it", async () => {
      const { rig, trial } = current();
      const routes = manyRoutes(300, colour);
      const change = { announce: routes, addPeers: [rig.peers.ipv4, rig.peers.ipv6] };
      const agents = await Promise.all([trial.open(), trial.open()]);
      // Where they are in each other's way, the next try is soon.
      await Promise.all(agents.map(({ link }) => link.apply({ ...nothing, ...change })));
      for (const agent of agents) {
        await until("it holds all", async () => !(await trial.reconciled(agent, routes, change.addPeers)));
        await trial.up(agent, rig.peers.ipv4, rig.peers.ipv6);
        expect(await agent.link.count()).toBe(routes.length);
        expect(agent.lost).toEqual([]);
      }
      await trial.witnessed(...routes.slice(0, 3));
    });

    it("of which one has just begun with BGP go on from there", async () => {
      const { rig, trial } = current();
      const begun = ["router bgp 64512", "no bgp default ipv4-unicast", "neighbor BELLMAN peer-group"];
      await rig.frr.configure(...begun);
      const opened = await trial.established(route("10.49.0.1/32", colour));
      expect(opened.link).toMatchObject({ fresh: true, restarted: null });
    });

    it("R2: that do the same one after the other end no session, and the router sees each change once", async () => {
      const { rig, trial } = current();
      const before = [route("10.49.0.1/32", colour), route("10.49.0.2/32")];
      const old = await trial.established(...before);
      rig.witness.mark();
      const young = await trial.open();
      expect(young.link).toMatchObject({ fresh: false, restarted: null });
      expect(await trial.reconciled(young, before, [rig.peers.ipv4])).toBe(false);

      // A peer that comes: what the second does is done already.
      await rig.witness.expect(rig.external);
      for (const agent of [old, young]) {
        await trial.applied(agent, { addPeers: [rig.external] });
        await trial.up(agent, rig.external);
      }
      // Attributes that no route has for a moment, of which the second one hears late.
      const [first] = before;
      const again = route("10.49.0.3/32", colour);
      await trial.applied(old, { withdraw: first === undefined ? [] : [first.prefix] });
      await trial.applied(old, { announce: [again] });
      await trial.applied(young, { withdraw: first === undefined ? [] : [first.prefix] });
      await young.link.count();
      await trial.applied(young, { announce: [again] });
      // A peer that changes is reset once.
      const changed: Peer = { ...rig.external, holdTimeSeconds: 30, keepaliveSeconds: 10 };
      for (const agent of [old, young]) {
        await trial.applied(agent, { removePeers: [changed.address], addPeers: [changed] });
        await trial.up(agent, changed);
      }
      const now = [route("10.49.0.2/32"), again];
      for (const agent of [old, young])
        expect(await trial.reconciled(agent, now, [rig.peers.ipv4, changed])).toBe(false);
      await trial.witnessed(...now);
      expect(rig.witness.losses()).toEqual([changed.name]);
      expect(rig.witness.events(rig.peers.ipv4)).toEqual([
        { t: "removed", prefix: "10.49.0.1/32" },
        { t: "added", prefix: "10.49.0.3/32" },
      ]);

      await old.link.close("keep");
      await young.link.count();
      await until("the file is the young one's", () => {
        const text = readFileSync(rig.frr.config, "utf8");
        return now.every(({ prefix }) => text.includes(prefix)) && !text.includes("10.49.0.1/32");
      });
    });

    it("that want different routes take no session down, and each sees the other's doing when it counts", async () => {
      const { rig, trial } = current();
      const [mine, yours] = [manyRoutes(2), [route("10.50.0.1/32")]];
      const [one, other] = [await trial.established(...mine), await trial.open()];
      expect(await trial.reconciled(other, yours, [rig.peers.ipv4])).toBe(true);
      expect(await one.link.count()).toBe(yours.length);
      expect(await trial.reconciled(one, mine, [rig.peers.ipv4])).toBe(true);
      expect(await other.link.count()).toBe(mine.length);
      expect([...one.lost, ...other.lost]).toEqual([]);
      expect(rig.witness.losses()).toEqual([]);
    });

    it("that want different instances do not take turns as fast as they can", async () => {
      const { rig, trial } = current();
      const engine = rig.engine();
      const first = await trial.openWith(engine);
      const wish = { ...rig.instance, asn: asn(65_000), routerId: address("192.168.1.77") };
      const second = await trial.open(wish);
      expect(second.link.restarted).toMatch(/^bgpd ran AS 64512 instead of 65000, router ID /);
      await expect(first.link.apply({ ...nothing, announce: manyRoutes(1) })).rejects.toThrow(
        /another program changed bgpd/,
      );
      await expect(trial.openWith(engine)).rejects.toThrow(
        /runs AS 65000 instead of 64512, .* does another agent speak with it\?$/,
      );
      expect(await second.link.count()).toBe(0);
      // Another wish of its own is nobody's contest.
      const changed = { ...rig.instance, asn: asn(65_001) };
      expect((await trial.openWith(engine, changed)).link.restarted).toMatch(/^bgpd ran AS 65000/);
    });
  });

  describe("in the middle of its lines", () => {
    const current = withRig(() => frrRig({ folder, keepsFile: true }));

    it("R2: a bgpd that is killed has afterwards what is wanted, and nothing else", async () => {
      const { rig, trial } = current();
      const before = [route("10.50.0.1/32"), route("10.50.0.2/32", communities("64512:100"))];
      const wanted = [before[1] ?? route("10.50.0.2/32"), ...manyRoutes(2_000, communities("64512:200"))];
      const { link, lost } = await trial.established(...before);
      await until("the file is written", () => rig.written()?.includes("10.50.0.1/32"));
      const vty = await bgpdOf(rig.frr.sockets);
      const applying = link.apply({
        ...nothing,
        announce: wanted.slice(1),
        withdraw: [prefix("10.50.0.1/32")],
      });
      const rejected = expect(applying).rejects.toMatchObject({ name: "EngineError", code: "unreachable" });
      const taken = await until("bgpd is in the middle of it", () => someNetworks(vty), { everyMs: 0 });
      await rig.frr.kill();
      await rejected;
      expect(taken).toBeLessThan(wanted.length);
      await until("told as lost", () => lost.length > 0);

      await rig.frr.start();
      const after = await trial.open();
      expect(after.link).toMatchObject({ fresh: false, restarted: null });
      await trial.reconciled(after, wanted, [rig.peers.ipv4]);
      const { routes, peers } = await after.link.held();
      expect(routes).toEqual(new Map(wanted.map((each) => [each.prefix, each])));
      expect([...peers.keys()]).toEqual([rig.peers.ipv4.address]);
      await until("the router knows them all, and no other", async () => {
        const seen = await rig.witness.routes(rig.peers.ipv4);
        return seen.size === wanted.length && !seen.has("10.50.0.1/32");
      });
      await until("the file is complete", () => {
        const text = rig.written() ?? "";
        return wanted.every((each) => text.includes(` ${each.prefix} `)) && !text.includes("10.50.0.1/32");
      });
    });

    it("R2: a bgpd that freezes does not hold up an agent that takes all back, and another one goes on with it", async () => {
      const { rig, trial } = current();
      const routes = manyRoutes(2_000, communities("64512:200"));
      const { link } = await trial.established(...routes.slice(0, 1));
      expect(await link.apply({ ...nothing, announce: routes })).toEqual([]);
      const closing = expect(link.close("withdraw")).rejects.toMatchObject({ code: "timeout" });
      await rig.freeze();
      await closing;
      rig.thaw();
      const after = await trial.open();
      await until("it has what is wanted", async () => {
        return !(await trial.reconciled(after, routes, [rig.peers.ipv4]));
      });
      await until("the router knows it all", async () => {
        return (await rig.witness.routes(rig.peers.ipv4)).size === routes.length;
      });
      expect(rig.witness.losses()).toEqual([]);
      await after.link.close("withdraw");
      await until("nothing is left", async () => (await rig.witness.routes(rig.peers.ipv4)).size === 0);
    });
  });
}

/** A connection of our own, beside the agent's. */
function bgpdOf(sockets: string): Promise<VtySocket> {
  const options = { path: `${sockets}/bgpd.vty`, clock: systemClock, ended: () => undefined };
  return VtySocket.open(options, new AbortController().signal);
}

/** How many networks bgpd has of those that are on their way; null: none yet. */
async function someNetworks(vty: VtySocket): Promise<number | null> {
  const shown = await vty.show("show running-config");
  return shown.match(/ network 10\.49\./g)?.length ?? null;
}
