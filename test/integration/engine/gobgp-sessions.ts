// What a session can be asked for, with a real router at the other end.
import { describe, expect, it } from "vitest";
import type { Peer } from "../../../agent/model/peer.ts";
import { until } from "../../support/until.ts";
import { address, route } from "./conformance/trial.ts";
import type { Opened, Trial } from "./conformance/trial.ts";
import { gobgpRig } from "./gobgp-rig.ts";
import { withRig } from "./with-rig.ts";

/** @param folder of gobgpd and gobgp; default those that the system has */
export function describeGobgpSessions(folder?: string): void {
  describe.each([
    ["on", "keeps its routes", true],
    ["off", "gets its routes back", false],
  ])("graceful restart with a router that has it %s", (_, outcome, helps) => {
    const current = withRig(() => gobgpRig({ folder }));

    it(`R2: the router ${outcome} when gobgpd is killed and started again`, async () => {
      const { rig, trial } = current();
      const graceful = { ...rig.external, gracefulRestartSeconds: 30 };
      await rig.witness.expect(graceful, { helps });
      // Another neighbour that is down must not hold this one up.
      const down = { ...graceful, name: "tor3", address: address("192.168.1.99") };
      const routes = [route("10.49.0.1/32"), route("10.49.0.2/32")];
      const before = await established(trial, graceful);
      await trial.applied(before, { announce: routes, addPeers: [down] });
      await until("both routes are known", async () => (await rig.witness.routes(graceful)).size === 2);
      rig.witness.mark();

      await rig.kill();
      await until("told as lost", () => before.lost.length > 0);
      await rig.start();
      const after = await trial.open();
      // Its password may be known a little later than the other's.
      await trial.applied(after, { announce: routes, addPeers: [down] });
      await trial.applied(after, { addPeers: [graceful] });
      await until("it is established", () => trial.isEstablished(after, graceful), { timeoutMs: 20_000 });
      // A route that only the second gobgpd had tells that it has sent all.
      await trial.applied(after, { announce: [route("10.49.0.3/32")] });
      await until("all routes are known", async () => (await rig.witness.routes(graceful)).size === 3);
      const removed = rig.witness.events().filter(({ t }) => t === "removed");
      expect(removed).toHaveLength(helps ? 0 : routes.length);
    });
  });
  describeLosses(folder);
}

/** gobgpd's own events do not say it. */
function describeLosses(folder: string | undefined): void {
  describe("why a session was lost", () => {
    const current = withRig(() => gobgpRig({ folder }));

    it("is told by an event, without anybody asking", async () => {
      const { rig, trial } = current();
      const opened = await trial.established(route("10.49.0.1/32"));
      await rig.witness.hangUp(rig.peers.ipv4);
      const told = () => opened.sessions.find(({ lastError }) => lastError !== null);
      const status = await until("it is told", told);
      expect(status.state).not.toBe("established");
      expect(status.lastError).toMatch(/NOTIFICATION|connection was lost/);
    });
  });
}

async function established(trial: Trial, peer: Peer): Promise<Opened> {
  const opened = await trial.open();
  await trial.applied(opened, { announce: [route("10.49.0.1/32")], addPeers: [peer] });
  await until("it is established", () => trial.isEstablished(opened, peer), { timeoutMs: 20_000 });
  await until("the route is known", async () => (await trial.rig.witness.routes(peer)).has("10.49.0.1/32"));
  return opened;
}
