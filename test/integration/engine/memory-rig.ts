// The speaker in memory, its neighbours played by itself.
import type { Address } from "../../../agent/model/address.ts";
import { MemoryEngine } from "../../../agent/engine/memory/engine.ts";
import { MemorySpeaker } from "../../../agent/engine/memory/speaker.ts";
import { peerDifferences } from "../../../agent/model/peer.ts";
import type { Peer } from "../../../agent/model/peer.ts";
import type { EngineRig, SeenEvent, SeenRoute, Witness } from "./conformance/rig.ts";
import { asSeen } from "./conformance/seen.ts";
import { realInstance, realOwn, witnessPeers } from "./real-rig.ts";

/** What both ends must agree on, or there is no session. */
const agreed: ReadonlySet<string> = new Set(["port", "asn", "localAsn", "password", "sourceAddress"]);

export function memoryRig(): EngineRig {
  const speaker = new MemorySpeaker({ silenceMs: 100 });
  const { external, distant, ...peers } = witnessPeers;
  return {
    instance: realInstance,
    own: realOwn,
    peers,
    external,
    distant,
    takesAnotherInstance: true,
    remembers: false,
    medOfNone: null,
    witness: new MemoryWitness(speaker),
    // It plays neither neighbours that keep routes nor BFD, and so it says that it can do neither.
    engine: () => new MemoryEngine(speaker, { gracefulRestartSeconds: false, bfdIntervalMs: false }),
    start: () => done(() => speaker.start()),
    kill: () => done(() => speaker.kill()),
    terminate: () => done(() => speaker.kill()),
    freeze: () => done(() => speaker.freeze()),
    thaw: () => speaker.thaw(),
    wipe: () => done(() => speaker.forget()),
    written: () => null,
    deleteRoute: (prefix) => done(() => speaker.deleteByHand(prefix)),
    addForeignRoute: (prefix) => done(() => speaker.setByHand(prefix, null)),
    dispose: () => Promise.resolve(),
  };
}

function done(work: () => void): Promise<void> {
  work();
  return Promise.resolve();
}

class MemoryWitness implements Witness {
  readonly #speaker: MemorySpeaker;
  #expected: ReadonlyMap<Address, Peer> = new Map();
  /** Until the mark, by peer. */
  readonly #taken = new Map<Address, number>();
  readonly #established = new Set<Address>();
  #losses: string[] = [];

  constructor(speaker: MemorySpeaker) {
    this.#speaker = speaker;
    speaker.attach({
      lose: () => undefined,
      session: ({ address, state }) => {
        if (state === "established") this.#established.add(address);
        else if (this.#established.delete(address))
          this.#losses.push(this.#expected.get(address)?.name ?? address);
      },
    });
  }

  expect(peer: Peer): Promise<void> {
    return this.#expect(new Map([...this.#expected, [peer.address, peer]]));
  }

  async reset(): Promise<void> {
    await this.#expect(new Map(Object.values(witnessPeers).map((peer) => [peer.address, peer])));
    this.mark();
  }

  hangUp({ address }: Peer): Promise<void> {
    return done(() => this.#speaker.hangUp(address, "the neighbour ended it with a NOTIFICATION"));
  }

  routes(peer: Peer): Promise<ReadonlyMap<string, SeenRoute>> {
    const routes = new Map<string, SeenRoute>();
    for (const [prefix, route] of this.#speaker.seenBy(peer.address))
      if (route !== null)
        routes.set(prefix, asSeen(route, peer, { own: realOwn, medOfNone: null, instance: realInstance }));
    return Promise.resolve(routes);
  }

  taken({ address }: Peer): Promise<number> {
    return Promise.resolve((this.#taken.get(address) ?? 0) + this.#newsTo(address));
  }

  bfdIsUp(): Promise<boolean> {
    return Promise.resolve(false);
  }

  mark(): void {
    for (const address of this.#expected.keys())
      this.#taken.set(address, (this.#taken.get(address) ?? 0) + this.#newsTo(address));
    this.#speaker.clearNews();
    this.#losses = [];
  }

  events(peer?: Peer): readonly SeenEvent[] {
    return this.#speaker.news
      .filter(({ to }) => peer === undefined || to === peer.address)
      .map(({ t, prefix }): SeenEvent => ({ t: t === "withdrawn" ? "removed" : "added", prefix }));
  }

  losses(): readonly string[] {
    return this.#losses;
  }

  /** It has no way to take a route from a neighbour at all. */
  send(): Promise<void> {
    return Promise.resolve();
  }

  #newsTo(address: Address): number {
    return this.#speaker.news.filter(({ to }) => to === address).length;
  }

  #expect(expected: ReadonlyMap<Address, Peer>): Promise<void> {
    this.#expected = expected;
    return done(() => this.#speaker.setNeighbours((peer) => objection(peer, expected.get(peer.address))));
  }
}

function objection(asked: Peer, expected: Peer | undefined): string | null {
  if (expected === undefined) return "the neighbour does not answer";
  const differences = peerDifferences(asked, expected).filter((field) => agreed.has(field));
  if (differences.length === 0) return null;
  return differences.includes("asn") ? "bad peer AS" : `the neighbour has another ${differences.join(", ")}`;
}
