// A bgpd that is handed its file by vtysh, as Debian's packages do it, and two agents at one bgpd.
import { describe, expect, it } from "vitest";
import { readFileSync } from "node:fs";
import type { Peer } from "../../../agent/model/peer.ts";
import { until } from "../../support/until.ts";
import { manyRoutes, route } from "./conformance/trial.ts";
import { frrRig } from "./frr-rig.ts";
import type { FrrRig } from "./frr-rig.ts";
import { withRig } from "./with-rig.ts";

/** @param folder of the daemons; default those that the system has */
export function describeFrrFile(folder?: string): void {
  describe("a bgpd that answers before vtysh has handed it its file", () => {
    const current = withRig(() => frrRig({ folder, keepsFile: true }));

    it("R2: is left alone until it has it, and with graceful restart the router sees no route go", async () => {
      const { rig, trial } = current();
      const peer: Peer = { ...rig.external, gracefulRestartSeconds: 20 };
      const routes = manyRoutes(2_000);
      const few = routes.slice(0, 2);
      await rig.witness.expect(peer);
      const first = await trial.open();
      await trial.applied(first, { announce: routes, addPeers: [peer] });
      await trial.witnessedBy(peer, ...few);
      await until("the file is written", () => readFileSync(rig.frr.config, "utf8").includes("remote-as"));
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
      expect(rig.witness.events(peer).filter(({ t }) => t === "removed")).toEqual([]);
    });
  });
}

/** Have we a connection to bgpd's socket? */
function isConnected({ frr }: FrrRig): boolean {
  // Flags, type, state: 01 is listening, 03 connected.
  const connected = readFileSync("/proc/net/unix", "utf8")
    .split("\n")
    .filter((line) => / 03 +[0-9]+ /.test(line));
  return connected.some((line) => line.endsWith(` ${frr.sockets}/bgpd.vty`));
}
