// Files that BIRD does not take, left behind by an agent that is gone: what it takes of them runs, and the rest is told.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { until } from "../../support/until.ts";
import type { BirdRig } from "./bird-rig.ts";
import { communities } from "./conformance/seen.ts";
import { manyRoutes, nothing, route } from "./conformance/trial.ts";
import type { Opened } from "./conformance/trial.ts";
import type { Current } from "./with-rig.ts";

// No model type lets such numbers through: here they stand for whatever a template makes that BIRD does not take.
const bad = route("10.60.0.1/32", { med: 5_000_000_000 });
const badPeer = ({ external }: BirdRig) => ({ ...external, port: 70_000 });
const good = [route("10.49.0.1/32", communities("64512:100")), route("10.49.0.2/32")];
const late = route("10.49.0.3/32");

export function describeInterrupted(current: () => Current<BirdRig>): void {
  describe("R7: an agent that is killed before BIRD has refused a change", () => {
    /** BIRD runs and is about to refuse what its files say. */
    async function interrupt(): Promise<void> {
      const { rig, trial } = current();
      const { link, abort } = await trial.established(...good);
      await rig.freeze();
      const applying = link.apply({ ...nothing, announce: [bad, late] });
      const ended = expect(applying).rejects.toMatchObject({ name: "EngineError" });
      const services = join(rig.bird.includes, "10-services.conf");
      await until("it is written", () => readFileSync(services, "utf8").includes(bad.prefix));
      abort();
      await ended;
    }

    async function expectTold(next: Opened): Promise<void> {
      const { rig, trial } = current();
      const { routes, peers } = await next.link.held();
      expect([...routes.values()]).toEqual(good);
      expect([...peers.keys()]).toEqual([rig.peers.ipv4.address]);
      const rejections = await next.link.apply({ ...nothing, announce: [bad, late] });
      expect(rejections).toMatchObject([{ item: { prefix: bad.prefix } }]);
      await trial.witnessed(...good, late);
      expect(readdirSync(rig.bird.includes).sort()).toEqual(["10-services.conf", "20-peers.conf"]);
    }

    it("leaves what was there before, and the next one is told of the culprit", async () => {
      const { rig, trial } = current();
      await interrupt();
      rig.thaw();
      rig.witness.mark();
      await expectTold(await trial.open());
      expect(rig.witness.losses()).toEqual([]);
      expect(rig.witness.events()).toEqual([{ t: "added", prefix: late.prefix }]);
    });

    it("lets BIRD start again once there is another agent", async () => {
      const { rig, trial } = current();
      await interrupt();
      await rig.kill();
      await expect(rig.bird.parse()).rejects.toThrow(/10-services\.conf:[0-9]+:[0-9]+ /);
      await expect(trial.open()).rejects.toMatchObject({ code: "unreachable" });
      await rig.start();
      await trial.witnessed(...good);
      await expectTold(await trial.open());
    });
  });

  it("R2: a route goes from the files for good, also when BIRD ends before it has taken the withdrawal", async () => {
    const { rig, trial } = current();
    const goes = route("10.49.0.9/32");
    const { link, engine } = await trial.established(...good, goes);
    const written = () => readFileSync(join(rig.bird.includes, "10-services.conf"), "utf8");
    await rig.freeze();
    const applying = link.apply({ ...nothing, withdraw: [goes.prefix] });
    const ended = expect(applying).rejects.toMatchObject({ code: "unreachable" });
    await until("it is written", () => !written().includes(goes.prefix));
    await rig.kill();
    await ended;
    await engine.forget?.({ route: (prefix) => prefix !== goes.prefix, peer: () => true });
    await expect(trial.openWith(engine)).rejects.toMatchObject({ code: "unreachable" });
    expect(written()).not.toContain(goes.prefix);
    await rig.start();
    await trial.witnessed(...good);
    await trial.forgotten(goes.prefix);
    expect(await trial.reconciled(await trial.open(), good, [rig.peers.ipv4])).toBe(false);
  });

  it("R7: files with culprits, of which nobody knows an earlier text, are adopted without those and without a flap", async () => {
    const { rig, trial } = current();
    const many = [...good, ...manyRoutes(60, communities("64512:100")).slice(10)];
    const first = await trial.established(...many);
    await first.link.close("keep");
    rig.witness.mark();
    const wish = { instance: rig.instance, routes: [bad, ...many], peers: [badPeer(rig), rig.peers.ipv4] };
    for (const { path, text } of rig.engine().render(wish).files) writeFileSync(path, text);

    const next = await trial.open();
    expect(await trial.reconciled(next, many, [rig.peers.ipv4])).toBe(false);
    expect(await next.link.apply({ ...nothing, announce: [bad], addPeers: [badPeer(rig)] })).toMatchObject([
      { item: { prefix: bad.prefix } },
      { item: { address: rig.external.address } },
    ]);
    expect(rig.witness.losses()).toEqual([]);
    expect(rig.witness.events()).toEqual([]);
    await rig.bird.parse();
  });
}
