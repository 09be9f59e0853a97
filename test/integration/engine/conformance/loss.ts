// Loss: a speaker that is killed, ended, restarted or frozen, and an agent that is gone in the middle of its work.
import { describe, expect, it } from "vitest";
import type { Address } from "../../../../agent/model/address.ts";
import type { Prefix } from "../../../../agent/model/prefix.ts";
import { Secret } from "../../../../agent/model/secret.ts";
import { until } from "../../../support/until.ts";
import { communities } from "./seen.ts";
import { address, manyRoutes, nothing, route } from "./trial.ts";
import type { Trial } from "./trial.ts";

export function describeLoss(trial: () => Trial): void {
  const v6 = (text: string) => route(text, { nextHop: trial().rig.own.ipv6 });

  describe("loss", () => {
    it("a killed speaker is told as lost, once, and every call is refused from then on", async () => {
      const { rig } = trial();
      const opened = await trial().open();
      const { link, lost } = opened;
      await trial().applied(opened, { announce: [route("10.49.0.1/32")] });
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

    it("a speaker lost in the middle of an apply rejects it, and takes all of it when it is back", async () => {
      const { rig } = trial();
      const routes = manyRoutes(10_000);
      const { link, lost } = await trial().open();
      const applying = link.apply({ ...nothing, announce: routes });
      const rejected = expect(applying).rejects.toMatchObject({ name: "EngineError" });
      await rig.kill();
      await rejected;
      await until("told as lost", () => lost.length > 0);
      expect(lost).toHaveLength(1);
      await rig.start();
      const again = await trial().open();
      await trial().reconciled(again, routes, []);
      expect(await again.link.count()).toBe(routes.length);
    });

    it("an agent gone in the middle of an apply leaves what the next one can go on with", async () => {
      const { rig } = trial();
      const before = [route("10.50.0.1/32"), route("10.50.0.2/32", communities("64512:100"))];
      const first = await trial().established(...before);
      rig.witness.mark();
      const routes = [...before, ...manyRoutes(3_000)];
      const applying = first.link.apply({ ...nothing, announce: routes });
      const rejected = applying.then(
        () => null,
        () => null,
      );
      first.abort();
      await rejected;
      const next = await trial().open();
      expect(next.link).toMatchObject({ fresh: false, restarted: null });
      await trial().reconciled(next, routes, [rig.peers.ipv4]);
      expect(await next.link.count()).toBe(routes.length);
      await until("the witness knows them all", async () => {
        return (await rig.witness.routes(rig.peers.ipv4)).size === routes.length;
      });
      expect(rig.witness.losses()).toEqual([]);
      const events = rig.witness.events();
      expect(events.filter(({ t }) => t === "removed")).toEqual([]);
      expect(events.map((event) => event.prefix)).not.toContain(before[0]?.prefix);
    });

    it.each(["kill", "terminate"] as const)(
      "R2: after a %s of the speaker the neighbour loses all, and gets all back",
      async (how) => {
        const { rig } = trial();
        const routes = manyRoutes(300, communities("64512:100"));
        const before = await trial().established(...routes);
        await rig[how]();
        await until("told as lost", () => before.lost.length > 0);
        await trial().forgotten(...routes.map(({ prefix }) => prefix));
        await rig.start();
        // A speaker that remembers needs no agent for it.
        if (rig.remembers) await trial().witnessed(...routes);
        const after = await trial().open();
        expect(after.link.fresh).toBe(!rig.remembers);
        expect(await trial().reconciled(after, routes, [rig.peers.ipv4])).toBe(!rig.remembers);
        await trial().up(after, rig.peers.ipv4);
        await trial().witnessed(...routes);
        expect(await after.link.count()).toBe(routes.length);
      },
    );

    it("R2: what is forgotten while the speaker is down does not come back with it, and the rest does", async () => {
      const { rig } = trial();
      if (!rig.remembers) {
        const none = { route: () => false, peer: () => false };
        expect((await rig.engine().forget?.(none)) ?? 0).toBe(0);
        return;
      }
      const kept = [
        route("10.49.0.2/32", communities("64512:100")),
        route("10.49.0.3/32"),
        v6("fd49::2/128"),
      ];
      const gone = [route("10.49.0.1/32"), route("10.49.0.4/32"), v6("fd49::1/128")];
      const before = await trial().established(...gone, ...kept);
      await trial().applied(before, { addPeers: [rig.external] });
      await trial().up(before, rig.external);
      await rig.kill();
      await until("told as lost", () => before.lost.length > 0);
      const isGone = (prefix: string) => gone.some((each) => each.prefix === prefix);
      const wanted = {
        route: (prefix: Prefix) => !isGone(prefix),
        peer: (peer: Address) => peer !== rig.external.address,
      };
      expect(await before.engine.forget?.(wanted)).toBe(gone.length + 1);
      expect(await before.engine.forget?.(wanted)).toBe(0);
      rig.witness.mark();
      await rig.start();
      await trial().witnessed(...kept);
      expect(rig.witness.events().filter(({ prefix }) => isGone(prefix))).toEqual([]);
      expect(await trial().reconciled(await trial().open(), kept, [rig.peers.ipv4])).toBe(false);
    });

    it.each([
      ["keeps them is not told a thing", true],
      ["has no use for it gets all back", false],
    ])("R2: with graceful restart a neighbour that %s when the speaker is killed", async (_, helps) => {
      const { rig } = trial();
      const graceful = { ...rig.external, gracefulRestartSeconds: 30, password: new Secret("correct-horse") };
      // Another neighbour that is down must not hold this one up.
      const down = { ...graceful, name: "tor9", address: address("192.168.1.99") };
      const routes = [route("10.49.0.1/32"), route("10.49.0.2/32")];
      const before = await trial().open();
      if ((await trial().honoured(before, graceful)).length === 0) return;
      await rig.witness.expect(graceful, { helps });
      await trial().applied(before, { announce: routes, addPeers: [graceful, down] });
      await trial().up(before, graceful);
      await trial().witnessedBy(graceful, ...routes);
      rig.witness.mark();

      await rig.kill();
      await until("told as lost", () => before.lost.length > 0);
      await rig.start();
      const after = await trial().open();
      if (!rig.remembers) {
        // Its password may be known a little later than the other's.
        await trial().applied(after, { announce: routes, addPeers: [down] });
        await trial().applied(after, { addPeers: [graceful] });
      }
      expect(await trial().reconciled(after, routes, [graceful, down])).toBe(false);
      await trial().up(after, graceful);
      // A route that only the second one had tells that it has sent all.
      await trial().applied(after, { announce: [route("10.49.0.3/32")] });
      await until(
        "it knows all of them",
        async () => (await rig.witness.routes(graceful)).size === routes.length + 1,
        { timeoutMs: 20_000 },
      );
      await trial().witnessedBy(graceful, ...routes, route("10.49.0.3/32"));
      const removed = rig.witness.events(graceful).filter(({ t }) => t === "removed");
      expect(removed).toHaveLength(helps ? 0 : routes.length);
    });

    it("a frozen speaker is told as lost, whether it is called or not, and opens again once it is thawed", async () => {
      const { rig } = trial();
      const opened = await trial().open();
      const { link, lost } = opened;
      await trial().applied(opened, { announce: [route("10.49.0.1/32")] });
      const called = await trial().open();
      const ending = await trial().open();
      await rig.freeze();
      const timeout = { name: "EngineError", code: "timeout" };
      await Promise.all([
        // An agent that ends does not wait for it.
        expect(ending.link.close("keep")).resolves.toBeUndefined(),
        expect(called.link.count()).rejects.toMatchObject(timeout),
        expect(trial().open()).rejects.toMatchObject(timeout),
        until("told as lost", () => lost.length > 0, { timeoutMs: 20_000 }),
      ]);
      expect(called.lost).toMatchObject([timeout]);
      await expect(link.count()).rejects.toMatchObject({ name: "EngineError" });
      rig.thaw();
      const after = await trial().open();
      expect(after.link.fresh).toBe(false);
      expect(await after.link.count()).toBe(1);
      expect([lost.length, called.lost.length, ending.lost.length]).toEqual([1, 1, 0]);
    });
  });
}
