// The file that FRR begins with: what it holds, how it gets there, and how bgpd gets it.
import { describe, expect, it } from "vitest";
import { execa } from "execa";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ConfigFile } from "../../../agent/engine/frr/config-file.ts";
import { markedPart } from "../../../agent/engine/frr/config-part.ts";
import type { Peer } from "../../../agent/model/peer.ts";
import { Secret } from "../../../agent/model/secret.ts";
import { systemClock } from "../../../agent/time/clock.ts";
import { until } from "../../support/until.ts";
import { communities } from "./conformance/seen.ts";
import { manyRoutes, route } from "./conformance/trial.ts";
import type { Opened } from "./conformance/trial.ts";
import { frrRig } from "./frr-rig.ts";
import type { FrrRig } from "./frr-rig.ts";
import { withRig } from "./with-rig.ts";

/** @param folder of the daemons; default those that the system has */
export function describeFrrFile(folder?: string): void {
  describe("the file that FRR begins with", () => {
    const current = withRig(() => frrRig({ folder, keepsFile: true }));
    const text = ({ frr }: FrrRig) => readFileSync(frr.config, "utf8");

    it("holds all that bgpd does, for FRR alone to read, and leaves alone what others wrote there", async () => {
      const { rig, trial } = current();
      const password = new Secret("correct-horse");
      const peer: Peer = { ...rig.peers.ipv4, password };
      rig.frr.write("hostname somebody\n!\nroute-map OTHER permit 10\nexit\n");
      await rig.witness.expect(peer);
      const opened = await trial.open();
      const routes = [route("10.49.0.1/32", { ...communities("64512:100"), med: 7 }), route("fd49::1/128")];
      await trial.applied(opened, { announce: routes, addPeers: [peer] });
      await opened.link.close("keep");
      expect(text(rig)).toMatch(/^hostname somebody\n!\nroute-map OTHER permit 10\nexit\n! BEGIN .*\n/);
      expect(text(rig)).toContain(" network 10.49.0.1/32 route-map BELLMAN-ROUTE-");
      expect(text(rig)).toContain("neighbor 192.168.1.1 password correct-horse\n");
      const { mode, uid, gid } = statSync(rig.frr.config);
      expect(mode & 0o777).toBe(0o640);
      const home = statSync(rig.frr.sockets);
      expect({ uid, gid }).toEqual({ uid: home.uid, gid: home.gid });

      await rig.frr.kill();
      await rig.frr.start();
      const next = await trial.open();
      expect(next.link).toMatchObject({ fresh: false, restarted: null });
      expect(await trial.reconciled(next, routes, [peer])).toBe(false);
    });

    it.each([
      ["with", 0],
      ["without", 2],
    ] as const)(
      "R2: brings all back by itself when bgpd is killed; %s graceful restart the router sees %i routes go",
      async (graceful, withdrawals) => {
        const { rig, trial } = current();
        const peer: Peer = { ...rig.external, gracefulRestartSeconds: graceful === "with" ? 20 : null };
        const routes = [route("10.49.0.1/32"), route("10.49.0.2/32")];
        await rig.witness.expect(peer);
        const opened = await trial.open();
        await trial.applied(opened, { announce: routes, addPeers: [peer] });
        await trial.witnessedBy(peer, ...routes);
        await until("the file is written", () => text(rig).includes("10.49.0.2/32"));
        rig.witness.mark();
        await rig.frr.kill();
        await until("told as lost", () => opened.lost.length > 0);
        if (withdrawals > 0)
          await until("the router has lost them", () => rig.witness.events(peer).length === withdrawals);
        await rig.frr.start();
        await trial.witnessedBy(peer, ...routes);
        const again = await trial.open();
        expect(await trial.reconciled(again, routes, [peer])).toBe(false);
        await trial.applied(again, { announce: [route("10.49.0.3/32")] });
        await trial.witnessedBy(peer, route("10.49.0.3/32"));
        const removed = rig.witness.events(peer).filter(({ t }) => t === "removed");
        if (withdrawals > 0 || !isHasty(again)) expect(removed).toHaveLength(withdrawals);
      },
    );

    it("that cannot be written is told, and announcements flow on", async () => {
      const { rig, trial } = current();
      const opened = await trial.established(route("10.49.0.1/32"));
      await until("the file is written", () => text(rig).includes("10.49.0.1/32"));
      await execa("mount", ["-t", "tmpfs", "none", rig.frr.sockets, "-o", "ro"]);
      try {
        await trial.applied(opened, { announce: [route("10.49.0.2/32")] });
        await trial.witnessed(route("10.49.0.2/32"));
        await until("it is told", () => (opened.engine.problems ?? []).length > 0);
        expect(opened.engine.problems).toMatchObject([{ object: "Setting/frr-config", severity: "error" }]);
      } finally {
        await execa("umount", [rig.frr.sockets]);
      }
      await trial.applied(opened, { announce: [route("10.49.0.3/32")] });
      await until("it is told no more", () => opened.engine.problems?.length === 0);
      expect(text(rig)).toContain("10.49.0.2/32");
    });

    it("R2: that vtysh has yet to hand to bgpd is waited for, and with graceful restart the router sees no route go", async () => {
      const { rig, trial } = current();
      const peer: Peer = { ...rig.external, gracefulRestartSeconds: 20 };
      const routes = manyRoutes(2_000);
      const few = routes.slice(0, 2);
      await rig.witness.expect(peer);
      const first = await trial.open();
      await trial.applied(first, { announce: routes, addPeers: [peer] });
      await trial.witnessedBy(peer, ...few);
      await until("the file is written", () => text(rig).includes("remote-as"));
      rig.witness.mark();
      await rig.frr.kill();
      await until("told as lost", () => first.lost.length > 0);

      await rig.frr.startWithoutFile();
      const opening = trial.open();
      await until("the agent is there", () => isConnected(rig));
      expect(await rig.frr.command("show running-config")).not.toContain("router bgp");
      await rig.frr.handOver();
      const opened = await opening;
      expect(opened.link).toMatchObject({ fresh: false, restarted: null });
      expect(await trial.reconciled(opened, routes, [peer])).toBe(false);
      await trial.up(opened, peer);
      await trial.applied(opened, { announce: [route("10.50.0.1/32")] });
      await until("it knows all of them", async () => {
        return (await rig.witness.routes(peer)).size === routes.length + 1;
      });
      if (!isHasty(opened)) expect(rig.witness.events(peer).filter(({ t }) => t === "removed")).toEqual([]);
    });

    it("that somebody writes anew holds the agent's part again at the next look", async () => {
      const { rig, trial } = current();
      const opened = await trial.open();
      await trial.applied(opened, { announce: [route("10.49.0.1/32")] });
      await until("the file is written", () => text(rig).includes("10.49.0.1/32"));
      rig.frr.write("hostname a\n");
      expect(await opened.link.count()).toBe(1);
      await until("the part is back", () => text(rig).includes("10.49.0.1/32"));
      expect(text(rig)).toMatch(/^hostname a\n! BEGIN /);
    });
  });

  describe("a file that is mounted by itself, as a container has it", () => {
    const written = async (path: string, part: string) => {
      const file = new ConfigFile({ path, clock: systemClock });
      file.changed(() => part);
      await file.flush();
      const { problems } = file;
      file.rest();
      return { problems };
    };

    it.each([
      ["", "size=1m", []],
      [" in a directory that nobody can write to", "size=1m", ["-o", "remount,ro"]],
    ])("is written in place%s", async (_, options, remount) => {
      await withMountedFile(options, async (mounted, source) => {
        const { ino } = statSync(source);
        if (remount.length > 0) await execa("mount", [...remount, dirname(mounted)]);
        expect((await written(mounted, "router bgp 64512\nexit")).problems).toEqual([]);
        expect((await written(mounted, "router bgp 1\n")).problems).toEqual([]);
        expect(readFileSync(source, "utf8")).toBe(`hostname a\n${markedPart("router bgp 1")}`);
        expect(statSync(source).ino).toBe(ino);
        expect(statSync(source).mode & 0o777).toBe(0o640);
        expect(readdirSync(dirname(mounted))).toEqual(["frr.conf"]);
      });
    });

    it("is what it was when there is no room for more, and that is told", async () => {
      await withMountedFile("size=8k", async (mounted, source) => {
        const { problems } = await written(mounted, " network 203.0.113.1/32\n".repeat(10_000));
        expect(problems).toMatchObject([{ object: "Setting/frr-config", severity: "error" }]);
        expect(problems[0]?.message).toMatch(/frr\.conf cannot be written: ENOSPC/);
        expect(readFileSync(source, "utf8")).toBe("hostname a\n");
      });
    });
  });
}

