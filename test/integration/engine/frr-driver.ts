// What only FRR knows: a `router bgp` of somebody else, and people with vtysh.
import { describe, expect, it } from "vitest";
import { readFileSync } from "node:fs";
import { frrEngine } from "../../../agent/engine/frr/engine.ts";
import type { Peer } from "../../../agent/model/peer.ts";
import { Secret } from "../../../agent/model/secret.ts";
import { systemClock } from "../../../agent/time/clock.ts";
import { startDaemon } from "../../support/daemon.ts";
import { until } from "../../support/until.ts";
import { communities } from "./conformance/seen.ts";
import { manyRoutes, nothing, prefix, route } from "./conformance/trial.ts";
import { frrRig } from "./frr-rig.ts";
import { withRig } from "./with-rig.ts";

/** @param folder of the daemons; default those that the system has */
export function describeFrrDriver(folder?: string): void {
  describe("a router bgp of somebody else", () => {
    const current = withRig(() => frrRig({ folder, keepsFile: true }));
    const foreign = [
      "router bgp 64512",
      "bgp router-id 192.168.1.99",
      "no bgp network import-check",
      "neighbor 192.168.1.77 remote-as 65077",
      "address-family ipv4 unicast",
      "network 10.77.0.0/16",
    ];

    it("that bgpd has yet to be handed, with its file, is waited for", async () => {
      const { rig, trial } = current();
      // Its answer tells that it has read the file that there was: FRR 10.7 listens a little earlier.
      const before = await rig.frr.command("show running-config");
      rig.frr.write("router bgp 64512\n neighbor 192.168.1.77 remote-as 65077\nexit\n");
      await expect(trial.open()).rejects.toThrow(/has not read .*: "router bgp 64512" stands there/);
      expect(await rig.frr.command("show running-config")).toBe(before);
      await rig.frr.configure(...foreign);
      await expect(trial.open()).rejects.toThrow(/--frr-adopt/);
    });

    it("is refused, and nothing is changed there", async () => {
      const { rig, trial } = current();
      await rig.frr.configure(...foreign);
      const before = await rig.frr.command("show running-config");
      await expect(trial.open()).rejects.toMatchObject({ name: "EngineError", code: "refused" });
      await expect(trial.open()).rejects.toThrow(
        /has a router bgp 64512 that is not the agent's.*--frr-adopt/,
      );
      expect(await rig.frr.command("show running-config")).toBe(before);
    });

    it("is a problem that names the setting, until it is gone", async () => {
      const { rig, trial } = current();
      const engine = rig.engine();
      const open = () => trial.openWith(engine);
      rig.frr.write("router bgp 64512\n neighbor 192.168.1.77 remote-as 65077\nexit\n");
      await expect(open()).rejects.toThrow(/has not read/);
      const severity = "error";
      expect(engine.problems).toMatchObject([{ object: "Setting/frr-config", field: "", severity }]);
      rig.frr.write("");
      await rig.frr.configure(...foreign);
      await expect(open()).rejects.toThrow(/--frr-adopt/);
      expect(engine.problems).toMatchObject([{ object: "Setting/frr-adopt", field: "", severity }]);
      expect(engine.problems?.[0]?.message).toMatch(/has a router bgp 64512 that is not the agent's/);
      await rig.frr.configure("no router bgp 64512");
      expect((await open()).link.fresh).toBe(true);
      expect(engine.problems).toEqual([]);
    });
  });

  describe("a router bgp of somebody else that may be joined", () => {
    const current = withRig(() => frrRig({ folder, keepsFile: true, engine: { adopt: true } }));
    const foreign = [
      "router bgp 64512",
      "bgp router-id 192.168.1.99",
      "no bgp network import-check",
      "neighbor 192.168.1.77 remote-as 65077",
      "address-family ipv4 unicast",
      "network 10.77.0.0/16",
    ];

    it("gets our neighbours and networks, and keeps its own", async () => {
      const { rig, trial } = current();
      await rig.frr.configure(...foreign);
      const before = await rig.frr.command("show running-config");
      const opened = await trial.established(route("10.49.0.1/32", communities("64512:100")));
      expect(opened.link).toMatchObject({ fresh: false, restarted: null });
      const held = await opened.link.held();
      expect([...held.routes.keys()]).toEqual(["10.49.0.1/32"]);
      // bgpd shows no "activate" for IPv4 where that is its default.
      expect([...held.peers]).toEqual([[rig.peers.ipv4.address, rig.peers.ipv4]]);
      expect([...(await rig.witness.routes(rig.peers.ipv4)).keys()]).toEqual(["10.49.0.1/32"]);
      expect(await opened.link.count()).toBe(1);
      expect(await opened.link.peers()).toHaveLength(1);

      const taken = { ...rig.peers.ipv6, address: "192.168.1.77" as Peer["address"] };
      const rejections = await opened.link.apply({
        ...nothing,
        announce: [route("10.77.0.0/16", communities("64512:100"))],
        addPeers: [taken],
      });
      expect(rejections).toMatchObject([
        { item: { t: "route", prefix: "10.77.0.0/16" } },
        { item: { t: "peer", address: "192.168.1.77" } },
      ]);
      await trial.applied(opened, {
        withdraw: [prefix("10.77.0.0/16"), prefix("10.49.0.1/32")],
        removePeers: [taken.address, rig.peers.ipv4.address],
      });
      await opened.link.close("withdraw");
      const after = await rig.frr.command("show running-config");
      const others = (shown: string) => shown.split("\n").filter((line) => !line.includes("BELLMAN"));
      for (const line of others(before)) expect(others(after)).toContain(line);
      expect(after).not.toContain("10.49.0.1/32");
    });

    it.each([
      [
        "another AS number",
        ["router bgp 65000", "no bgp network import-check"],
        /another AS number than the node/,
      ],
      ["its check of networks", ["router bgp 64512"], /no bgp network import-check/],
    ])("is refused with %s", async (_, lines, message) => {
      const { rig, trial } = current();
      await rig.frr.configure(...lines);
      await expect(trial.open()).rejects.toThrow(message);
    });
  });

  describe("bgpd", () => {
    const current = withRig(() => frrRig({ folder }));

    it("sends the communities that it would heed itself", async () => {
      const { trial } = current();
      await trial.established(
        route("10.49.0.1/32", communities("64512:100", "65535:65281")),
        route("10.49.0.2/32", communities("65535:65282", "65535:65283", "64512:1:2")),
      );
    });

    it("P3: takes no password of several words, and no message shows one", async () => {
      const { rig, trial } = current();
      const { engine, link } = await trial.open();
      const peer = { ...rig.peers.ipv4, password: new Secret("correct horse") };
      expect(engine.refusals({ peers: [peer] })).toMatchObject([{ field: "spec.password" }]);
      const rejections = await link.apply({ ...nothing, addPeers: [peer] });
      expect(rejections).toHaveLength(1);
      expect(rejections[0]?.error.message).not.toMatch(/correct|horse/);
    });

    it("tells on which port it listens when another is asked for", async () => {
      const { rig, trial } = current();
      const { engine } = await trial.open();
      const { peers } = { peers: [] };
      expect(engine.refusals({ peers, instance: rig.instance })).toEqual([]);
      expect(engine.refusals({ peers, instance: { ...rig.instance, listenPort: 1179 } })).toMatchObject([
        {
          object: "BGPConfiguration/default",
          field: "spec.listenPort",
          message: expect.stringMatching(
            /^FRR's bgpd listens on TCP port 179 and not on TCP port 1179/,
          ) as string,
        },
      ]);
    });

    it("R2: that is up before bfdd keeps its sessions with BFD, and without bfdd is asked for them once it is there", async () => {
      const { rig, trial } = current();
      const peer: Peer = { ...rig.peers.ipv4, bfdIntervalMs: 300 };
      await rig.witness.expect(peer);
      await rig.frr.stopBfdd();
      try {
        const { engine: young } = await trial.open();
        expect(young.refusals({ peers: [peer] })).toEqual([]);
        const clock = { ...systemClock, now: () => Date.now() + 60_000 };
        const late = await trial.openWith(frrEngine({ sockets: rig.frr.sockets, config: null, clock }));
        expect(late.engine.refusals({ peers: [peer] })).toMatchObject([
          {
            object: "BGPPeer/tor1",
            message: expect.stringMatching(/bfdd, which does not run here/) as string,
          },
        ]);
        await rig.frr.startBfdd();
        await late.link.count();
        expect(late.engine.refusals({ peers: [peer] })).toEqual([]);
        await trial.applied(late, { addPeers: [peer] });
        await trial.up(late, peer);
      } finally {
        await rig.frr.stopBfdd();
        await rig.frr.startBfdd();
      }
    });

    it("that cannot listen is told so", async () => {
      const { rig, trial } = current();
      const script = "require('node:net').createServer().listen(179, '::', () => console.log('listening'))";
      const thief = startDaemon("thief", [process.execPath, "-e", script], {
        netns: rig.netns,
        log: `${rig.frr.sockets}/thief.log`,
      });
      try {
        await until("the port is taken", () => readFileSync(thief.log, "utf8").includes("listening"));
        await expect(trial.open()).rejects.toMatchObject({ name: "PortTakenError", code: "refused" });
      } finally {
        await thief.stop();
      }
      await rig.start();
      expect((await trial.open()).link.fresh).toBe(true);
    });

    it.each([
      ["its route-map for what is sent taken out", ["no route-map BELLMAN-OUT-192.168.1.1"]],
      ["its marks sent along", ["no route-map BELLMAN-OUT-192.168.1.1 permit 65535"]],
      ["what is received let in", ["route-map BELLMAN-IN permit 1"]],
    ])("is mended with %s by hand, and no session is touched", async (_, lines) => {
      const { rig, trial } = current();
      const routes = [route("10.49.0.1/32"), route("10.49.0.2/32", communities("64512:100"))];
      const opened = await trial.established(...routes);
      await rig.frr.configure(...lines);
      await opened.link.count();
      await trial.witnessed(...routes);
      await rig.witness.send([prefix("10.88.0.0/24")]);
      await trial.applied(opened, { announce: [route("10.49.0.3/32")] });
      await trial.witnessed(...routes, route("10.49.0.3/32"));
      expect((await opened.link.peers())[0]?.accepted).toEqual({ ipv4: 0, ipv6: 0 });
      expect(rig.witness.losses()).toEqual([]);
    });

    it("holds a route as none of ours whose attributes were changed by hand, and gets it back", async () => {
      const { rig, trial } = current();
      const wanted = route("10.49.0.1/32", communities("64512:100"));
      const opened = await trial.established(wanted);
      const name =
        /route-map (BELLMAN-ROUTE-\S+)/.exec(await rig.frr.command("show running-config"))?.[1] ?? "";
      await rig.frr.configure(`route-map ${name} permit 1`, "set community 64512:666");
      expect(await trial.reconciled(opened, [wanted], [rig.peers.ipv4])).toBe(true);
      await trial.witnessed(wanted);
      expect((await opened.link.held()).routes.get(wanted.prefix)).toEqual(wanted);
    });

    it("is left, at the next look, with nothing that no route and no neighbour needs", async () => {
      const { rig, trial } = current();
      const opened = await trial.established(
        ...manyRoutes(3, communities("64512:100")),
        route("fd49::1/128", { nextHop: rig.own.ipv6, notTo: [rig.peers.ipv6.address] }),
      );
      await trial.applied(opened, {
        withdraw: [...manyRoutes(3).map((each) => each.prefix), prefix("fd49::1/128")],
        removePeers: [rig.peers.ipv4.address],
      });
      expect(await opened.link.count()).toBe(0);
      const left = (await rig.frr.command("show running-config")).match(/BELLMAN\S*/g) ?? [];
      const base = ["BELLMAN", "BELLMAN-IN", "BELLMAN-MARK-1", "BELLMAN-MARKS"];
      expect([...new Set(left)].sort()).toEqual(base);
    });

    it("is begun anew with when a change met it just without its instance", async () => {
      const { rig, trial } = current();
      const opened = await trial.established(route("10.49.0.1/32"));
      await rig.frr.configure("no router bgp 64512");
      await trial.applied(opened, { announce: [route("10.49.0.2/32")] });
      await expect(opened.link.count()).rejects.toThrow(/its router bgp is another one/);
      const { link } = await trial.established(route("10.49.0.1/32"));
      expect(link.fresh).toBe(true);
      expect(link.restarted).toMatch(/another program/);
    });

    it("that another program takes the instance from is lost, and begins anew", async () => {
      const { rig, trial } = current();
      const opened = await trial.established(route("10.49.0.1/32"));
      await rig.frr.configure("no router bgp 64512");
      await expect(opened.link.count()).rejects.toThrow(/another program changed bgpd .*: bgpd runs no BGP/);
      expect(opened.lost).toMatchObject([{ code: "unreachable" }]);
      expect((await trial.established(route("10.49.0.1/32"))).link.fresh).toBe(true);
    });
  });
}
