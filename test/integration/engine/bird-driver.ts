// What only BIRD has: files that it includes, the rest of its configuration, and people with birdc.
import { appendFileSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { birdEngine } from "../../../agent/engine/bird/engine.ts";
import { Secret } from "../../../agent/model/secret.ts";
import { runIn } from "../../support/netns.ts";
import { until } from "../../support/until.ts";
import { describeInterrupted } from "./bird-interrupted.ts";
import { birdRig } from "./bird-rig.ts";
import type { BirdRig } from "./bird-rig.ts";
import { communities } from "./conformance/seen.ts";
import { address, manyRoutes, nothing, prefix, route } from "./conformance/trial.ts";
import type { Opened } from "./conformance/trial.ts";
import { withRig } from "./with-rig.ts";

const files = ({ bird }: BirdRig) => ({
  services: join(bird.includes, "10-services.conf"),
  peers: join(bird.includes, "20-peers.conf"),
});

/** When the session began, in ms since the epoch. */
async function sinceWhen({ link }: Opened): Promise<number> {
  const [status] = await link.peers();
  return status?.establishedAtMs ?? Number.NaN;
}

/** @param folder of the daemon. Default: the one that the system has. */
export function describeBirdDriver(folder?: string): void {
  describe("BIRD that has nothing but the agent's files", () => {
    const current = withRig(() => birdRig({ folder }));

    it("they are for BIRD's eyes only, and nothing else is left beside them", async () => {
      const { rig, trial } = current();
      await trial.established(route("10.49.0.1/32"));
      const { gid } = statSync(rig.bird.socket);
      expect(readdirSync(rig.bird.includes).sort()).toEqual(["10-services.conf", "20-peers.conf"]);
      for (const file of Object.values(files(rig)))
        expect(statSync(file)).toMatchObject({ gid, mode: 0o100640 });
    });

    it("P13: a change of routes does not touch the file of the sessions", async () => {
      const { rig, trial } = current();
      const opened = await trial.established(route("10.49.0.1/32"));
      const { ino } = statSync(files(rig).peers);
      await trial.applied(opened, { announce: [route("10.49.0.2/32")], withdraw: [prefix("10.49.0.1/32")] });
      expect(statSync(files(rig).peers).ino).toBe(ino);
    });

    it("R7: culprits among many are told in BIRD's words with file and line, the others are in place", async () => {
      const { rig, trial } = current();
      const opened = await trial.open();
      const good = manyRoutes(200, communities("64512:100"));
      // No model type lets such numbers through: here they stand for whatever BIRD may not take.
      const bad = route("10.60.0.1/32", { med: 2 ** 40 });
      const badPeer = { ...rig.external, port: 70_000, password: new Secret("correct horse") };
      const rejections = await opened.link.apply({
        ...nothing,
        announce: [...good.slice(0, 77), bad, ...good.slice(77)],
        addPeers: [badPeer, rig.peers.ipv4],
      });
      expect(rejections.map(({ item }) => item)).toEqual([
        { t: "route", prefix: "10.60.0.1/32" },
        { t: "peer", address: rig.external.address },
      ]);
      expect(rejections[0]?.error.message).toMatch(/10-services\.conf:[0-9]+:[0-9]+ /);
      expect(rejections[1]?.error.message).toMatch(/20-peers\.conf:[0-9]+:[0-9]+ /);
      expect(JSON.stringify(rejections)).not.toContain("correct horse");
      expect(await opened.link.count()).toBe(200);
      await trial.up(opened, rig.peers.ipv4);
      await rig.bird.parse();
    });

    it("another part of bird.conf that is broken is told with its line, and nothing is lost", async () => {
      const { rig, trial } = current();
      const opened = await trial.established(route("10.49.0.1/32"));
      const whole = readFileSync(rig.bird.config, "utf8");
      appendFileSync(rig.bird.config, "protocol nonsense {}\n");
      const before = readFileSync(files(rig).services, "utf8");
      const change = { ...nothing, announce: manyRoutes(50), withdraw: [prefix("10.49.0.1/32")] };
      const rejections = await opened.link.apply(change);
      expect(rejections).toHaveLength(51);
      for (const { error } of rejections) expect(error.message).toMatch(/bird\.conf:[0-9]+:[0-9]+ /);
      expect(readFileSync(files(rig).services, "utf8")).toBe(before);
      await expect(trial.open()).rejects.toThrow(/bird\.conf:[0-9]+:[0-9]+ /);
      await trial.witnessed(route("10.49.0.1/32"));

      writeFileSync(rig.bird.config, whole);
      await trial.applied(opened, { announce: [route("10.49.0.2/32")] });
      await trial.witnessed(route("10.49.0.1/32"), route("10.49.0.2/32"));
    });

    it.each(["services", "peers"] as const)(
      "R8: the file of the %s that somebody has broken is mended when it is adopted, without a flap",
      async (kind) => {
        const { rig, trial } = current();
        const routes = [route("10.49.0.1/32", communities("64512:100")), route("10.49.0.2/32")];
        const first = await trial.established(...routes);
        const since = await sinceWhen(first);
        await first.link.close("keep");
        rig.witness.mark();
        const file = files(rig)[kind];
        writeFileSync(file, `${readFileSync(file, "utf8")}\nthis is nothing;\n`);
        const next = await trial.open();
        expect(await trial.reconciled(next, routes, [rig.peers.ipv4])).toBe(false);
        // BIRD works it out from two clocks each time, and rounds it.
        expect(Math.abs((await sinceWhen(next)) - since)).toBeLessThan(100);
        expect(rig.witness.events()).toEqual([]);
        await rig.bird.parse();
      },
    );

    it("R8: files that somebody has taken away are there again after the next look", async () => {
      const { rig, trial } = current();
      const routes = [route("10.49.0.1/32")];
      const first = await trial.established(...routes);
      await first.link.close("keep");
      for (const file of Object.values(files(rig))) rmSync(file);
      await rig.bird.parse();
      const next = await trial.open();
      expect(await trial.reconciled(next, routes, [rig.peers.ipv4])).toBe(true);
      await trial.up(next, rig.peers.ipv4);
      await trial.witnessed(...routes);
    });

    it("R8: routes that somebody has disabled come back", async () => {
      const { rig, trial } = current();
      const opened = await trial.established(route("10.49.0.1/32"));
      await rig.bird.command("disable", "bellman_static4");
      await trial.forgotten(prefix("10.49.0.1/32"));
      await until("they count again", async () => (await opened.link.count()) === 1);
      await trial.witnessed(route("10.49.0.1/32"));
    });

    it("a bird.conf that does not include the files is told what it lacks", async () => {
      const { rig, trial } = current();
      writeFileSync(rig.bird.config, "protocol device {}\n");
      await expect(trial.open()).rejects.toThrow(
        `add include "${rig.bird.includes}/*.conf"; to its bird.conf`,
      );
    });

    it("a template of the site's is used, and a broken one keeps the old configuration", async () => {
      const { rig, trial } = current();
      await trial.established(route("10.49.0.1/32"));
      const open = (text: string) => {
        const templates = new Map([["route", { place: "/site/bird/route.hbs", text }]]);
        const engine = birdEngine({ socket: rig.bird.socket, directory: rig.bird.includes, templates });
        return engine.open(rig.instance, silent, new AbortController().signal);
      };
      const own = await open("route {{prefix}} blackhole { bgp_community.add((64512,7)); };");
      const wanted = route("10.49.0.1/32");
      expect((await own.held()).routes).toEqual(new Map([[wanted.prefix, null]]));
      expect(await own.apply({ ...nothing, announce: [wanted] })).toEqual([]);
      await trial.witnessed(route("10.49.0.1/32", communities("64512:7")));
      expect((await own.held()).routes).toEqual(new Map([[wanted.prefix, wanted]]));
      await own.close("keep");

      const broken = await open("route {{prefix}} nowhere;");
      const rejections = await broken.apply({ ...nothing, announce: [route("10.49.0.2/32")] });
      expect(rejections).toMatchObject([{ item: { prefix: "10.49.0.2/32" } }]);
      await broken.close("keep");
      await trial.witnessed(route("10.49.0.1/32", communities("64512:7")));
      await rig.bird.parse();
    });

    it.each([true, false])(
      "R2: killed and started again by itself, with -R and graceful restart (%s) it is missed by nobody",
      async (graceful) => {
        const { rig, trial } = current();
        const peer = { ...rig.peers.ipv4, gracefulRestartSeconds: graceful ? 20 : null };
        await rig.witness.expect(peer);
        const opened = await trial.open();
        const routes = manyRoutes(20);
        await trial.applied(opened, { announce: routes, addPeers: [peer] });
        await trial.up(opened, peer);
        await trial.witnessed(...routes);
        rig.witness.mark();
        await rig.kill();
        await until("the session is lost", () => rig.witness.losses().length > 0);
        await rig.bird.start("-R");
        await trial.up(await trial.open(), peer);
        await trial.witnessed(...routes);
        const removed = rig.witness.events().filter(({ t }) => t === "removed");
        expect(removed).toHaveLength(graceful ? 0 : routes.length);
      },
    );

    describeInterrupted(current);
  });

  describe("BIRD that has other things to do", () => {
    const more = `
router id 192.168.1.10;
protocol static mine4 { ipv4; route 10.77.0.0/16 blackhole; }
protocol static mine6 { ipv6; route fd77::/64 blackhole; }
protocol kernel { ipv4 { export all; }; }
protocol bfd mine_bfd { }
graceful restart wait 77;
`;
    const current = withRig(() => birdRig({ folder, more }));

    it("sends none of its other routes over our sessions, and does nothing with ours", async () => {
      const { rig, trial } = current();
      await trial.established(route("10.49.0.1/32"), route("fd49::1/128", { nextHop: rig.own.ipv6 }));
      expect([...(await rig.witness.routes(rig.peers.ipv4)).keys()].sort()).toEqual([
        "10.49.0.1/32",
        "fd49::1/128",
      ]);
      const kernel = await until("its own route is in the kernel", async () => {
        const there = await runIn(rig.netns, "ip", "route");
        return there.includes("10.77.0.0/16") && there;
      });
      expect(kernel).not.toContain("10.49.");
      const table = await rig.bird.command("show", "route", "table", "master4");
      expect(table).not.toContain("10.49.");
    });

    it("BFD is asked of the protocol that it has", async () => {
      const { rig, trial } = current();
      const peer = { ...rig.peers.ipv4, bfdIntervalMs: 100 };
      await rig.witness.expect(peer);
      const opened = await trial.open();
      await trial.applied(opened, { announce: [route("10.49.0.1/32")], addPeers: [peer] });
      await trial.up(opened, peer);
      await until("BFD is up", () => rig.witness.bfdIsUp(peer), { timeoutMs: 20_000 });
      expect(await rig.bird.command("show", "protocols")).not.toContain("bellman_bfd");
    });

    it("after a restart it waits for neighbours as long as it says below the include, whatever our file says", async () => {
      const { rig, trial } = current();
      const away = { ...rig.external, address: address("192.168.1.99"), gracefulRestartSeconds: 30 };
      await trial.applied(await trial.open(), { addPeers: [away] });
      await rig.kill();
      await rig.bird.start("-R");
      expect(await rig.bird.command("show", "status")).toMatch(/Wait timer is [0-9.]+\/77/);
    });

    it("its other protocols notice nothing of ours", async () => {
      const { rig, trial } = current();
      const since = async () => /^mine4 .*$/m.exec(await rig.bird.command("show", "protocols"))?.[0];
      const before = await since();
      const opened = await trial.established(route("10.49.0.1/32"));
      await trial.applied(opened, { removePeers: [rig.peers.ipv4.address], addPeers: [rig.peers.ipv6] });
      expect(await since()).toBe(before);
    });
  });
}

const silent = { lost: () => undefined, session: () => undefined };
