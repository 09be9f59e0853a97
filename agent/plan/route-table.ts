// Verdicts in, routes out: keeps which services announce a prefix, so that one verdict touches one prefix only.
import { prefixFamily } from "../model/prefix.ts";
import type { Prefix } from "../model/prefix.ts";
import { compareText } from "../model/problem.ts";
import type { AnnounceReason } from "../model/reason.ts";
import type { ServiceKey } from "../model/service.ts";
import type { Verdict } from "../model/verdict.ts";
import type { NextHops } from "./next-hops.ts";
import { plain } from "./planned-route.ts";
import type { PlannedRoute } from "./planned-route.ts";

export class RouteTable {
  readonly #verdicts = new Map<ServiceKey, readonly Verdict[]>();
  readonly #owners = new Map<Prefix, Map<ServiceKey, AnnounceReason>>();
  #aggregates: ReadonlySet<Prefix> = new Set();
  #nextHops: NextHops = { ipv4: null, ipv6: undefined };

  /** Replaces what holds for all routes. Every route may be another one afterwards. */
  setCommon(aggregates: Iterable<Prefix>, nextHops: NextHops): void {
    this.#aggregates = new Set(aggregates);
    this.#nextHops = nextHops;
  }

  /** Replaces the verdicts on one service; none: it is gone. Returns the prefixes whose routes may have changed. */
  setVerdicts(service: ServiceKey, verdicts: readonly Verdict[]): ReadonlySet<Prefix> {
    const touched = new Set<Prefix>();
    for (const before of this.#verdicts.get(service) ?? [])
      if (before.announce) this.#disown(before.prefix, service, touched);
    if (verdicts.length === 0) this.#verdicts.delete(service);
    else this.#verdicts.set(service, verdicts);
    for (const { prefix, reason } of verdicts.filter((verdict) => verdict.announce)) {
      const owners = this.#owners.get(prefix);
      if (owners === undefined) this.#owners.set(prefix, new Map([[service, reason]]));
      else owners.set(service, reason);
      touched.add(prefix);
    }
    return touched;
  }

  verdictsOn(service: ServiceKey): readonly Verdict[] {
    return this.#verdicts.get(service) ?? [];
  }

  services(): Iterable<ServiceKey> {
    return this.#verdicts.keys();
  }

  *verdicts(): Iterable<Verdict> {
    for (const verdicts of this.#verdicts.values()) yield* verdicts;
  }

  /** The route for a prefix; undefined: it is not announced. */
  route(prefix: Prefix): PlannedRoute | undefined {
    const nextHop = this.#nextHops[prefixFamily(prefix)];
    if (nextHop === undefined) return undefined;
    const owners = [...(this.#owners.get(prefix) ?? [])].sort(([a], [b]) => compareText(a, b));
    const [first] = owners;
    if (first !== undefined)
      return { prefix, nextHop, reason: first[1], services: owners.map(([service]) => service), ...plain };
    return this.#aggregates.has(prefix)
      ? { prefix, nextHop, reason: "Aggregate", services: [], ...plain }
      : undefined;
  }

  /** Every route, in no order. */
  *routes(): Iterable<PlannedRoute> {
    for (const prefix of new Set([...this.#aggregates, ...this.#owners.keys()])) {
      const route = this.route(prefix);
      if (route !== undefined) yield route;
    }
  }

  /** Prefixes that are wanted but cannot be announced, because the node has no address of their family. */
  *withoutNextHop(): Iterable<Prefix> {
    for (const prefix of new Set([...this.#aggregates, ...this.#owners.keys()]))
      if (this.#nextHops[prefixFamily(prefix)] === undefined) yield prefix;
  }

  #disown(prefix: Prefix, service: ServiceKey, touched: Set<Prefix>): void {
    const owners = this.#owners.get(prefix);
    owners?.delete(service);
    if (owners?.size === 0) this.#owners.delete(prefix);
    touched.add(prefix);
  }
}
