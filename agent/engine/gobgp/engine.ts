// The driver for gobgpd, which the agent has for itself: paths and peers there are the agent's or of an earlier run.
//
// gobgpd needs no configuration but the socket of its API: gobgpd --api-hosts=unix:///run/gobgp/gobgp.sock
import type { AskedOperation } from "../../model/filter.ts";
import type { Peer } from "../../model/peer.ts";
import { compareText, quote } from "../../model/problem.ts";
import type { Problem } from "../../model/problem.ts";
import { systemClock } from "../../time/clock.ts";
import type { Clock } from "../../time/clock.ts";
import { EngineError } from "../contract.ts";
import type { BgpInstance, Engine, EngineEvents, EngineLink, WishedPeers } from "../contract.ts";
import { sameAddressProblems, unhonoured } from "../honours.ts";
import type { Honours } from "../honours.ts";
import { GobgpApi } from "./api.ts";
import { detectDialect } from "./dialect.ts";
import type { Dialect } from "./dialect.ts";
import { parseGobgpAddress } from "./address.ts";
import type { GobgpAddress } from "./address.ts";
import { importProblems } from "./import-rules.ts";
import { assertInstance, ensureInstance } from "./instance.ts";
import { LossReasons } from "./loss-reasons.ts";
import { GobgpLink } from "./link.ts";
import { Rpc } from "./rpc.ts";
import type { Subscription } from "./rpc.ts";

export interface GobgpOptions {
  /** `unix:///run/gobgp/gobgp.sock`, `host:port` or `[v6]:port`. */
  readonly address: string;
  readonly clock?: Clock;
}

/** @throws {EngineError} when the address is none. */
export function gobgpEngine({ address: text, clock = systemClock }: GobgpOptions): Engine {
  const address = parseGobgpAddress(text);
  if (address === null)
    throw new EngineError("refused", `${quote(text)} is no address of gobgpd: unix:///PATH or HOST:PORT`);
  return new GobgpEngine(address, clock);
}

/** @param dialect of the gobgpd that was opened last; null: none was yet, and it has to be tried */
function honoursOf(dialect: Dialect | null): Honours {
  return {
    holdTimeSeconds: true,
    keepaliveSeconds: true,
    password: true,
    sourceAddress: true,
    multihop: true,
    ttlSecurityHops: true,
    allowedLocalAsns: true,
    gracefulRestartSeconds: true,
    bfdIntervalMs: dialect?.speaksBfd ?? true,
  };
}

class GobgpEngine implements Engine {
  readonly name = "gobgp";
  readonly #address: GobgpAddress;
  readonly #clock: Clock;
  #dialect: Dialect | null = null;

  constructor(address: GobgpAddress, clock: Clock) {
    this.#address = address;
    this.#clock = clock;
  }

  refusals({ peers, operations, imports }: WishedPeers): readonly Problem[] {
    const problems: Problem[] = [...sameAddressProblems(peers, "gobgpd")];
    for (const peer of [...peers].sort((a, b) => compareText(a.name, b.name))) {
      problems.push(...unhonoured(peer, "gobgpd", honoursOf(this.#dialect)));
      if (peer.bfdIntervalMs !== null && peer.multihop) problems.push(distantBfd(peer));
      problems.push(...beyondOwnPath(peer, operations?.get(peer.name) ?? []));
      problems.push(...importProblems(peer, imports?.get(peer.name) ?? []));
    }
    return problems;
  }

  /** A new connection each time: grpc-js makes an old one wait for its reconnect backoff. */
  async open(instance: BgpInstance, events: EngineEvents, signal: AbortSignal): Promise<EngineLink> {
    const rpc = new Rpc(this.#address);
    const stop = () => rpc.close();
    signal.addEventListener("abort", stop, { once: true });
    try {
      if (signal.aborted)
        throw new EngineError("unreachable", "gobgpd is not asked any more: the agent stops");
      return await this.#link(rpc, instance, events, signal);
    } catch (error) {
      rpc.close();
      throw error;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  async #link(
    rpc: Rpc,
    instance: BgpInstance,
    events: EngineEvents,
    signal: AbortSignal,
  ): Promise<EngineLink> {
    const dialect = await detectDialect(rpc);
    this.#dialect = dialect;
    const api = new GobgpApi(rpc, dialect, this.#clock);
    const ensured = await ensureInstance(api, instance, this.#address);
    let subscription: Subscription | null = null;
    const abandon = () => link.abandon();
    const reasons = new LossReasons(
      this.#clock,
      (address) => api.lastError(address),
      (status) => events.session(status),
    );
    const link = new GobgpLink({
      api,
      localAsn: instance.asn,
      instance: ensured,
      assertInstance: () => assertInstance(api, instance, this.#address),
      clock: this.#clock,
      onLost: (error) => events.lost(error),
      release: () => {
        signal.removeEventListener("abort", abandon);
        subscription?.cancel();
        reasons.stop();
        rpc.close();
      },
    });
    subscription = await api.watch(
      (status) => {
        events.session(status);
        reasons.note(status);
      },
      (error) => link.lose(error),
    );
    signal.addEventListener("abort", abandon, { once: true });
    return link;
  }
}

function distantBfd(peer: Peer): Problem {
  return {
    object: `BGPPeer/${peer.name}`,
    field: "spec",
    severity: "error",
    message: "gobgpd speaks BFD with neighbours on the same link only; the session is not brought up",
  };
}

/**
 * gobgpd puts its own number in front of the path towards another AS before its policy is asked, so that numbers which
 * the policy adds stand before it: only the own one may.
 */
function beyondOwnPath(peer: Peer, operations: readonly AskedOperation[]): readonly Problem[] {
  if (peer.asn === peer.localAsn) return [];
  const told = new Map<string, Problem>();
  for (const { operation, field, filter } of operations) {
    const foreign = operation.t === "prepend" && operation.asns.find((asn) => asn !== peer.localAsn);
    if (foreign === false || foreign === undefined) continue;
    const message = `BGPFilter/${filter} puts AS ${foreign} into the path towards another AS, which gobgpd cannot do behind its own ${peer.localAsn}; the session is not brought up`;
    told.set(field, { object: `BGPPeer/${peer.name}`, field, severity: "error", message });
  }
  return [...told.values()];
}
