// What the driver asks of gobgpd, the same for every version of its API.
import { create, toBinary } from "@bufbuild/protobuf";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { parseAddress } from "../../model/address.ts";
import type { Address } from "../../model/address.ts";
import type { Family } from "../../model/family.ts";
import { peerDifferences } from "../../model/peer.ts";
import type { Peer } from "../../model/peer.ts";
import type { Clock } from "../../time/clock.ts";
import { EngineError } from "../contract.ts";
import type { BgpInstance, PeerStatus, RunningInstance } from "../contract.ts";
import type { Dialect } from "./dialect.ts";
import { ExportPolicy } from "./export-policy.ts";
import { familyNumbers } from "./families.ts";
import { ImportPolicy } from "./import-policy.ts";
import { AddPathStreamRequestSchema } from "./proto/gobgp.pb.ts";
import type { Path, PathSchema, Peer as Neighbour } from "./proto/gobgp.pb.ts";
import { unaryDeadlineMs } from "./rpc.ts";
import type { Rpc, Subscription } from "./rpc.ts";
import { withoutPassword } from "./errors.ts";
import { LastErrors } from "./last-errors.ts";
import { fromNeighbour, toNeighbour } from "./sessions.ts";
import { statusOf } from "./status.ts";

/** One path of the global table: NLRI and attributes are the bytes of a BGP UPDATE message. */
export interface WirePath {
  readonly family: Family;
  readonly nlri: Uint8Array;
  /** Empty for a withdrawal, which the NLRI alone identifies. */
  readonly attributes: readonly Uint8Array[];
}

/** What gobgpd is told to do with one path. */
export interface PathChange extends WirePath {
  readonly withdraw: boolean;
}

/** A configured neighbour. */
export interface Session {
  /** null: it is set up as no peer of ours would be. */
  readonly peer: Peer | null;
  readonly status: PeerStatus;
}

/** Paths per message of a stream: 100 to 1000 are equally fast, 5000 are not faster. */
const chunkSize = 500;

/** PeerEvent's type that follows the states as they are. */
const endOfInit = 2;

/** PeerState's session state. */
const established = 6;

/** Every call rejects with an EngineError. */
export class GobgpApi {
  /** Which routes are kept from which neighbours. */
  readonly exports: ExportPolicy;
  /** What may be taken from whom; the daemon's own paths enter the table under it as well. */
  readonly imports: ImportPolicy;
  readonly #rpc: Rpc;
  readonly #dialect: Dialect;
  readonly #clock: Clock;
  readonly #lastErrors = new LastErrors();

  constructor(rpc: Rpc, dialect: Dialect, clock: Clock) {
    this.exports = new ExportPolicy(rpc, dialect);
    this.imports = new ImportPolicy(rpc, dialect);
    this.#rpc = rpc;
    this.#dialect = dialect;
    this.#clock = clock;
  }

  get version(): string {
    return this.#dialect.version;
  }

  /** null: BGP is not started; the daemon holds nothing. */
  async instance(): Promise<RunningInstance | null> {
    const { global } = await this.#rpc.unary(this.#dialect.call.getBgp, {});
    return global === undefined || global.asn === 0 ? null : global;
  }

  async start({ asn, routerId, listenPort }: BgpInstance): Promise<void> {
    await this.#rpc.unary(this.#dialect.call.startBgp, { global: { asn, routerId, listenPort } });
  }

  /** Ends all sessions and forgets all routes. */
  async stop(): Promise<void> {
    await this.#rpc.unary(this.#dialect.call.stopBgp, {});
  }

  /** A changed path replaces the old one; withdrawing what is not there is fine. */
  async changePath(change: PathChange): Promise<void> {
    const { call, globalTable: tableType } = this.#dialect;
    await this.#rpc.unary(call.addPath, { tableType, path: toPath(change) });
  }

  /** Many, in order and as one stream. One bad path fails the call: then any number of them may be missing. */
  changePaths(changes: readonly PathChange[]): Promise<void> {
    const { call, globalTable } = this.#dialect;
    return this.#rpc.send(call.addPathStream, messages(globalTable, changes));
  }

