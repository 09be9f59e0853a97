// Applies a difference to our part of BIRD's configuration. BIRD takes a configuration whole or not at all: the culprits
// are found, and the others come in without them.
import type { Peer } from "../../model/peer.ts";
import { EngineError } from "../contract.ts";
import type { Rejection, SpeakerChange } from "../contract.ts";
import { ConfigError } from "./bird.ts";
import { withoutPasswords } from "./configuration.ts";
import type { Configuration } from "./configuration.ts";
import type { Undo } from "./pieces.ts";

/** So many culprits are looked for one by one; after them, the others are taken for more of the same. */
const maxCulprits = 20;

interface Step {
  readonly item: Rejection["item"];
  readonly apply: () => Undo;
}

export class Changes {
  readonly #configuration: Configuration;
  readonly #change: SpeakerChange;
  readonly #commit: () => Promise<void>;
  readonly #rejections: Rejection[] = [];

  /** @param commit rejects with what BIRD says when it does not take what is there now */
  constructor(configuration: Configuration, change: SpeakerChange, commit = () => configuration.commit()) {
    this.#configuration = configuration;
    this.#change = change;
    this.#commit = commit;
  }

  /** @throws {EngineError} when BIRD was lost */
  async apply(): Promise<readonly Rejection[]> {
    const { announce, withdraw, addPeers, removePeers } = this.#change;
    const { pieces } = this.#configuration;
    const stays = new Set(addPeers.map(({ address }) => address));
    const leave: Step[] = removePeers.map((address) => ({
      item: { t: "peer", address },
      apply: () => (stays.has(address) ? () => undefined : pieces.deletePeer(address)),
    }));
    const renewed = new Set(removePeers);
    const come: Step[] = [
      ...announce.map((route): Step => ({
        item: { t: "route", prefix: route.prefix },
        apply: () => pieces.setRoute(route),
      })),
      ...addPeers.map((peer): Step => ({
        item: { t: "peer", address: peer.address },
        apply: () => {
          if (pieces.peer(peer.address) !== undefined && !renewed.has(peer.address)) throw taken(peer);
          return pieces.setPeer(peer);
        },
      })),
    ];
    const go: Step[] = withdraw.map((prefix) => ({
      item: { t: "route", prefix },
      apply: () => pieces.deleteRoute(prefix),
    }));
    // BIRD sends withdrawals before announcements: each kind goes in a configuration of its own.
    const stages = [leave, come, go].filter((steps) => steps.length > 0);
    for (const steps of stages) await this.#perform(steps);
    return this.#rejections;
  }

  /** Applies as many of them as BIRD takes. */
  async #perform(steps: readonly Step[]): Promise<void> {
    const undos: Undo[] = [];
    const possible = steps.filter((step) => this.#attempt(step, undos));
    if (possible.length === 0) return;
    try {
      await this.#commit();
    } catch (error) {
      for (const undo of undos.reverse()) undo();
      if (!(error instanceof EngineError) || error.code !== "refused") throw error;
      const told = withoutPasswords(error, [...this.#configuration.pieces.peers, ...this.#change.addPeers]);
      const [first, ...others] = possible;
      const findable = error instanceof ConfigError && this.#configuration.isOurs(error);
      if (first === undefined) return;
      if (others.length === 0 || !findable || this.#rejections.length >= maxCulprits) {
        for (const { item } of possible) this.#rejections.push({ item, error: told });
        return;
      }
      const half = Math.ceil(possible.length / 2);
      await this.#perform(possible.slice(0, half));
      await this.#perform(possible.slice(half));
    }
  }

  #attempt({ item, apply }: Step, undos: Undo[]): boolean {
    try {
      undos.push(apply());
      return true;
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      this.#rejections.push({ item, error });
      return false;
    }
  }
}

function taken({ address }: Peer): EngineError {
  return new EngineError("refused", `BIRD has a session with ${address} already`);
}
