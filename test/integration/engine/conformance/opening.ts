// Opening and closing: who is there, what it holds from before, and what stays behind.
import { describe, expect, it } from "vitest";
import { EngineError } from "../../../../agent/engine/contract.ts";
import { parseAsn } from "../../../../agent/model/asn.ts";
import { until } from "../../../support/until.ts";
import { communities } from "./seen.ts";
import { prefix, route } from "./trial.ts";
import type { Trial } from "./trial.ts";

export function describeOpening(trial: () => Trial): void {
  describe("opening", () => {
    it("R3: a speaker that is not there is unreachable, and opens at the first try once it is", async () => {
      const { rig } = trial();
      const isUnreachable = () =>
        expect(trial().open()).rejects.toMatchObject({ name: "EngineError", code: "unreachable" });
      // Killed: a socket that it listened on stays behind, and nobody answers there.
      await rig.kill();
      await isUnreachable();
      await rig.wipe();
      await isUnreachable();
      await rig.start();
      expect((await trial().open()).link.fresh).toBe(true);
    });

    it("a speaker without BGP is fresh, and holds nothing", async () => {
      const { link } = await trial().open();
      expect(link).toMatchObject({ fresh: true, restarted: null });
      expect(await link.held()).toEqual({ routes: new Map(), peers: new Map() });
      expect(await link.count()).toBe(0);
    });

    it("what an earlier run left is read back whole, and adopting it tells the neighbour nothing", async () => {
      const { rig } = trial();
      const routes = [
        route("10.49.0.0/16"),
        route("10.49.62.131/32", { ...communities("64512:100", "64512:1:2"), med: 50, localPref: 200 }),
        route("fd49::1/128", { nextHop: rig.own.ipv6, med: 0 }),
      ];
      const first = await trial().established(...routes);
      await first.link.close("keep");
      rig.witness.mark();

      const second = await trial().open();
      expect(second.link).toMatchObject({ fresh: false, restarted: null });
      const held = await second.link.held();
      expect(held.routes).toEqual(new Map(routes.map((each) => [each.prefix, each])));
      expect(held.peers).toEqual(new Map([[rig.peers.ipv4.address, rig.peers.ipv4]]));
      expect(await second.link.count()).toBe(3);
      // Even a run that announces all of it once more, just to be sure.
      await trial().applied(second, { announce: routes });
      await trial().applied(second, { announce: [route("10.49.9.9/32")] });
      await trial().witnessed(route("10.49.9.9/32"));
      expect(rig.witness.events()).toEqual([{ t: "added", prefix: "10.49.9.9/32" }]);
    });

    it("a speaker that runs another instance is restarted, once and with the reason", async () => {
      const { rig } = trial();
      const asn = parseAsn(65000);
      if (asn === null) throw new Error("65000 is an AS number");
      const other = await trial().open({ ...rig.instance, asn });
      await trial().applied(other, { announce: [route("10.49.0.1/32")] });
      await other.link.close("keep");

      if (!rig.takesAnotherInstance) {
        await expect(trial().open()).rejects.toThrow(/AS 65000 instead of .* restart /);
        await expect(trial().open()).rejects.toMatchObject({ name: "EngineError", code: "unreachable" });
        await rig.kill();
        await rig.start();
      }
      const { link } = await trial().open();
      expect(link.fresh).toBe(true);
      if (rig.takesAnotherInstance) expect(link.restarted).toContain("65000");
      expect((await link.held()).routes.size).toBe(0);
      await link.close("keep");

      expect((await trial().open()).link).toMatchObject({ fresh: false, restarted: null });
    });

    it("closing with withdraw takes all routes back and leaves the session", async () => {
      const { rig } = trial();
      const routes = [route("10.49.0.1/32"), route("fd49::1/128", { nextHop: rig.own.ipv6 })];
      const { link } = await trial().established(...routes);
      await link.close("withdraw");
      await trial().forgotten(prefix("10.49.0.1/32"), prefix("fd49::1/128"));
      const next = await trial().open();
      expect((await next.link.held()).routes.size).toBe(0);
      expect(await trial().isEstablished(next, rig.peers.ipv4)).toBe(true);
    });

    it("after close or abort every call is refused, and nobody is told of a loss", async () => {
      const closed = await trial().open();
      await closed.link.close("keep");
      const aborted = await trial().open();
      aborted.abort();
      for (const { link, lost } of [closed, aborted]) {
        await expect(link.count()).rejects.toBeInstanceOf(EngineError);
        await expect(link.held()).rejects.toBeInstanceOf(EngineError);
        expect(lost).toEqual([]);
      }
      await until("the speaker takes another link", async () => (await trial().open()).link.count());
    });

    it("an aborted signal opens nothing", async () => {
      const stop = new AbortController();
      stop.abort();
      const events = { lost: () => undefined, session: () => undefined };
      const opening = trial().rig.engine().open(trial().rig.instance, events, stop.signal);
      await expect(opening).rejects.toMatchObject({ name: "EngineError", code: "unreachable" });
    });

    it.each(["close", "abort", "loss"])("after %s no timer and no socket is left", async (how) => {
      const before = resources();
      const opened = await trial().open();
      await trial().applied(opened, { announce: [route("10.49.0.1/32")] });
      if (how === "close") await opened.link.close("keep");
      else if (how === "abort") opened.abort();
      else {
        await trial().rig.kill();
        await until("told as lost", () => opened.lost.length > 0);
      }
      await until("nothing more is left than before", () => resources().length <= before.length);
    });
  });
}

/** Timers and sockets that keep the process alive. */
function resources(): readonly string[] {
  return process.getActiveResourcesInfo().filter((kind) => /Timeout|Pipe|TCP|Immediate/.test(kind));
}
