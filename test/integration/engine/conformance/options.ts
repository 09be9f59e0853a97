// All that a speaker can be asked for at once: read back as it was asked for, so that nobody touches it again.
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { compareAddresses } from "../../../../agent/model/address.ts";
import { plainSession } from "../../../../agent/model/peer.ts";
import type { Peer } from "../../../../agent/model/peer.ts";
import { plainRoute } from "../../../../agent/model/route.ts";
import type { Route, Variant } from "../../../../agent/model/route.ts";
import { Secret } from "../../../../agent/model/secret.ts";
import { until } from "../../../support/until.ts";
import { communities } from "./seen.ts";
import { address, asn, prefix, route } from "./trial.ts";
import type { Opened, Trial } from "./trial.ts";

const plainVariant: Variant = {
  to: [],
  path: [],
  communities: [],
  largeCommunities: [],
  med: null,
  localPref: null,
};

/** Options that are as usual in all of them: an option that is new has to be asked for here as well. */
function neverAsked<T extends object>(usual: T, all: readonly T[]): readonly string[] {
  const valueOf = (each: object, option: string) => Object.entries(each).find(([name]) => name === option);
  return Object.keys(usual).filter((option) =>
    all.every((each) => isDeepStrictEqual(valueOf(each, option), valueOf(usual, option))),
  );
}

export function describeOptions(trial: () => Trial): void {
  describe("every option", () => {
    /** Sessions that come up, and others that nobody answers: each option alone and with others. */
    function allPeers(): readonly Peer[] {
      const { peers, external, distant, own } = trial().rig;
      const password = new Secret("correct-horse");
      const vacant = (host: number, settings: Partial<Peer>): Peer => ({
        ...external,
        name: `vacant${host}`,
        address: address(`192.168.1.${host}`),
        ...settings,
      });
      return [
        { ...peers.ipv4, password, holdTimeSeconds: 30, keepaliveSeconds: 10, gracefulRestartSeconds: 15 },
        { ...peers.ipv6, password, bfdIntervalMs: 100 },
        { ...external, ttlSecurityHops: 1, sourceAddress: own.secondIpv4, localAsn: asn(4_200_000_000) },
        { ...distant, port: 1790, ttlSecurityHops: 2, allowedLocalAsns: 2, gracefulRestartSeconds: 15 },
        vacant(201, { asn: asn(64_512), gracefulRestartSeconds: 120, bfdIntervalMs: 1000 }),
        vacant(202, { multihop: true, sourceAddress: own.ipv4, bfdIntervalMs: 300, holdTimeSeconds: 90 }),
        vacant(203, { localAsn: asn(65_001), allowedLocalAsns: 10, port: 65_535, keepaliveSeconds: 1 }),
        vacant(204, { ttlSecurityHops: 254, multihop: true, password: new Secret("x".repeat(80)) }),
      ];
    }

    /** With what no route has, some and all of it. */
    function allRoutes(): readonly Route[] {
      const { peers, external, own } = trial().rig;
      const internal = [peers.ipv4.address, peers.ipv6.address].sort(compareAddresses);
      const many = Array.from({ length: 20 }, (_, index) => `64512:${index}`);
      const base = { ...communities(...many, "65535:0", "65535:65281"), med: 4_294_967_295, localPref: 0 };
      const nextHop = own.ipv4;
      return [
        route("10.49.0.0/16"),
        route("10.49.0.1/32", base),
        route("10.49.0.2/32", {
          nextHop: address("192.168.1.99"),
          ...communities("1:2:3", "4294967294:0:7"),
        }),
        route("10.49.0.3/32", { prepend: 16, notTo: internal }),
        route("10.49.0.4/32", {
          ...base,
          nextHop,
          notTo: [peers.ipv6.address],
          variants: [
            {
              ...base,
              ...communities(...many, "65535:0", "65535:65281", "64512:99", "64512:9:9"),
              path: [],
              to: [external.address],
            },
            { ...base, localPref: 4_294_967_295, path: [asn(65_010)], to: [peers.ipv4.address] },
          ].sort((a, b) => compareAddresses(a.to[0] ?? nextHop, b.to[0] ?? nextHop)),
        }),
        route("fd49::/64", { nextHop: own.ipv6 }),
        route("fd49::1/128", { ...base, nextHop: own.ipv6, notTo: [address("192.168.1.202")] }),
        route("fd49::2/128", { nextHop: own.ipv6, prepend: 1, notTo: internal, med: 0, localPref: 0 }),
      ];
    }

    const expectHeld = async ({ link }: Opened, routes: readonly Route[], peers: readonly Peer[]) => {
      const held = await link.held();
      expect(held.routes).toEqual(new Map(routes.map((each) => [each.prefix, each])));
      expect(held.peers).toEqual(new Map(peers.map((peer) => [peer.address, peer])));
    };

    it("T9: is read back as it was asked for, asked for again it changes nothing, and no session is lost", async () => {
      const { rig } = trial();
      const asked = allPeers();
      const routes = allRoutes();
      expect(neverAsked(plainSession, asked)).toEqual([]);
      expect(neverAsked(plainRoute(prefix("10.49.0.0/16")), routes)).toEqual([]);
      expect(
        neverAsked(
          plainVariant,
          routes.flatMap(({ variants }) => variants),
        ),
      ).toEqual([]);
      for (const peer of asked.slice(0, 4)) await rig.witness.expect(peer);
      const first = await trial().open();
      const peers = await trial().honoured(first, ...asked);
      const answering = peers.filter(({ name }) => !name.startsWith("vacant"));
      await trial().applied(first, { announce: routes, addPeers: peers });
      await trial().up(first, ...answering);
      const over4 = answering.filter((peer) => peer.address !== rig.peers.ipv6.address);
      const known = async () => {
        for (const peer of over4)
          await trial().witnessedBy(peer, ...routes.filter(({ notTo }) => !notTo.includes(peer.address)));
      };
      await known();
      for (const peer of answering)
        await until(`${peer.name} was told`, async () => (await rig.witness.taken(peer)) > 0);
      await expectHeld(first, routes, peers);
      const written = rig.written();
      const taken = await Promise.all(answering.map((peer) => rig.witness.taken(peer)));
      rig.witness.mark();
      await first.link.close("keep");

      const second = await trial().open();
      expect(second.link).toMatchObject({ fresh: false, restarted: null });
      await expectHeld(second, routes, peers);
      expect(await trial().reconciled(second, routes, peers)).toBe(false);
      await trial().applied(second, { announce: routes });
      await expectHeld(second, routes, peers);
      // Rendered from what was read back, it is the same text.
      expect(rig.written()).toBe(written);
      await trial().up(second, ...answering);
      expect(await Promise.all(answering.map((peer) => rig.witness.taken(peer)))).toEqual(taken);
      expect(rig.witness.losses()).toEqual([]);
      if (!rig.remembers) return;

      await second.link.close("keep");
      await rig.kill();
      await rig.start();
      const third = await trial().open();
      expect(third.link).toMatchObject({ fresh: false, restarted: null });
      await expectHeld(third, routes, peers);
      await trial().up(third, ...answering);
      await known();
    });
  });
}
