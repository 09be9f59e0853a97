// Puts the loop's work into the log: each line names object, verdict and, on trouble, the next step.
import type { EngineError, PeerStatus, Rejection, SpeakerChange } from "../engine/contract.ts";
import type { Address } from "../model/address.ts";
import type { Log } from "../model/log.ts";
import type { Problem } from "../model/problem.ts";
import { reasonSentence } from "../model/reason.ts";
import type { Verdict } from "../model/verdict.ts";
import type { Renewal } from "./renewals.ts";

/** More lines than this about one step are summed up, the single ones go to debug. */
const linesPerStep = 20;

export class Narrator {
  readonly #log: Log;
  #problems: ReadonlySet<string> = new Set();
  #lastLoss: string | null = null;
  #lastFault: string | null = null;

  constructor(log: Log) {
    this.#log = log;
  }

  verdicts(verdicts: readonly Verdict[]): void {
    const many = verdicts.length > linesPerStep;
    if (many) this.#log.info({ count: verdicts.length }, `decided on ${verdicts.length} addresses`);
    for (const verdict of verdicts) {
      const subject = verdict.prefix ?? verdict.service;
      const what = verdict.announce ? `announcing ${subject}` : `not announcing ${subject}`;
      this.#log[many ? "debug" : "info"](verdict, `${what}: ${reasonSentence(verdict.reason)}`);
    }
  }

  /** Tells each problem when it appears, and when it is gone. */
  problems(problems: readonly Problem[]): void {
    const now = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
    for (const [key, { severity, message, object, field }] of now)
      if (!this.#problems.has(key))
        this.#log[severity === "error" ? "error" : "warn"](
          { object, field },
          `${object} ${field}: ${message}`,
        );
    const gone = [...this.#problems].filter((key) => !now.has(key)).length;
    if (gone > 0)
      this.#log.info({ gone, left: now.size }, `${gone} problem(s) of the configuration are solved`);
    this.#problems = new Set(now.keys());
  }

  applied(op: string, { announce, withdraw, addPeers, removePeers }: SpeakerChange, ms: number): void {
    const counts = {
      announced: announce.length,
      withdrawn: withdraw.length,
      peersAdded: addPeers.map((peer) => peer.name),
      peersRemoved: removePeers,
    };
    this.#log.info({ op, ...counts, ms: Math.round(ms * 10) / 10 }, "the speaker holds what is wanted");
  }

  /** @param retryMs absent: with those that were refused before */
  rejected(rejections: readonly Rejection[], retryMs?: number): void {
    for (const { item, error } of rejections.slice(0, linesPerStep))
      this.#log.error(
        { item, code: error.code, ...(retryMs !== undefined && { retryMs: Math.round(retryMs) }) },
        `the speaker refuses ${refusedItem(item)}: ${error.message}; trying again`,
      );
  }

  /** Before they end. */
  renewals(renewals: readonly Renewal[]): void {
    for (const { name, address, changed } of renewals) {
      const why = changed.length === 0 ? "another program had set it up" : `${changed.join(", ")} changed`;
      const fields = { object: `BGPPeer/${name}`, address, changed };
      this.#log.warn(fields, `session with ${name} (${address}) starts anew: ${why}`);
    }
  }

  /** @param before the state told last; null: this session is new to us */
  session(name: string, status: PeerStatus, before: PeerStatus | null, nowMs: number): void {
    const fields = { object: `BGPPeer/${name}`, address: status.address, state: status.state };
    const who = `session with ${name} (${status.address})`;
    if (status.state === "established") this.#log.info(fields, `${who} is established`);
    else if (before?.state === "established") {
      const seconds =
        before.establishedAtMs === null
          ? null
          : Math.max(0, Math.round((nowMs - before.establishedAtMs) / 1000));
      const after = seconds === null ? "" : ` after ${seconds} s`;
      const why = status.lastError === null ? "" : ` (${status.lastError})`;
      this.#log.warn(
        { ...fields, lastError: status.lastError },
        `${who} is lost${after}${why}: it is ${status.state} now; look at the neighbour and the way to it`,
      );
    } else this.#log.debug(fields, `${who} is ${status.state}`);
  }

  /** Some speakers say why only after they have said that. */
  lossExplained(name: string, address: Address, lastError: string): void {
    this.#log.warn(
      { object: `BGPPeer/${name}`, address, lastError },
      `session with ${name} (${address}) was lost, as the speaker says now: ${lastError}`,
    );
  }

  opened(version: string, fresh: boolean, restarted: string | null): void {
    this.#lastLoss = null;
    if (restarted !== null) this.#log.warn({ version }, `BGP was started anew: ${restarted}`);
    this.#log.info(
      { version, fresh },
      fresh ? "the speaker is empty: replaying all routes" : "connected to the speaker",
    );
  }

  drift(items: number): void {
    this.#log.warn(
      { items },
      `the speaker's state had drifted in ${items} item(s): repaired; does another program write to it?`,
    );
  }

  /** The first of equal failures in a row is a warning, the others are for debugging. */
  lost(error: EngineError, retryMs: number): void {
    const level = this.#lastLoss === error.message ? "debug" : "warn";
    this.#log[level]({ code: error.code, retryMs: Math.round(retryMs) }, `${error.message}; trying again`);
    this.#lastLoss = error.message;
  }

  /** While the speaker was down. */
  forgotten(items: number): void {
    this.#lastFault = null;
    if (items > 0)
      this.#log.info(
        { items },
        `${items} item(s) that are not wanted any more are out of the file that the speaker begins with`,
      );
  }

  /** The first of equal failures in a row is told. */
  notForgotten(error: EngineError): void {
    if (this.#lastFault !== error.message)
      this.#log.error(
        { code: error.code },
        `the speaker may begin with what is not wanted any more: ${error.message}; trying again`,
      );
    this.#lastFault = error.message;
  }
}

function refusedItem(item: Rejection["item"]): string {
  switch (item.t) {
    case "route":
      return item.prefix;
    case "peer":
      return `the session with ${item.address}`;
    case "imports":
      return `the rules on what ${item.address} may send, so that nothing is taken from it`;
  }
}
