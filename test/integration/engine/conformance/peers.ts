// Sessions: added, removed, changed, refused, told.
import { describe, expect, it } from "vitest";
import { until } from "../../../support/until.ts";
import { nothing, route } from "./trial.ts";
import type { Trial } from "./trial.ts";

export function describePeers(trial: () => Trial): void {
  describe("peers", () => {
    it("a session's way up is told, and its status says since when and what was sent", async () => {
      const { peers } = trial().rig;
      const before = Date.now();
      const opened = await trial().established(route("10.49.0.1/32"));
      await until("told as established", () =>
        opened.sessions.some(
          ({ address, state }) => address === peers.ipv4.address && state === "established",
        ),
      );
      await until(
        "one route counts as sent",
        async () => (await opened.link.peers())[0]?.advertised.ipv4 === 1,
      );
      const [status, ...others] = await opened.link.peers();
      expect(others).toEqual([]);
      expect(status).toMatchObject({
        address: peers.ipv4.address,
        asn: peers.ipv4.asn,
        state: "established",
      });
      // To the second, as speakers tell it.
      expect(status?.establishedAtMs).toBeGreaterThan(before - 1_500);
    });

    it("a link to a speaker with sessions is told their states as it opens", async () => {
      const { peers } = trial().rig;
      const first = await trial().established(route("10.49.0.1/32"));
      await first.link.close("keep");
      const { sessions } = await trial().open();
      await until("told", () => sessions.length > 0);
      expect(sessions).toMatchObject([{ address: peers.ipv4.address, state: "established" }]);
    });

    it("P9: a second peer comes, is changed and goes, and the first one notices nothing", async () => {
      const { rig } = trial();
      const opened = await trial().established(route("10.49.0.1/32"));
      rig.witness.mark();
      const establishedAtMs = (await opened.link.peers())[0]?.establishedAtMs;
      await trial().applied(opened, { addPeers: [rig.peers.ipv6] });
      await until("both are established", () => trial().isEstablished(opened, rig.peers.ipv6));
      expect((await opened.link.held()).peers).toEqual(
        new Map([
          [rig.peers.ipv4.address, rig.peers.ipv4],
          [rig.peers.ipv6.address, rig.peers.ipv6],
        ]),
      );
      const changed = { ...rig.peers.ipv6, holdTimeSeconds: 6, keepaliveSeconds: 2 };
      await trial().applied(opened, { removePeers: [changed.address], addPeers: [changed] });
      expect((await opened.link.held()).peers.get(changed.address)).toEqual(changed);
      await until("it has the new hold time", async () => {
        const status = (await opened.link.peers()).find(({ address }) => address === changed.address);
        return status?.negotiated?.holdTimeSeconds === 6;
      });
      await trial().applied(opened, { removePeers: [rig.peers.ipv6.address] });
      await until("the witness has lost it twice", () => rig.witness.losses().length === 2);
      expect(rig.witness.losses()).toEqual([changed.name, changed.name]);
      expect(rig.witness.events(rig.peers.ipv4)).toEqual([]);
      expect(await opened.link.peers()).toMatchObject([{ address: rig.peers.ipv4.address, establishedAtMs }]);
    });

    it("removing a peer that is not there is no trouble", async () => {
      const opened = await trial().open();
      await trial().applied(opened, { removePeers: [trial().rig.peers.ipv4.address] });
    });

    it("R7: a peer that is refused keeps neither routes nor other peers back", async () => {
      const { peers } = trial().rig;
      const opened = await trial().open();
      await trial().applied(opened, { addPeers: [peers.ipv4] });
      const again = { ...peers.ipv4, name: "again" };
      const rejections = await opened.link.apply({
        ...nothing,
        announce: [route("10.49.0.1/32")],
        addPeers: [again, peers.ipv6],
      });
      expect(rejections).toMatchObject([
        { item: { t: "peer", address: peers.ipv4.address }, error: { code: "refused" } },
      ]);
      const held = await opened.link.held();
      expect(new Set(held.peers.keys())).toEqual(new Set([peers.ipv4.address, peers.ipv6.address]));
      expect(held.routes.size).toBe(1);
    });
  });
}
