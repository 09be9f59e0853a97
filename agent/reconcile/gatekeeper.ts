// Runs the dataplane gate: tells it of changes and time, asks the proxy while something waits, and says what is free.
import type { Due, Standing, ToldDataplane } from "../decide/dataplane.ts";
import type { Moment } from "../decide/dataplane-evidence.ts";
import { DataplaneGate } from "../decide/dataplane-gate.ts";
import type { Waiting } from "../decide/dataplane-entries.ts";
import type { Released } from "../decide/dataplane-gate.ts";
import type { Address } from "../model/address.ts";
import type { DataplanePart } from "../model/dataplane.ts";
import type { Log } from "../model/log.ts";
import { hostPrefix } from "../model/prefix.ts";
import type { Prefix } from "../model/prefix.ts";
import type { Problem } from "../model/problem.ts";
import type { ServiceKey } from "../model/service.ts";
import type { Clock } from "../time/clock.ts";
import type { ProxyProbe } from "../watch/dataplane/kube-proxy.ts";
import { Poller } from "../watch/dataplane/poller.ts";
import { Alarm } from "./alarm.ts";
import type { ReconcileObserver } from "./observer.ts";

export interface GatekeeperOptions {
  readonly maxWaitMs: number;
  readonly probe: ProxyProbe;
  readonly clock: Clock;
  readonly random: () => number;
  readonly observer: Pick<ReconcileObserver, "dataplaneWaited">;
  readonly log: Log;
}

/** Health check node ports asked at once. */
const checksAtOnce = 16;

/** Warnings of one moment; of more their number. */
const linesAtOnce = 20;

export class Gatekeeper implements ToldDataplane {
  readonly #options: GatekeeperOptions;
  readonly #gate: DataplaneGate;
  readonly #health: Poller;
  readonly #checks: Poller;
  readonly #deadline: Alarm;
  #again: (services: ReadonlySet<ServiceKey>) => void = () => undefined;
  #holds: (prefix: Prefix) => boolean = () => false;
  #opened = false;