/**
 * FRR 10.6 and newer say End-of-RIB before their first routes, unless another graceful neighbour is still down: a router
 * that helps takes them out for that moment (FRRouting/frr#22623).
 */
function isHasty({ link }: Opened): boolean {
  return /^frr 10\.(?:[6-9]|[1-9][0-9])/.test(link.version);
}

/** @param options of the file system that the file comes from */
async function withMountedFile(
  options: string,
  work: (mounted: string, source: string) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "bellman-frr-mount-"));
  const [volume, home] = [join(directory, "volume"), join(directory, "home")];
  const [source, mounted] = [join(volume, "frr.conf"), join(home, "frr.conf")];
  const mounts: string[] = [];
  const mount = async (at: string, ...args: readonly string[]) => {
    await execa("mount", [...args, at]);
    mounts.unshift(at);
  };
  try {
    for (const folder of [volume, home]) mkdirSync(folder);
    await mount(volume, "-t", "tmpfs", "-o", options, "none");
    await mount(home, "-t", "tmpfs", "none");
    writeFileSync(source, "hostname a\n");
    writeFileSync(mounted, "");
    await mount(mounted, "--bind", source);
    await work(mounted, source);
  } finally {
    for (const at of mounts) await execa("umount", [at]);
    rmSync(directory, { recursive: true });
  }
}

/** Have we a connection to bgpd's socket? */
function isConnected({ frr }: FrrRig): boolean {
  // Flags, type, state: 01 is listening, 03 connected.
  const connected = readFileSync("/proc/net/unix", "utf8")
    .split("\n")
    .filter((line) => / 03 +[0-9]+ /.test(line));
  return connected.some((line) => line.endsWith(` ${frr.sockets}/bgpd.vty`));
}
