// GoBGP's API v3: gobgpd 3.10 (Debian 12) to 3.37 (Debian 13 has 3.36).
import { create, toBinary } from "@bufbuild/protobuf";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Address } from "../../../model/address.ts";
import type { Family } from "../../../model/family.ts";
import type { Peer } from "../../../model/peer.ts";
import type { Clock } from "../../../time/clock.ts";
import { EngineError } from "../../contract.ts";
import type { BgpInstance, PeerStatus, RunningInstance } from "../../contract.ts";
import type { GobgpApi, PathChange, Session, WirePath } from "../api.ts";
import { AddPathStreamRequestSchema, GobgpApi as service } from "../proto/gobgp-v3.pb.ts";
import type { PathSchema } from "../proto/gobgp-v3.pb.ts";
import { unaryDeadlineMs } from "../rpc.ts";
import type { Rpc, Subscription } from "../rpc.ts";
import { familyNumbers } from "./families.ts";
import { refuseReceived } from "./import-policy.ts";
import { fromV3, statusOf, toV3 } from "./sessions.ts";

/** Paths per message of a stream: 100 to 1000 are equally fast, 5000 are not faster. */
const chunkSize = 500;

/** How API v3 prints the neighbour of a path that has none. */
const noNeighbour = "<nil>";

/** PeerEvent's type that follows the states as they are. */
const endOfInit = 2;

const call = service.method;

export class GobgpV3 implements GobgpApi {
  readonly version = "v3";
  readonly #rpc: Rpc;
  readonly #clock: Clock;

  constructor(rpc: Rpc, clock: Clock) {
    this.#rpc = rpc;
    this.#clock = clock;
  }

  async instance(): Promise<RunningInstance | null> {
    const { global } = await this.#rpc.unary(call.getBgp, {});
    return global === undefined || global.asn === 0 ? null : global;
  }

  async start({ asn, routerId, listenPort }: BgpInstance): Promise<void> {
    await this.#rpc.unary(call.startBgp, { global: { asn, routerId, listenPort } });
  }

  async stop(): Promise<void> {
    await this.#rpc.unary(call.stopBgp, {});
  }

  refuseReceived(): Promise<void> {
    return refuseReceived(this.#rpc);
  }

  async changePath(change: PathChange): Promise<void> {
    await this.#rpc.unary(call.addPath, { path: toPath(change) });
  }

  changePaths(changes: readonly PathChange[]): Promise<void> {
    return this.#rpc.send(call.addPathStream, messages(changes));
  }

  async originated(family: Family): Promise<readonly WirePath[]> {
    const answers = await this.#rpc.list(call.listPath, {
      family: familyNumbers[family],
      enableOnlyBinary: true,
    });
    return answers
      .flatMap(({ destination }) => destination?.paths ?? [])
      .filter((path) => path.neighborIp === noNeighbour)
      .map((path) => ({ family, nlri: path.nlriBinary, attributes: path.pattrsBinary }));
  }

  async count(family: Family): Promise<number> {
    const { numPath } = await this.#rpc.unary(call.getTable, { family: familyNumbers[family] });
    return Number(numPath);
  }

  async sessions(): Promise<readonly Session[]> {
    const answers = await this.#rpc.list(call.listPeer, { enableAdvertised: true });
    return answers
      .map(({ peer }) => (peer === undefined ? null : fromV3(peer)))
      .filter((session) => session !== null);
  }

  async addSession(peer: Peer): Promise<void> {
    await this.#rpc.unary(call.addPeer, { peer: toV3(peer) });
  }

  async removeSession(address: Address): Promise<void> {
    await this.#rpc.unary(call.deletePeer, { address });
  }

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
        call.watchEvent,
        // Without a selector gobgpd 3.10 says nothing for ever.
        { peer: {} },
        ({ peer: event }) => {
          const status = event?.peer === undefined ? null : statusOf(event.peer);
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

function* messages(changes: readonly PathChange[]): Iterable<Uint8Array> {
  for (let from = 0; from < changes.length; from += chunkSize) {
    const paths = changes.slice(from, from + chunkSize).map(toPath);
    yield toBinary(AddPathStreamRequestSchema, create(AddPathStreamRequestSchema, { paths }));
  }
}
