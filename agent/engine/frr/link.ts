// A bgpd that runs our instance, or lets us join its own.
import type { Address } from "../../model/address.ts";
import type { Peer } from "../../model/peer.ts";
import type { Clock } from "../../time/clock.ts";
import { EngineError } from "../contract.ts";
import type { BgpInstance, EngineLink, Held, PeerStatus, Rejection, SpeakerChange } from "../contract.ts";
import { LinkLife } from "../link-life.ts";
import type { ConfigFile } from "./config-file.ts";
import { changedInstance, configureInstance, readRunning } from "./instance.ts";
import type { EnsuredInstance } from "./instance.ts";
import type { Ledger } from "./ledger.ts";
import type { Companions } from "./limits.ts";
import { addPeers, isHeld, removePeers, triedPeers } from "./peers.ts";
import type { Rendering } from "./rendering.ts";
import {
  announcements,
  changeNetworks,
  clearUnused,
  defineFor,
  definedOnly,
  defineUnits,
  nothingUndefined,
} from "./routes.ts";
import type { ApplyContext } from "./routes.ts";
import type { RunningConfig } from "./running-config.ts";
import type { Shown } from "./shown.ts";
import { Starts } from "./starts.ts";
import { parseNeighbors, showNeighbors } from "./status.ts";
import type { Vty } from "./vty.ts";

export interface LinkOptions {
  readonly vty: Vty;
  readonly rendering: Rendering;
  readonly ledger: Ledger;
  readonly instance: EnsuredInstance;
  readonly companions: () => Companions;
  /** Sees what runs beside bgpd by now; to be called now and then. */
  readonly lookAround: () => Promise<void>;
  readonly wish: BgpInstance;
  /** What bgpd says of itself. */
  readonly version: string;
  /** How messages call this bgpd. */
  readonly place: string;
  readonly clock: Clock;
  readonly shown: Shown;
  /** What FRR begins with; null: there is no file to keep. */
  readonly file: ConfigFile | null;
  /** Told at each look what bgpd does not take of what every neighbour needs; null: it has it all. */
  readonly onUndefined: (says: string | null) => void;
  /** Told once, when the speaker is gone. */
  readonly onLost: (error: EngineError) => void;
  /** Frees the connection; called once, when the link ends in whatever way. */
  readonly release: () => void;
}

export class FrrLink implements EngineLink {
  readonly version: string;
  readonly fresh: boolean;
  readonly restarted: string | null;
  readonly #options: LinkOptions;
  readonly #life: LinkLife;
  readonly #starts = new Starts();
  readonly #context: ApplyContext;
  /** Is the file as this link has made it? */
  #written = false;

  constructor(options: LinkOptions) {
    const { vty, ledger, clock, wish, instance } = options;
    this.#options = options;
    this.version = `frr ${options.version}`;
    this.fresh = instance.fresh;
    this.restarted = instance.restarted;
    this.#context = { vty, ledger, clock, asn: wish.asn };
    this.#life = new LinkLife("bgpd", options.release);
  }

