// Verdicts in, routes out: keeps which services announce a prefix, so that one verdict touches one prefix only.
import { prefixFamily } from "../model/prefix.ts";
import type { Prefix } from "../model/prefix.ts";
import { compareText } from "../model/problem.ts";
import type { AnnounceReason } from "../model/reason.ts";
import type { ServiceKey } from "../model/service.ts";
import type { Verdict } from "../model/verdict.ts";
import { commonChanges, nothingCommon } from "./common.ts";
import type { Common } from "./common.ts";
import type { PlannedRoute } from "./planned-route.ts";
import { reached } from "./reach.ts";
import { isCrowded, routeAttributes } from "./route-attributes.ts";
import { noAttributes } from "./service-attributes.ts";
import type { ServiceAttributes } from "./service-attributes.ts";

/** One service behind a prefix. */
export interface Owner {
  readonly service: ServiceKey;
  readonly reason: AnnounceReason;
  readonly attributes: ServiceAttributes;
}

const noVerdicts: readonly Verdict[] = [];

export class RouteTable {
  readonly #verdicts = new Map<ServiceKey, readonly Verdict[]>();
  readonly #owners = new Map<Prefix, readonly Owner[]>();
  #common = nothingCommon;

  /** Replaces what holds for all routes. Returns the prefixes whose routes may have changed. */
  setCommon(common: Common): ReadonlySet<Prefix> {
    const changes = commonChanges(this.#common, common);
    const touched = new Set<Prefix>();
    if (changes.length === 0) return touched;
    const before = this.#prefixes();
    this.#common = common;
    for (const prefix of new Set([...before, ...this.#prefixes()])) {
      const asked = this.#asked(prefix);
      if (changes.some((test) => test(prefix, asked))) touched.add(prefix);
    }
    return touched;
  }

  /** Replaces the verdicts on one service; none: it is gone. Returns the prefixes whose routes may have changed. */
  setVerdicts(
    service: ServiceKey,
    verdicts: readonly Verdict[],
    attributes: ServiceAttributes = noAttributes,
  ): ReadonlySet<Prefix> {
    const touched = new Set<Prefix>();
    for (const before of this.verdictsOn(service)) {
      if (!before.announce) continue;
      this.#setOwners(
        before.prefix,
        this.owners(before.prefix).filter((owner) => owner.service !== service),
      );
      touched.add(before.prefix);
    }
    if (verdicts.length === 0) this.#verdicts.delete(service);
    else this.#verdicts.set(service, verdicts);
    for (const { prefix, reason } of verdicts.filter((verdict) => verdict.announce)) {
      const owners = [...this.owners(prefix), { service, reason, attributes }];
      this.#setOwners(
        prefix,
        owners.sort((a, b) => compareText(a.service, b.service)),
      );
      touched.add(prefix);
    }
    return touched;
  }

  verdictsOn(service: ServiceKey): readonly Verdict[] {
    return this.#verdicts.get(service) ?? noVerdicts;
  }

  services(): Iterable<ServiceKey> {
    return this.#verdicts.keys();
  }

  *verdicts(): Iterable<Verdict> {
    for (const verdicts of this.#verdicts.values()) yield* verdicts;
  }

  /** The services that announce a prefix, by name. */
  owners(prefix: Prefix): readonly Owner[] {
    return this.#owners.get(prefix) ?? [];
  }

  /** Prefixes whose route leaves out communities, for there are too many. */
  *crowded(): Iterable<Prefix> {
    const { advertisements } = this.#common;
    for (const prefix of this.#prefixes())
      if (isCrowded(prefix, this.#asked(prefix), advertisements)) yield prefix;
  }

  /** Services that ask for a prepend which is not made. */
  *unprepended(): Iterable<ServiceKey> {
    if (this.#common.prepends) return;
    for (const owners of this.#owners.values())
      for (const { service, attributes } of owners) if ((attributes.prepend ?? 0) > 0) yield service;
  }

  /** Prefixes that more than one service announces. */
  *shared(): Iterable<Prefix> {
    for (const [prefix, owners] of this.#owners) if (owners.length > 1) yield prefix;
  }

  /** The route for a prefix; undefined: it is not announced. */
  route(prefix: Prefix): PlannedRoute | undefined {
    const { nextHops, advertisements, prepends, reach } = this.#common;
    const nextHop = nextHops[prefixFamily(prefix)];
    const reason = this.#reason(prefix);
    if (nextHop === undefined || reason === undefined) return undefined;
    const owners = this.owners(prefix);
    const attributes = routeAttributes(prefix, this.#asked(prefix), advertisements, reason === "Draining");
    const route = {
      prefix,
      nextHop,
      reason,
      services: owners.map((owner) => owner.service),
      ...attributes,
      prepend: prepends ? attributes.prepend : 0,
    };
    return { ...route, ...reached(reach, route) };
  }

  /** Every route, in no order. */
  *routes(): Iterable<PlannedRoute> {
    for (const prefix of this.#prefixes()) {
      const route = this.route(prefix);
      if (route !== undefined) yield route;
    }
  }

  /** Prefixes that are wanted but cannot be announced, because the node has no address of their family. */
  *withoutNextHop(): Iterable<Prefix> {
    for (const prefix of this.#prefixes())
      if (this.#common.nextHops[prefixFamily(prefix)] === undefined) yield prefix;
  }

  /** What each service behind a prefix asks for. */
  #asked(prefix: Prefix): readonly ServiceAttributes[] {
    return this.owners(prefix).map((owner) => owner.attributes);
  }

  /** Of several owners the first that does not drain speaks for the route: as long as one serves, it is not marked. */
  #reason(prefix: Prefix): AnnounceReason | undefined {
    const { aggregates, podCidrs, draining } = this.#common;
    const owners = this.owners(prefix);
    const owner = owners.find(({ reason }) => reason !== "Draining") ?? owners[0];
    if (owner !== undefined) return owner.reason;
    if (aggregates.has(prefix)) return draining ? "Draining" : "Aggregate";
    return podCidrs.has(prefix) ? "PodCidr" : undefined;
  }

  #prefixes(): ReadonlySet<Prefix> {
    return new Set([...this.#common.aggregates, ...this.#common.podCidrs, ...this.#owners.keys()]);
  }

  #setOwners(prefix: Prefix, owners: readonly Owner[]): void {
    if (owners.length === 0) this.#owners.delete(prefix);
    else this.#owners.set(prefix, owners);
  }
}
