// The speaker in memory, its neighbours played by itself.
import type { BgpInstance } from "../../../agent/engine/contract.ts";
import { MemoryEngine } from "../../../agent/engine/memory/engine.ts";
import { MemorySpeaker } from "../../../agent/engine/memory/speaker.ts";
import { defaultAsn } from "../../../agent/model/asn.ts";
import { plainSession } from "../../../agent/model/peer.ts";
import type { Peer } from "../../../agent/model/peer.ts";
import type { EngineRig, SeenEvent, SeenRoute, Witness } from "./conformance/rig.ts";
import { address } from "./conformance/trial.ts";

const own = { ipv4: address("192.168.1.10"), ipv6: address("fd01::10") };
const instance: BgpInstance = { asn: defaultAsn, routerId: own.ipv4, listenPort: 179 };
const plain = { port: 179, asn: defaultAsn, localAsn: defaultAsn, ...plainSession };

export function memoryRig(): EngineRig {
  const speaker = new MemorySpeaker({ silenceMs: 100 });
  return {
    instance,
    own,
    peers: {
      ipv4: { ...plain, name: "tor1", address: address("192.168.1.1") },
      ipv6: { ...plain, name: "tor2", address: address("fd01::1") },
    },
    takesAnotherInstance: true,
    witness: witness(speaker),
    engine: () => new MemoryEngine(speaker),
    start: () => done(() => speaker.start()),
    kill: () => done(() => speaker.kill()),
    freeze: () => done(() => speaker.freeze()),
    thaw: () => speaker.thaw(),
    deleteRoute: (prefix) => done(() => speaker.deleteByHand(prefix)),
    addForeignRoute: (prefix) => done(() => speaker.setByHand(prefix, null)),
    dispose: () => Promise.resolve(),
  };
}

function done(work: () => void): Promise<void> {
  work();
  return Promise.resolve();
}

function witness(speaker: MemorySpeaker): Witness {
  return {
    routes: (peer) => Promise.resolve(seen(speaker, peer)),
    mark: () => speaker.clearNews(),
    events: (peer) =>
      speaker.news
        .filter(({ to }) => peer === undefined || to === peer.address)
        .map(({ t, prefix }): SeenEvent => ({ t: t === "withdrawn" ? "removed" : "added", prefix })),
    // It has no way to take a route from a neighbour at all.
    send: () => Promise.resolve(),
  };
}

function seen(speaker: MemorySpeaker, peer: Peer): ReadonlyMap<string, SeenRoute> {
  const routes = new Map<string, SeenRoute>();
  for (const [prefix, route] of speaker.seenBy(peer.address)) {
    if (route === null) continue;
    routes.set(prefix, {
      nextHop: route.nextHop ?? (prefix.includes(":") ? own.ipv6 : own.ipv4),
      asPath: "",
      med: route.med,
      localPref: route.localPref ?? 100,
      communities: route.communities,
      largeCommunities: route.largeCommunities,
    });
  }
  return routes;
}
