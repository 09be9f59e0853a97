// BIRD behind its control socket: what the driver asks of it, and what its answers mean.
import type { Clock } from "../../time/clock.ts";
import { EngineError } from "../contract.ts";
import { startHeartbeat } from "../heartbeat.ts";
import type { Control } from "./control.ts";
import { ours, staticNames } from "./names.ts";
import { parsePrefixes, parseProtocols, wordsOfInfo } from "./protocols.ts";
import type { Protocol } from "./protocols.ts";
import { textsOf, wordsOf } from "./reply.ts";
import type { Reply } from "./reply.ts";

/** To read 100,000 routes takes a second. */
const configureMs = 20_000;
/** How long sessions that go or start anew may take to end, before the rest goes on without them. */
const settleMs = 5_000;
const settlePauseMs = 5;
/** A session that its neighbour ends, and is to take up again, is down for longer. */
const watchMs = 200;
/** Of its log that BIRD keeps for us while we do not read. */
const echoBytes = 4_096;

/** Codes of its answers. */
const done = 3;
const inProgress = 4;
const queued = 5;
const shuttingDown = 6;
const wouldDo = 20;
const isUp = 13;
const noneMatches = 8003;
const configError = 8002;

/** BIRD does not take a configuration; it goes on with the one it has. */
export class ConfigError extends EngineError {
  override readonly name = "ConfigError";
  /** The file that it complains of; null: it does not say. */
  readonly file: string | null;
  /** `FILE:LINE:COLUMN what is wrong` */
  readonly words: string;

  constructor(words: string) {
    super("refused", `BIRD does not take its configuration: ${words}`);
    this.words = words;
    this.file = /^(.*?):[0-9]+:[0-9]+ /.exec(words)?.[1] ?? null;
  }
}

export interface Look {
  readonly protocols: readonly Protocol[];
  /** What BIRD calls now, in its time zone and format; empty: it does not say. */
  readonly serverTime: string;
}

export class Bird {
  readonly #control: Control;
  readonly #clock: Clock;

  constructor(control: Control, clock: Clock) {
    this.#control = control;
    this.#clock = clock;
  }

  /**
   * Makes it read its configuration anew, and waits until sessions that have to end have ended.
   *
   * @throws {ConfigError} when it does not take it
   * @throws {EngineError} when it was lost
   */
  async configure(): Promise<void> {
    const reply = await this.#control.ask("configure", configureMs);
    switch (reply.code) {
      case done:
        return;
      case inProgress:
      case queued:
        return this.#settled();
      case shuttingDown:
        throw new EngineError("unreachable", "BIRD is shutting down");
      case configError:
        throw new ConfigError(textsOf(reply, configError).join(" "));
      default:
        throw refusal("configure", reply);
    }
  }

  /**
   * Asks whether it would take its configuration as it stands in the files; nothing that runs notices.
   *
   * @throws {ConfigError} when it would not
   * @throws {EngineError} when it was lost
   */
  async check(): Promise<void> {
    const reply = await this.#control.ask("configure check", configureMs);
    if (reply.code === configError) throw new ConfigError(textsOf(reply, configError).join(" "));
    if (reply.code !== wouldDo) throw refusal("configure check", reply);
  }

  /**
   * Makes it say at once why sessions end, to `told`: by the name of the session, in the words of its log. BIRD 3 has no
   * such thing, and forgets its last error once the session is up again: it is asked so often that it hardly can.
   *
   * @returns what stops it
   */
  async listen(told: (name: string, words: string) => void): Promise<() => void> {
    this.#control.overheard = (text) => {
      const [, name, words] = /^(\w+): (.*)$/.exec(text) ?? [];
      if (name?.startsWith(ours) === true && words !== undefined) told(name, words);
    };
    const { code } = await this.#control.ask(`echo { remote, error } ${echoBytes}`);
    return code === 0 ? () => undefined : this.#watch(told);
  }

  /** Our protocols with all that it tells of them. Where somebody has disabled the routes', it is enabled again. */
  async look(): Promise<Look> {
    const [status, protocols] = await Promise.all([
      this.#control.ask("show status"),
      this.#control.ask(`show protocols all "${ours}*"`),
    ]);
    const found = protocolsOf(protocols);
    for (const { name, state } of found)
      if (state === "down" && routesOf(name)) await this.#control.ask(`enable ${name}`);
    const [, serverTime = ""] = /Current server time is (.*)/.exec(wordsOfLines(status)) ?? [];
    return { protocols: found, serverTime };
  }

  /** Everybody's protocols, without their details. */
  async protocols(): Promise<readonly Protocol[]> {
    return protocolsOf(await this.#control.ask("show protocols"));
  }

  /** What our static protocols have, as texts of prefixes. */
  async prefixes(): Promise<Set<string>> {
    const replies = await Promise.all(
      Object.values(staticNames).map((name) => this.#control.ask(`show route protocol ${name}`, configureMs)),
    );
    return new Set(replies.flatMap(parsePrefixes));
  }

  #watch(told: (name: string, words: string) => void): () => void {
    // Sessions that are up, or of which it has not said yet why they are not any more.
    let awaited: ReadonlySet<string> = new Set();
    return startHeartbeat(this.#clock, watchMs, async () => {
      const reply = await this.#control.ask(`show protocols "${ours}*"`);
      const next = new Set<string>();
      for (const { name, state, info } of protocolsOf(reply)) {
        const words = state === "up" ? null : wordsOfInfo(info);
        if (state === "up" || (awaited.has(name) && words === null)) next.add(name);
        else if (awaited.has(name) && words !== null) told(name, words);
      }
      awaited = next;
    });
  }

  async #settled(): Promise<void> {
    const endMs = this.#clock.monotonic() + settleMs;
    for (;;) {
      const reply = await this.#control.ask("show status");
      const settled = textsOf(reply, isUp).some((text) => text.includes("up and running"));
      if (settled || this.#clock.monotonic() >= endMs) return;
      await new Promise((resolve) => this.#clock.schedule(settlePauseMs, () => resolve(undefined)));
    }
  }
}

/** Is it a protocol that has our routes? */
export function routesOf(name: string): boolean {
  return Object.values(staticNames).some((each) => each === name);
}

function protocolsOf(reply: Reply): readonly Protocol[] {
  if (reply.code === noneMatches) return [];
  if (reply.code !== 0) throw refusal("show protocols", reply);
  return parseProtocols(reply);
}

function wordsOfLines(reply: Reply): string {
  return reply.lines.map(({ text }) => text).join("\n");
}

function refusal(command: string, reply: Reply): EngineError {
  return new EngineError("refused", `BIRD answers "${command}" with: ${wordsOf(reply)}`);
}
