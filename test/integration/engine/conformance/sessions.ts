// What a session can be asked for, with a neighbour that asks for it as well, or for something else.
import { describe, expect, it } from "vitest";
import type { Peer } from "../../../../agent/model/peer.ts";
import type { Route } from "../../../../agent/model/route.ts";
import { Secret } from "../../../../agent/model/secret.ts";
import { until } from "../../../support/until.ts";
import { asn, route } from "./trial.ts";
import type { Opened, Trial } from "./trial.ts";

const password = new Secret("correct-horse");
const secret = { password };

export function describeSessions(trial: () => Trial): void {
  /** A route that goes over every session. */
  const everywhere = (text = "fd49::1/128"): Route => route(text, { nextHop: trial().rig.own.ipv6 });

  /** Both sides are asked for these sessions. Returns those that the speaker can be asked for, established. */
  async function met(opened: Opened, ...asked: readonly Peer[]): Promise<readonly Peer[]> {
    const { rig } = trial();
    for (const peer of asked) await rig.witness.expect(peer);
    const peers = await trial().honoured(opened, ...asked);
    await trial().applied(opened, { announce: [everywhere()], addPeers: peers });
    await trial().up(opened, ...peers);
    for (const peer of peers) await trial().witnessedBy(peer, everywhere());
    return peers;
  }

  /** The next run of the agent reads back what it wants, and so touches nothing. */
  async function expectAdopted({ link }: Opened, peers: readonly Peer[]): Promise<void> {
    trial().rig.witness.mark();
    await link.close("keep");
    const next = await trial().open();
    const held = (await next.link.held()).peers;
    for (const peer of peers) expect(held.get(peer.address)).toEqual(peer);
    expect(held.size).toBe(peers.length);
    expect(await trial().reconciled(next, [everywhere()], peers)).toBe(false);
    await trial().up(next, ...peers);
    expect(trial().rig.witness.losses()).toEqual([]);
  }

  describe("a session that is asked for", () => {
    it("nothing but what is usual: iBGP, eBGP and several hops, over IPv4 and IPv6, P5: AS numbers of four octets", async () => {
      const { peers, external, distant } = trial().rig;
      const opened = await trial().open();
      const met4 = await met(opened, peers.ipv4, peers.ipv6, external, distant);
      for (const peer of met4) {
        const status = (await opened.link.peers()).find(({ address }) => address === peer.address);
        expect(status).toMatchObject({ asn: peer.asn, lastError: null });
        expect(status?.negotiated).toEqual({
          holdTimeSeconds: 9,
          keepaliveSeconds: 3,
          families: ["ipv4", "ipv6"],
          fourOctetAsn: true,
          gracefulRestart: false,
        });
      }
      await expectAdopted(opened, met4);
    });

    it("P3 P6 P11: a password, over either family, other timers, TTL security, a port, P13: or is a problem", async () => {
      const { peers, external, distant } = trial().rig;
      const opened = await trial().open();
      const asked = await met(
        opened,
        { ...peers.ipv4, ...secret, holdTimeSeconds: 30, keepaliveSeconds: 10 },
        { ...peers.ipv6, password: new Secret("correct horse") },
        { ...external, ttlSecurityHops: 1, allowedLocalAsns: 2 },
        { ...distant, port: 1790 },
      );
      // The neighbour's, which is the shorter one (RFC 4271 §4.2).
      for (const { negotiated } of await opened.link.peers())
        expect(negotiated).toMatchObject({ holdTimeSeconds: 9, keepaliveSeconds: 3 });
      await expectAdopted(opened, asked);
    });

    it("P11: an address and an AS of its own, graceful restart, BFD, all at once, P13: or is a problem", async () => {
      const { peers, external, distant, own } = trial().rig;
      const opened = await trial().open();
      const gracefulRestartSeconds = 20;
      const asked = await met(
        opened,
        { ...peers.ipv4, gracefulRestartSeconds },
        { ...peers.ipv6, bfdIntervalMs: 100 },
        { ...external, sourceAddress: own.secondIpv4, localAsn: asn(4_200_000_000) },
        { ...distant, ...secret, ttlSecurityHops: 2, allowedLocalAsns: 1, gracefulRestartSeconds },
      );
      for (const peer of asked) {
        const status = (await opened.link.peers()).find(({ address }) => address === peer.address);
        const graceful = peer.gracefulRestartSeconds !== null;
        expect(status?.negotiated).toMatchObject({ gracefulRestart: graceful });
        if (peer.bfdIntervalMs !== null)
          await until("BFD is up", () => trial().rig.witness.bfdIsUp(peer), { timeoutMs: 20_000 });
      }
      await expectAdopted(opened, asked);
    });
  });

  describe("a password", () => {
    it("P3: that is wrong keeps the session down, and this is told; it is rotated for its session alone", async () => {
      const { rig } = trial();
      const { ipv4, ipv6 } = rig.peers;
      const [right, wrong] = [
        { ...ipv4, password },
        { ...ipv4, password: new Secret("battery-staple") },
      ];
      const opened = await trial().open();
      await rig.witness.expect(right);
      await trial().applied(opened, { announce: [everywhere()], addPeers: [wrong, ipv6] });
      await trial().up(opened, ipv6);
      rig.witness.mark();
      const status = async () => (await opened.link.peers()).find(({ address }) => address === ipv4.address);
      expect(await until("it is told", async () => (await status())?.lastError)).not.toContain("battery");
      expect((await status())?.state).not.toBe("established");

      await trial().applied(opened, { removePeers: [ipv4.address], addPeers: [right] });
      await trial().up(opened, right);
      await trial().witnessedBy(ipv4, everywhere());

      // From now on both sides know the other one.
      await rig.witness.expect(wrong);
      await trial().applied(opened, { removePeers: [ipv4.address], addPeers: [wrong] });
      await trial().up(opened, wrong);
      await trial().witnessedBy(ipv4, everywhere());
      expect(rig.witness.losses()).not.toContain(ipv6.name);
    });
  });

  describe("why a session is down", () => {
    it("P4: a neighbour in another AS is told", async () => {
      const { rig } = trial();
      const opened = await trial().open();
      await trial().applied(opened, { addPeers: [{ ...rig.external, asn: asn(65_002) }] });
      const why = /peer.?as|remote.?as|NOTIFICATION/i;
      const isTold = async () => why.test((await opened.link.peers())[0]?.lastError ?? "");
      await until("it is told", isTold, { timeoutMs: 20_000 });
      expect((await opened.link.peers())[0]?.state).not.toBe("established");
    });

    it("P14: a neighbour that ends it is told, and gets all routes again", async () => {
      const { rig } = trial();
      const opened = await trial().established(route("10.49.0.1/32"), route("10.49.0.2/32"));
      const [before] = await opened.link.peers();
      expect(before?.lastError).toBeNull();
      rig.witness.mark();
      await rig.witness.hangUp(rig.peers.ipv4);
      await until("it has ended", () => rig.witness.losses().length > 0);
      // Without anybody asking. By then it may be up again, where the speaker has to be asked for its sessions.
      const told = () => opened.sessions.find(({ lastError }) => lastError !== null);
      const isBack = async () =>
        ((await opened.link.peers())[0]?.establishedAtMs ?? 0) > (before?.establishedAtMs ?? 0);
      await until(
        "it is told",
        async () => told() !== undefined || (isForgetful(opened) && (await isBack())),
      );
      // A reset of the connection may overtake the NOTIFICATION.
      if (!isForgetful(opened) || told() !== undefined)
        expect(told()?.lastError).toMatch(/notification|connection was lost|cease|reset|clos/i);
      await trial().up(opened, rig.peers.ipv4);
      await trial().witnessed(route("10.49.0.1/32"), route("10.49.0.2/32"));
    });
  });
}

/** BIRD 3 knows no more why a session has ended once it is up again, and may be asked too late (docs/reference/bird.md). */
function isForgetful({ link }: Opened): boolean {
  return link.version.startsWith("bird 3.");
}