  constructor(options: GatekeeperOptions) {
    this.#options = options;
    this.#gate = new DataplaneGate(options.maxWaitMs);
    const { clock, random } = options;
    this.#health = new Poller({
      clock,
      random,
      work: (signal) => this.#askHealth(signal),
      pace: () => (this.#gate.anyWaiting ? "fast" : this.#gate.overdue.length > 0 ? "slow" : "none"),
    });
    this.#checks = new Poller({
      clock,
      random,
      work: (signal) => this.#askChecks(signal),
      pace: () => (this.#gate.toCheck.length > 0 ? "fast" : "none"),
    });
    this.#deadline = new Alarm(clock, () => this.#expire());
  }

  serves(service: ServiceKey, address: Address): boolean {
    return this.#gate.serves(service, address);
  }

  standing(service: ServiceKey, address: Address): Standing {
    return this.#gate.standing(service, address);
  }

  /** Routes announced without the proxy's word. */
  get problems(): readonly Problem[] {
    return this.#gate.overdue.map(({ service, address }) => ({
      object: `Service/${service}`,
      field: "",
      severity: "warning",
      message: overdueText(address, this.#options.maxWaitMs),
    }));
  }

  /**
   * Asks the proxy once beforehand, so that what is there at the start need not wait for it.
   *
   * @param again told which services are to be decided again, because they need not wait any longer
   */
  start(signal: AbortSignal, again: (services: ReadonlySet<ServiceKey>) => void): void {
    this.#again = again;
    const stop = () => {
      this.#health.stop();
      this.#checks.stop();
      this.#deadline.clear();
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    this.#health.ask();
  }

  /** The picture has changed in what the proxy has to take in: to be called before anything is decided on it. */
  changed(service: ServiceKey, part: DataplanePart): void {
    this.#gate.changed(service, part, this.#now());
  }

  follow(service: ServiceKey, due: readonly Due[]): boolean {
    const all = due.map((one) => ({ ...one, held: this.#holds(hostPrefix(one.address)) }));
    const { opened, ask, released } = this.#gate.follow(service, all, this.#now());
    if (ask) this.#ask(due.some(({ asking }) => asking.t === "healthCheck"));
    this.#free(released);
    return opened;
  }

  forget(service: ServiceKey): void {
    this.#gate.forget(service);
  }

  /** It is known what the speaker holds, now and later. Returns the services to be decided again. */
  open(holds: (prefix: Prefix) => boolean): ReadonlySet<ServiceKey> {
    this.#holds = holds;
    const again = this.#gate.open((address) => holds(hostPrefix(address)), this.#now());
    this.#opened = true;
    if (this.#gate.anyWaiting) this.#ask(true);
    return again;
  }

  /** The speaker is out of reach: what it holds is not known until `open` tells. */
  lost(): void {
    this.#holds = () => false;
  }

  /** Costs the same however many addresses wait. */
  #ask(checks: boolean): void {
    this.#health.ask();
    if (!this.#opened) return;
    if (checks) this.#checks.ask();
    // One that begins now ends later than those before.
    if (!this.#deadline.pending) this.#deadline.set(this.#options.maxWaitMs);
  }

  async #askHealth(signal: AbortSignal): Promise<void> {
    const askedAt = this.#now();
    const answers = await this.#options.probe.health(signal);
    if (answers === null || signal.aborted) return;
    const { silent } = this.#gate;
    this.#free(this.#gate.answered({ ...answers, askedAt }, this.#now()));
    if (silent)
      this.#options.log.info({}, "kube-proxy answers on port 10256: the dataplane gate is on again");
  }

  async #askChecks(signal: AbortSignal): Promise<void> {
    const queue = this.#gate.toCheck.values();
    const worker = async () => {
      // Answers may take so long that others of the queue wait no more.
      for (const waiting of queue) if (this.#gate.waits(waiting)) await this.#check(waiting, signal);
    };
    await Promise.all(Array.from({ length: checksAtOnce }, worker));
  }

  async #check(waiting: Waiting, signal: AbortSignal): Promise<void> {
    const { service, family, asking } = waiting;
    if (asking.t !== "healthCheck" || signal.aborted) return;
    if (await this.#options.probe.serves({ service, family, port: asking.port }, signal))
      this.#free(this.#gate.checked(waiting, this.#now()));
  }

  #expire(): void {
    const { silent } = this.#gate;
    const released = this.#gate.expire(this.#now());
    this.#free(released);
    const { deadlineMs } = this.#gate;
    if (deadlineMs !== null) this.#deadline.set(Math.max(0, deadlineMs - this.#options.clock.monotonic()));
    if (this.#gate.silent && !silent) this.#tellSilent();
    this.#warn(released.filter(({ how }) => how === "overdue"));
  }

  #free(released: readonly Released[]): void {
    if (released.length === 0) return;
    const { clock, observer } = this.#options;
    for (const { waiting, how } of released)
      observer.dataplaneWaited(how, (clock.monotonic() - waiting.began.monotonicMs) / 1000);
    if (!this.#gate.anyWaiting) this.#deadline.clear();
    this.#again(new Set(released.map(({ waiting }) => waiting.service)));
  }

  #tellSilent(): void {
    const { log, maxWaitMs } = this.#options;
    log.info(
      {},
      `nothing has answered on port 10256 within ${seconds(maxWaitMs)}: there is no kube-proxy to wait for, and the dataplane gate is off`,
    );
  }

  #warn(overdue: readonly Released[]): void {
    const { log, maxWaitMs } = this.#options;
    for (const { waiting } of overdue.slice(0, linesAtOnce)) {
      const { service, address } = waiting;
      log.warn({ service, address }, `Service/${service}: ${overdueText(address, maxWaitMs)}`);
    }
    if (overdue.length > linesAtOnce)
      log.warn({ count: overdue.length }, `and ${overdue.length - linesAtOnce} more addresses likewise`);
  }

  #now(): Moment {
    const { clock } = this.#options;
    return { epochMs: clock.now(), monotonicMs: clock.monotonic() };
  }
}

function overdueText(address: Address, maxWaitMs: number): string {
  return (
    `${address} is announced after ${seconds(maxWaitMs)} (--dataplane-gate-max-wait), though kube-proxy on this node ` +
    "has not told that it serves it: see its log, and --dataplane-gate off where there is none"
  );
}

function seconds(ms: number): string {
  return `${ms / 1000} s`;
}
