// Applies changes so that no neighbour is sent what it must not be, whatever gobgpd refuses meanwhile.
//
// Where a mark cannot be had, or a route with its marks is refused, the neighbour that would be sent something against
// its filters has no session instead. One that cannot be removed is kept from all that comes.
import type { Address } from "../../model/address.ts";
import { compareAddresses } from "../../model/address.ts";
import type { Asn } from "../../model/asn.ts";
import type { Peer } from "../../model/peer.ts";
import type { Route } from "../../model/route.ts";
import type { Clock } from "../../time/clock.ts";
import type { EngineError, Imports, Rejection, SpeakerChange } from "../contract.ts";
import type { GobgpApi } from "./api.ts";
import { Debts } from "./debts.ts";
import { refusal } from "./errors.ts";
import { OrderlyRestart } from "./orderly-restart.ts";
import { takeRules } from "./import-rules.ts";
import { applyRoutes, prepare, rejection } from "./routes.ts";
import type { Prepared } from "./routes.ts";

export interface ApplierOptions {
  readonly api: GobgpApi;
  readonly clock: Clock;
  readonly localAsn: Asn;
  /** May this neighbour have kept routes of a gobgpd that ran before? */
  readonly mayHoldRoutes: (peer: Peer) => boolean;
}

type Errors = ReadonlyMap<Address, EngineError>;

export class Applier {
  readonly #options: ApplierOptions;
  readonly #debts = new Debts();
  /** Sessions that gobgpd did not remove. */
  readonly #stuck = new Map<Address, EngineError>();

  constructor(options: ApplierOptions) {
    this.#options = options;
  }

  /** @throws {EngineError} when gobgpd is lost. */
  async apply(change: SpeakerChange): Promise<readonly Rejection[]> {
    const { api, clock, localAsn } = this.#options;
    const rejections: Rejection[] = [];
    for (const address of change.removePeers) await this.#remove(address, null, rejections);

    if (change.imports !== undefined) rejections.push(...(await this.#take(change.imports)));
    const announce = change.announce.map((route) => this.#withheld(route, rejections));
    const { prepared, obstacle } = await prepare(api, localAsn, announce);
    const sent: Prepared[] = [];
    if (obstacle === null) sent.push(...prepared);
    else {
      const lacking = new Map(prepared.flatMap((each) => this.#lacking(each)).map((at) => [at, obstacle]));
      await this.#close(lacking, rejections);
      for (const each of prepared) {
        const unmarked = this.#lacking(each);
        if (unmarked.length > 0) rejections.push(rejection(each.route.prefix, obstacle));
        if (!unmarked.some((address) => this.#stuck.has(address))) sent.push(each);
      }
    }
    rejections.push(...(await applyRoutes(api, clock, localAsn, sent, change.withdraw)));

    this.#debts.note({ announce, withdraw: change.withdraw }, rejections);
    const exposed = await this.#debts.exposed(api, localAsn);
    await this.#close(exposed, rejections);
    const restart = new OrderlyRestart((address) => this.#isUp(address), clock);
    for (const peer of change.addPeers) {
      const error = exposed.get(peer.address) ?? (await this.#add(peer, restart));
      if (error !== null) rejections.push(ofPeer(peer.address, error));
    }
    return rejections;
  }

  /** Nothing is taken from anybody where it is not all as it was asked for. */
  async #take(imports: Imports): Promise<readonly Rejection[]> {
    const { exports, imports: policy } = this.#options.api;
    // Of whom it cannot be told as it is written nothing is taken; that is a problem of the configuration.
    const rules = [...imports].flatMap(([address, asked]) => takeRules(address, asked) ?? []);
    const closed = rules.length === 0 ? null : await refusal(exports.ensureGuard());
    if (closed !== null) await policy.refuse();
    const error = closed ?? (await refusal(policy.take(rules)));
    if (error === null) return [];
    return [...imports.keys()].map((address) => ({ item: { t: "imports", address }, error }));
  }

  async #add(peer: Peer, restart: OrderlyRestart): Promise<EngineError | null> {
    const { api, mayHoldRoutes } = this.#options;
    const restarting = mayHoldRoutes(peer);
    if (restarting) await restart.next(peer.address);
    return refusal(api.addSession(peer, restarting));
  }

  async #isUp(address: Address): Promise<boolean> {
    const sessions = await this.#options.api.sessions();
    return sessions.some(({ status }) => status.address === address && status.state === "established");
  }

  /** Ends the sessions with these neighbours that there are. */
  async #close(neighbours: Errors, rejections: Rejection[]): Promise<void> {
    if (neighbours.size === 0) return;
    for (const { status } of await this.#options.api.sessions()) {
      const error = neighbours.get(status.address);
      if (error !== undefined) await this.#remove(status.address, error, rejections);
    }
  }

  /** @param why it goes although it is wanted; null: it is not */
  async #remove(address: Address, why: EngineError | null, rejections: Rejection[]): Promise<void> {
    const error = await this.#removal(address);
    if (error === null) this.#stuck.delete(address);
    else this.#stuck.set(address, error);
    const told = error ?? why;
    if (told !== null) rejections.push(ofPeer(address, told));
  }

  /** gobgpd refuses to remove what is not there; that is no trouble. */
  async #removal(address: Address): Promise<EngineError | null> {
    const { api } = this.#options;
    const error = await refusal(api.removeSession(address));
    if (error === null) return null;
    const sessions = await api.sessions();
    return sessions.some(({ status }) => status.address === address) ? error : null;
  }

  /** The route without those that should be gone; it is to be asked for again when they are. */
  #withheld(route: Route, rejections: Rejection[]): Route {
    const stuck = [...this.#stuck.keys()].filter((address) => !route.notTo.includes(address));
    const [error] = this.#stuck.values();
    if (stuck.length === 0 || error === undefined) return route;
    rejections.push(rejection(route.prefix, error));
    const variants = route.variants
      .map((variant) => ({ ...variant, to: variant.to.filter((address) => !stuck.includes(address)) }))
      .filter(({ to }) => to.length > 0);
    return { ...route, notTo: [...route.notTo, ...stuck].sort(compareAddresses), variants };
  }

  /** Neighbours for which a mark is not in force. */
  #lacking({ marks }: Prepared): readonly Address[] {
    const inForce = this.#options.api.exports.marks;
    return (marks ?? [])
      .filter((mark) => inForce.numberOf(mark) === undefined)
      .map(({ neighbour }) => neighbour);
  }
}

function ofPeer(address: Address, error: EngineError): Rejection {
  return { item: { t: "peer", address }, error };
}
