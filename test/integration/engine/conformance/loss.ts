// Loss: a speaker that is killed, restarted or frozen.
import { describe, expect, it } from "vitest";
import { until } from "../../../support/until.ts";
import { manyRoutes, nothing, route } from "./trial.ts";
import type { Trial } from "./trial.ts";

export function describeLoss(trial: () => Trial): void {
  describe("loss", () => {
    it("a killed speaker is told as lost, once, and every call is refused from then on", async () => {
      const { rig } = trial();
      const { link, lost } = await trial().established(route("10.49.0.1/32"));
      await rig.kill();
      await until("told as lost", () => lost.length > 0);
      expect(lost).toMatchObject([{ name: "EngineError", code: "unreachable" }]);
      for (const call of [
        () => link.held(),
        () => link.count(),
        () => link.peers(),
        () => link.apply({ ...nothing, announce: [route("10.49.0.2/32")] }),
      ])
        await expect(call()).rejects.toMatchObject({ name: "EngineError", code: "unreachable" });
      await link.close("withdraw");
      expect(lost).toHaveLength(1);
    });

    it("a speaker lost in the middle of an apply rejects it", async () => {
      const { rig } = trial();
      const { link, lost } = await trial().open();
      const applying = link.apply({ ...nothing, announce: manyRoutes(20_000) });
      const rejected = expect(applying).rejects.toMatchObject({ name: "EngineError" });
      await rig.kill();
      await rejected;
      await until("told as lost", () => lost.length > 0);
      expect(lost).toHaveLength(1);
    });

    it("a restarted speaker is fresh or remembers all, and the neighbour knows all routes again", async () => {
      const { rig } = trial();
      const routes = manyRoutes(300);
      const before = await trial().established(...routes);
      await rig.kill();
      await until("told as lost", () => before.lost.length > 0);
      await trial().forgotten(...routes.map(({ prefix }) => prefix));
      await rig.start();
      const after = await trial().open();
      expect(after.link.fresh).toBe(!rig.remembers);
      expect(await trial().reconciled(after, routes, [rig.peers.ipv4])).toBe(!rig.remembers);
      await trial().up(after, rig.peers.ipv4);
      await trial().witnessed(...routes);
      expect(await after.link.count()).toBe(300);
    });

    it("a frozen speaker is told as lost without a call, and opens again once it is thawed", async () => {
      const { rig } = trial();
      const opened = await trial().open();
      const { link, lost } = opened;
      await trial().applied(opened, { announce: [route("10.49.0.1/32")] });
      await rig.freeze();
      await until("told as lost", () => lost.length > 0, { timeoutMs: 20_000 });
      expect(lost).toHaveLength(1);
      await expect(link.count()).rejects.toMatchObject({ name: "EngineError" });
      await expect(trial().open()).rejects.toMatchObject({ name: "EngineError", code: "timeout" });
      rig.thaw();
      const after = await trial().open();
      expect(after.link.fresh).toBe(false);
      expect(await after.link.count()).toBe(1);
    });

    it("a frozen speaker makes a call fail in time, and counts as lost then", async () => {
      const { rig } = trial();
      const { link, lost } = await trial().open();
      await rig.freeze();
      await expect(link.count()).rejects.toMatchObject({ name: "EngineError", code: "timeout" });
      expect(lost).toMatchObject([{ code: "timeout" }]);
      rig.thaw();
    });
  });
}
