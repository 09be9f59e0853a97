// What a session can be asked for, with a real router at the other end.
import { describe, expect, it } from "vitest";
import type { Peer, SessionSettings } from "../../../agent/model/peer.ts";
import { Secret } from "../../../agent/model/secret.ts";
import { until } from "../../support/until.ts";
import { address, asn, nothing, route } from "./conformance/trial.ts";
import type { Opened, Trial } from "./conformance/trial.ts";
import { gobgpRig, secondAddress } from "./gobgp-rig.ts";
import { withRig } from "./with-rig.ts";

const peerAsn = asn(65001);
const password = new Secret("correct horse");
const md5 = 'password "correct horse";';

/** @param folder of gobgpd and gobgp; default those that the system has */
export function describeGobgpSessions(folder?: string): void {
  const asked: readonly (readonly [string, Partial<SessionSettings>, string])[] = [
    ["P3: a password", { password }, md5],
    ["P6: other timers", { holdTimeSeconds: 30, keepaliveSeconds: 10 }, ""],
    ["P11: TTL security", { ttlSecurityHops: 1 }, "ttl security on;"],
    ["P11: multihop", { multihop: true }, "multihop 5;"],
    [
      "P11: TTL security over two hops",
      { multihop: true, ttlSecurityHops: 2 },
      "multihop 2; ttl security on;",
    ],
    ["received paths with its own AS", { allowedLocalAsns: 2 }, ""],
    ["graceful restart", { gracefulRestartSeconds: 20 }, "graceful restart on;"],
    [
      "all of it",
      { password, ttlSecurityHops: 1, allowedLocalAsns: 1, gracefulRestartSeconds: 20 },
      `${md5} ttl security on;`,
    ],
  ];
  describe.each(asked)("a session that is asked for %s", (_, settings, options) => {
    const current = withRig(() => gobgpRig({ folder, peerAsn, options }));

    it("comes up, and is the same to the next run of the agent", async () => {
      const { rig, trial } = current();
      const peer = { ...rig.peers.ipv4, ...settings };
      const opened = await established(trial, peer);
      expect((await opened.link.peers())[0]?.negotiated).toMatchObject({
        holdTimeSeconds: 9,
        families: ["ipv4", "ipv6"],
        fourOctetAsn: true,
        gracefulRestart: settings.gracefulRestartSeconds !== undefined,
      });
      await expectAdopted(trial, opened, peer);
    });
  });

  describe("a session from an address of its own", () => {
    const current = withRig(() => gobgpRig({ folder, peerAsn, from: secondAddress }));

    it("P11: comes from there, and is the same to the next run of the agent", async () => {
      const { rig, trial } = current();
      const peer = { ...rig.peers.ipv4, sourceAddress: secondAddress };
      const opened = await established(trial, peer);
      await expectAdopted(trial, opened, peer);
    });
  });

  describe("a session with another password than the router's", () => {
    const current = withRig(() => gobgpRig({ folder, peerAsn, options: md5 }));

    it("P3: does not come up, and says so; with the right one it does", async () => {
      const { rig, trial } = current();
      const opened = await trial.open();
      const wrong = { ...rig.peers.ipv4, password: new Secret("battery staple") };
      await trial.applied(opened, { announce: [route("10.49.0.1/32")], addPeers: [wrong] });
      await until("gobgpd has tried", async () => (await opened.link.peers())[0]?.state === "active");
      expect((await opened.link.peers())[0]?.lastError).toMatch(/^no TCP connection .* with this password$/);
      const right = { ...wrong, password };
      await trial.applied(opened, { removePeers: [wrong.address], addPeers: [right] });
      await until("it is established", () => trial.isEstablished(opened, right), { timeoutMs: 20_000 });
    });
  });

  describe.each([
    ["on", "keeps its routes", 0],
    ["off", "gets its routes back", 1],
  ])("graceful restart with a router that has it %s", (has, outcome, withdrawals) => {
    const current = withRig(() => gobgpRig({ folder, peerAsn, options: `graceful restart ${has};` }));

    it(`R2: the router ${outcome} when gobgpd is killed and started again`, async () => {
      const { rig, trial } = current();
      const graceful = { ...rig.peers.ipv4, gracefulRestartSeconds: 30 };
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
      expect(removed).toHaveLength(withdrawals * routes.length);
    });
  });

  describe("BFD with a router that has it", () => {
    const current = withRig(() => gobgpRig({ folder, peerAsn, options: "bfd on;" }));

    it("P13: comes up from gobgpd 4.8 on; before it is a problem, and nothing is brought up without it", async () => {
      const { rig } = current();
      const peer = { ...rig.peers.ipv4, bfdIntervalMs: 100 };
      const engine = rig.engine();
      const events = { lost: () => undefined, session: () => undefined };
      const link = await engine.open(rig.instance, events, new AbortController().signal);
      const problems = engine.refusals({ peers: [peer] });
      const rejections = await link.apply({ ...nothing, addPeers: [peer] });
      if (link.version === "gobgp v3") {
        expect(problems).toMatchObject([{ object: "BGPPeer/tor1" }]);
        expect(problems[0]?.message).toMatch(/^gobgpd cannot be asked for BFD/);
        expect(rejections).toMatchObject([{ item: { t: "peer", address: peer.address } }]);
        expect(rejections[0]?.error.message).toMatch(/cannot be asked for bfdIntervalMs/);
        expect(await link.peers()).toEqual([]);
      } else {
        expect([...problems, ...rejections]).toEqual([]);
        expect((await link.held()).peers).toEqual(new Map([[peer.address, peer]]));
        const up = async () => / Up /.test(await rig.bird.command("show", "bfd", "sessions"));
        await until("BFD is up", up, { timeoutMs: 20_000 });
        const established = async () => (await link.peers())[0]?.state === "established";
        await until("it is established", established, { timeoutMs: 20_000 });
      }
      await link.close("keep");
    });
  });

  describe("why a session was lost", () => {
    const current = withRig(() => gobgpRig({ folder, peerAsn }));

    it("is told after the router has ended it", async () => {
      const { rig, trial } = current();
      const opened = await established(trial, rig.peers.ipv4);
      expect((await opened.link.peers())[0]?.lastError).toBeNull();
      const lastError = async () => (await opened.link.peers())[0]?.lastError ?? null;
      // The router closes the connection behind its NOTIFICATION, and a reset may overtake that: then it is told once more.
      await until(
        "a NOTIFICATION is told",
        async () => {
          await rig.bird.command("disable", "tor1");
          const told = await until("it is told", lastError);
          await rig.bird.command("enable", "tor1");
          if (/^notification-received .*|^the neighbour ended it with a NOTIFICATION$/.test(told))
            return true;
          expect(told).toBe("the TCP connection was lost");
          await until("the session is back", async () => {
            const [status] = await opened.link.peers();
            return status?.state === "established";
          });
          return false;
        },
        { timeoutMs: 40_000 },
      );
    });

    it("P4: is told of a router in another AS", async () => {
      const { rig, trial } = current();
      const opened = await trial.open();
      await trial.applied(opened, { addPeers: [{ ...rig.peers.ipv4, asn: asn(65002) }] });
      const why = /bad-peer-as|bad peer as|NOTIFICATION/i;
      const isTold = async () => why.test((await opened.link.peers())[0]?.lastError ?? "");
      await until("it is told", isTold, { timeoutMs: 20_000 });
    });
  });
}

/** The next run of the agent reads back the session that is asked for, so that it need not touch it. */
async function expectAdopted(trial: Trial, { link }: Opened, peer: Peer): Promise<void> {
  await link.close("keep");
  const next = await trial.open();
  expect((await next.link.held()).peers).toEqual(new Map([[peer.address, peer]]));
}

async function established(trial: Trial, peer: Peer): Promise<Opened> {
  const opened = await trial.open();
  await trial.applied(opened, { announce: [route("10.49.0.1/32")], addPeers: [peer] });
  await until("it is established", () => trial.isEstablished(opened, peer), { timeoutMs: 20_000 });
  await until("the route is known", async () => (await trial.rig.witness.routes(peer)).has("10.49.0.1/32"));
  return opened;
}