  held(): Promise<Held> {
    return this.#ask(async () => {
      const { ledger } = this.#options;
      await this.#read();
      await this.#mend();
      // A fresh bgpd holds nothing yet that would be worth to begin with.
      if (!this.#written && !this.fresh) this.#write();
      return { routes: ledger.routes(), peers: new Map(ledger.peers) };
    });
  }

  count(): Promise<number> {
    return this.#ask(async () => {
      const { file, ledger, lookAround } = this.#options;
      await lookAround();
      const running = await this.#running();
      const count = ledger.count(running) - ledger.undefinedNetworks;
      await this.#mend();
      const cleared = await clearUnused(this.#context, () => this.#read());
      if (cleared || !this.#written || (await file?.isAltered()) === true) this.#write();
      return count;
    });
  }

  apply(wanted: SpeakerChange): Promise<readonly Rejection[]> {
    return this.#ask(async () => {
      const { ledger, rendering } = this.#options;
      const due = await this.#withoutDone(wanted);
      const rejections: Rejection[] = [...(await triedPeers({ ...this.#context, rendering }, due))];
      const change = without(
        due,
        rejections.flatMap(({ item }) => (item.t === "peer" ? [item.address] : [])),
      );
      await removePeers(this.#context, change.removePeers, rejections);
      const possible = announcements(ledger, change.announce, rejections);
      const maps = possible.map(({ map }) => map).filter(({ name }) => !ledger.isDefined(name));
      const missing =
        maps.length === 0 && change.addPeers.length === 0
          ? nothingUndefined
          : await defineFor(
              this.#context,
              [...new Set(maps)],
              change.addPeers.map(({ address }) => address),
            );
      const defined = definedOnly(possible, missing, rejections);
      await changeNetworks(this.#context, defined, change.withdraw, rejections);
      await this.#addPeers(change.addPeers, missing, rejections);
      await this.#look();
      this.#write();
      return rejections;
    });
  }

  peers(): Promise<readonly PeerStatus[]> {
    return this.#ask(() => this.#statuses());
  }

  async close(mode: "keep" | "withdraw"): Promise<void> {
    try {
      if (mode === "withdraw" && this.#life.up) await this.#ask(() => this.#withdrawAll());
    } finally {
      this.#life.close();
      await this.#options.file?.flush();
      this.#options.file?.rest();
    }
  }

  /** The connection ended, or the instance is another one. */
  lose(error: EngineError): void {
    if (this.#life.lose(error)) this.#options.onLost(error);
  }

  /** Ends the link without a word. */
  abandon(): void {
    this.#life.close();
    this.#options.file?.rest();
  }

  async #statuses(): Promise<readonly PeerStatus[]> {
    const { vty, ledger } = this.#options;
    const statuses = parseNeighbors(await vty.show(showNeighbors));
    return statuses
      .filter(({ address }) => !ledger.foreignPeers.has(address))
      .map((status) => this.#starts.steady(status));
  }

  /** @throws {EngineError} `unreachable` when it is no instance of ours any more. */
  async #running(): Promise<RunningConfig> {
    const { vty, wish, instance, place } = this.#options;
    const running = await readRunning(vty);
    const changed = changedInstance(running, wish, instance.shared);
    if (changed !== null)
      throw new EngineError("unreachable", `another program changed bgpd at ${place}: ${changed}`);
    return running;
  }

  async #read(): Promise<void> {
    const { ledger } = this.#options;
    const running = await this.#running();
    if (ledger.mustLook) ledger.look(running);
    ledger.read(running);
  }

  /** While one agent takes over from another both do the same: a session that has come up meanwhile stays. */
  async #withoutDone(change: SpeakerChange): Promise<SpeakerChange> {
    if (change.addPeers.length === 0) return change;
    await this.#read();
    const done = change.addPeers.filter((peer) => isHeld(this.#options.ledger, peer));
    return without(
      change,
      done.map(({ address }) => address),
    );
  }

  /** What every neighbour needs must be there: without its route-map one would be sent nothing. */
  async #mend(): Promise<void> {
    const { ledger, onUndefined } = this.#options;
    const units = ledger.units([], []).filter(({ t }) => t !== "attributes");
    const [refused] = await defineUnits(this.#context, units);
    onUndefined(refused === undefined ? null : `the template ${refused[0].t}: bgpd refused ${refused[1]}`);
    await this.#look();
  }

  async #look(): Promise<void> {
    const { vty, ledger } = this.#options;
    if (ledger.mustLook) ledger.look(await readRunning(vty));
  }

  async #withdrawAll(): Promise<void> {
    const { ledger } = this.#options;
    await this.#read();
    await changeNetworks(this.#context, [], [...ledger.networks.keys()], []);
    this.#write();
  }

  #addPeers(
    peers: readonly Peer[],
    missing: typeof nothingUndefined,
    rejections: Rejection[],
  ): Promise<void> {
    const { rendering, companions } = this.#options;
    const offerRestart = (seconds: number) => this.#offer(seconds);
    const renew = () => this.#read();
    const context = { ...this.#context, rendering, companions: companions(), offerRestart, renew };
    return addPeers(context, peers, missing, rejections);
  }

  #write(): void {
    const { file, ledger, instance } = this.#options;
    file?.changed(() => ledger.file(instance.routerId));
    this.#written = true;
  }

  /** FRR offers one restart time to all neighbours. */
  async #offer(seconds: number): Promise<string | null> {
    const { ledger, instance } = this.#options;
    const others = [...ledger.peers.values()].some((peer) => peer?.gracefulRestartSeconds != null);
    if (instance.shared || others)
      return `FRR offers all neighbours the same restart time, and has another one than ${seconds} s`;
    await configureInstance(this.#options, instance.routerId, seconds);
    ledger.restartSeconds = seconds;
    return null;
  }

  #ask<T>(work: () => Promise<T>): Promise<T> {
    return this.#life.ask(work, (error) => this.lose(error));
  }
}

/** What is left of a change when these peers stay as they are. */
function without(change: SpeakerChange, stay: readonly Address[]): SpeakerChange {
  if (stay.length === 0) return change;
  return {
    ...change,
    addPeers: change.addPeers.filter(({ address }) => !stay.includes(address)),
    removePeers: change.removePeers.filter((address) => !stay.includes(address)),
  };
}
