// What only gobgpd knows: its import policy, its port, its AS_PATH, and people with the gobgp command.
import { describe, expect, it } from "vitest";
import { readFileSync } from "node:fs";
import { parseCommunity, uniqueCommunities } from "../../../agent/model/community.ts";
import { startDaemon } from "../../support/daemon.ts";
import { until } from "../../support/until.ts";
import { manyRoutes, route } from "./conformance/trial.ts";
import { gobgpRig } from "./gobgp-rig.ts";
import { withRig } from "./with-rig.ts";

/** @param folder of gobgpd and gobgp; default those that the system has */
export function describeGobgpDriver(folder?: string): void {
  describe("gobgpd and an iBGP router", () => {
    const current = withRig(() => gobgpRig({ folder }));

    it.each([
      ["the default set to accept", 51, [["global", "policy", "import", "set", "default", "accept"]]],
      [
        "the policy taken out, and the default set to accept",
        51,
        [
          ["global", "policy", "import", "del", "bellman-originates"],
          ["global", "policy", "import", "set", "default", "accept"],
        ],
      ],
      [
        "the policy's statement turned around",
        1,
        [
          ["policy", "statement", "bellman-originates", "del", "action", "accept"],
          ["policy", "statement", "bellman-originates", "add", "action", "reject"],
        ],
      ],
    ])(
      "an import policy with %s by hand is mended when it is adopted, without a flap",
      async (_, heldThen, commands) => {
        const { rig, trial } = current();
        const received = manyRoutes(50).map((each) => each.prefix);
        const first = await trial.established(route("10.50.0.1/32"));
        await rig.witness.send(received);
        await first.link.close("keep");
        const establishedAtMs = (await (await trial.open()).link.peers())[0]?.establishedAtMs;
        for (const command of commands) await rig.gobgpd.command(...command);
        await rig.gobgpd.command("neighbor", rig.peers.ipv4.address, "softresetin");
        const summary = () => rig.gobgpd.command("global", "rib", "summary");
        await until(`${heldThen} routes are in the table`, async () =>
          (await summary()).includes(`Path: ${heldThen}`),
        );

        const opened = await trial.open();
        await trial.applied(opened, { announce: [route("10.50.0.1/32"), route("10.50.0.2/32")] });
        await trial.witnessed(route("10.50.0.1/32"), route("10.50.0.2/32"));
        await until("what came from the router is forgotten", async () => (await opened.link.count()) === 2);
        expect(await opened.link.peers()).toMatchObject([{ state: "established", establishedAtMs }]);
        expect([...(await opened.link.held()).routes.keys()].sort()).toEqual([
          "10.50.0.1/32",
          "10.50.0.2/32",
        ]);
      },
    );

    it("a listen port that another program has is told by its number", async () => {
      const { rig, trial } = current();
      const script = "require('node:net').createServer().listen(179, '::', () => console.log('listening'))";
      const thief = startDaemon("thief", [process.execPath, "-e", script], {
        netns: rig.netns,
        log: `${rig.gobgpd.socket}.thief.log`,
      });
      try {
        await until("the port is taken", () => readFileSync(thief.log, "utf8").includes("listening"));
        await expect(trial.open()).rejects.toMatchObject({ name: "PortTakenError", code: "refused" });
        await expect(trial.open()).rejects.toThrow(/TCP port 179: another BGP speaker has it/);
        const quiet = await trial.open({ ...rig.instance, listenPort: -1 });
        expect(quiet.link.fresh).toBe(true);
      } finally {
        await thief.stop();
      }
    });

    it("a BGP that somebody stops in a running gobgpd is lost, and started anew", async () => {
      const { rig, trial } = current();
      const { lost } = await trial.established(route("10.49.0.1/32"));
      await rig.gobgpd.command("global", "del", "all");
      await until("told as lost", () => lost.length > 0);
      expect(lost).toMatchObject([{ code: "unreachable" }]);
      expect(lost[0]?.message).toMatch(/another program changed gobgpd .* runs no BGP|restart gobgpd/);
      if (!rig.takesAnotherInstance) {
        await rig.kill();
        await rig.start();
      }
      const again = await trial.established(route("10.49.0.1/32"));
      expect(again.link.fresh).toBe(true);
    });

    it("an agent without BGP listening peers all the same", async () => {
      const { rig, trial } = current();
      const opened = await trial.open({ ...rig.instance, listenPort: -1 });
      await trial.applied(opened, { announce: [route("10.49.0.1/32")], addPeers: [rig.peers.ipv4] });
      await trial.witnessed(route("10.49.0.1/32"));
      await opened.link.close("keep");
      const again = await trial.open({ ...rig.instance, listenPort: -1 });
      expect(again.link).toMatchObject({ fresh: false, restarted: null });
    });
  });

  describe("gobgpd and an eBGP router", () => {
    const current = withRig(() => gobgpRig({ folder }));

    it("a route whose attributes fit into no message is refused, and gobgpd lives on", async () => {
      const { rig, trial } = current();
      const opened = await trial.open();
      const many = Array.from({ length: 1200 }, (_, number) => parseCommunity(`64512:${number}`));
      const tooMany = uniqueCommunities(many.filter((community) => community !== null));
      const announce = [route("10.49.0.1/32"), route("10.49.0.2/32", { communities: tooMany })];
      const change = { announce, withdraw: [], addPeers: [rig.external], removePeers: [] };
      expect(await opened.link.apply(change)).toMatchObject([
        { item: { t: "route", prefix: "10.49.0.2/32" }, error: { code: "refused" } },
      ]);
      await until("the other is known", async () =>
        (await rig.witness.routes(rig.external)).has("10.49.0.1/32"),
      );
      expect(await opened.link.count()).toBe(1);
    });
  });
}