  /** How many UPDATE messages went to each peer, by its address; null: their order is that of the changes anyway. */
  async updatesSent(): Promise<ReadonlyMap<string, bigint> | null> {
    if (!this.#dialect.withdrawsFirst) return null;
    const sent = new Map<string, bigint>();
    for (const { peer } of await this.#rpc.list(this.#dialect.call.listPeer, {}))
      if (peer?.state?.sessionState === established)
        sent.set(peer.state.neighborAddress, peer.state.messages?.sent?.update ?? 0n);
    return sent;
  }

  /** The paths that the daemon originates; received ones are left out. */
  async originated(family: Family): Promise<readonly WirePath[]> {
    const { noNeighbour } = this.#dialect;
    return (await this.#table(family))
      .filter((path) => path.neighborIp === noNeighbour)
      .map((path) => ({ family, nlri: path.nlriBinary, attributes: path.pattrsBinary }));
  }

  /** How many paths of neighbours are in the table. */
  async taken(family: Family): Promise<ReadonlyMap<Address, number>> {
    const counts = new Map<Address, number>();
    for (const { neighborIp } of await this.#table(family)) {
      const address = parseAddress(neighborIp);
      if (address !== null) counts.set(address, (counts.get(address) ?? 0) + 1);
    }
    return counts;
  }

  #table(family: Family): Promise<readonly Path[]> {
    const { call, globalTable: tableType } = this.#dialect;
    const request = { tableType, family: familyNumbers[family], enableOnlyBinary: true };
    return this.#rpc
      .list(call.listPath, request)
      .then((answers) => answers.flatMap(({ destination }) => destination?.paths ?? []));
  }

  /** How many paths the daemon originates: cheap, while nothing is taken from neighbours. */
  async count(family: Family): Promise<number> {
    if (this.imports.taking) return (await this.originated(family)).length;
    const { call, globalTable: tableType } = this.#dialect;
    const { numPath } = await this.#rpc.unary(call.getTable, { tableType, family: familyNumbers[family] });
    return Number(numPath);
  }

  /** Without counts of routes. Neighbours known by something else than an address are left out. */
  async sessions(): Promise<readonly Session[]> {
    return this.#list("", false);
  }

  /**
   * How many routes a neighbour was sent: gobgpd works out anew which of all routes those are, and does nothing else
   * meanwhile. null: there is no such neighbour.
   */
  async advertised(address: Address): Promise<PeerStatus["advertised"] | null> {
    const found = await this.#list(address, true);
    return found.find(({ status }) => status.address === address)?.status.advertised ?? null;
  }

  /** Why the session with a neighbour was lost or did not come up, as far as gobgpd lets it be known by now. */
  async lastError(address: Address): Promise<string | null> {
    const found = await this.#list(address, false);
    return found.find(({ status }) => status.address === address)?.status.lastError ?? null;
  }

  /**
   * Adds a neighbour and reads it back: an older gobgpd ignores in silence what it does not know.
   *
   * @param restarting whether neighbours may have kept the routes of a gobgpd before this one
   * @throws {EngineError} `refused`, also when it would run another session than the one that is asked for.
   */
  async addSession(peer: Peer, restarting: boolean): Promise<void> {
    this.#lastErrors.forget(peer.address);
    try {
      await this.#rpc.unary(this.#dialect.call.addPeer, { peer: toNeighbour(peer, restarting) });
    } catch (error) {
      throw withoutPassword(error, peer.password, "AddPeer");
    }
    const held = (await this.#list(peer.address, false)).find(
      ({ status }) => status.address === peer.address,
    )?.peer;
    const lost = held ? peerDifferences(peer, held) : ["all"];
    if (lost.length === 0) return;
    await this.removeSession(peer.address);
    const { text } = this.#rpc.address;
    throw new EngineError(
      "refused",
      `gobgpd at ${text} cannot be asked for ${lost.join(", ")} of ${peer.address}: is it a newer one that is needed?`,
    );
  }

  async removeSession(address: Address): Promise<void> {
    await this.#rpc.unary(this.#dialect.call.deletePeer, { address });
  }

  async #list(address: string, enableAdvertised: boolean): Promise<readonly Session[]> {
    const answers = await this.#rpc.list(this.#dialect.call.listPeer, { address, enableAdvertised });
    return answers
      .map(({ peer }) => {
        const status = peer === undefined ? null : this.#status(peer);
        return peer === undefined || status === null ? null : { peer: fromNeighbour(peer), status };
      })
      .filter((session) => session !== null);
  }

  #status(neighbour: Neighbour): PeerStatus | null {
    return statusOf(neighbour, this.#dialect.readCapability, this.#lastErrors.learn(neighbour));
  }

  /**
   * Follows session changes, beginning with the states as they are; resolves when it does. `ended` is told once when
   * the daemon is gone. Counters are not part of the news.
   */
  watch(changed: (status: PeerStatus) => void, ended: (error: EngineError) => void): Promise<Subscription> {
    return new Promise((resolve, reject) => {
      let following = false;
      const cancelDeadline = this.#clock.schedule(unaryDeadlineMs, () => {
        subscription.cancel();
        const { text } = this.#rpc.address;
        reject(
          new EngineError("timeout", `gobgpd at ${text} does not say which sessions it has: is it frozen?`),
        );
      });
      const subscription = this.#rpc.follow(
        this.#dialect.call.watchEvent,
        // Without a selector gobgpd 3.10 says nothing for ever.
        { peer: {} },
        ({ peer: event }) => {
          const status = event?.peer === undefined ? null : this.#status(event.peer);
          if (status !== null) changed(status);
          if (event?.type !== endOfInit) return;
          cancelDeadline();
          following = true;
          resolve(subscription);
        },
        (error) => {
          cancelDeadline();
          if (following) ended(error);
          else reject(error);
        },
      );
    });
  }
}

function toPath({ family, nlri, attributes, withdraw }: PathChange): MessageInitShape<typeof PathSchema> {
  return {
    family: familyNumbers[family],
    isWithdraw: withdraw,
    nlriBinary: nlri,
    pattrsBinary: [...attributes],
  };
}

function* messages(tableType: number, changes: readonly PathChange[]): Iterable<Uint8Array> {
  for (let from = 0; from < changes.length; from += chunkSize) {
    const paths = changes.slice(from, from + chunkSize).map(toPath);
    yield toBinary(AddPathStreamRequestSchema, create(AddPathStreamRequestSchema, { tableType, paths }));
  }
}
