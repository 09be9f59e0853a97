// Explains a service, an address or a prefix from what the agent, or a command, has decided.
import { didYouMean } from "../config/suggest.ts";
import { claimsOf } from "../decide/claim.ts";
import { explainService } from "../decide/explain.ts";
import { nodeFacts } from "../decide/explain-node.ts";
import { nextSteps } from "../decide/explain-next-steps.ts";
import type { Address } from "../model/address.ts";
import { comparePrefixes } from "../model/prefix.ts";
import type { Prefix } from "../model/prefix.ts";
import { compareProblems, compareText } from "../model/problem.ts";
import type { Problem } from "../model/problem.ts";
import { reasonSentence } from "../model/reason.ts";
import type { Reason } from "../model/reason.ts";
import type { Service, ServiceKey } from "../model/service.ts";
import { attributeOrigins } from "../plan/attribute-origins.ts";
import { problemJson, routeJson } from "../plan/json.ts";
import type { Plan } from "../plan/plan.ts";
import type { Cluster } from "../watch/cluster.ts";
import type { Desired } from "./desired.ts";
import { entriesFor, entryPlace, noNextHop } from "./explain-entries.ts";
import type { Query } from "./explain-query.ts";
import type { EntryExplanation, Explanation, OwnerExplanation, PrefixExplanation } from "./explanation.ts";

export interface ExplainInput {
  readonly cluster: Cluster;
  readonly desired: Desired;
  /** Whether the speaker holds a prefix; null: there is none to ask. */
  readonly holds: ((prefix: Prefix) => boolean) | null;
}

export function explain(text: string, query: Query, input: ExplainInput): Explanation {
  return new Explainer(input).answer(text, query);
}

class Explainer {
  readonly #input: ExplainInput;
  readonly #plan: Plan;

  constructor(input: ExplainInput) {
    this.#input = input;
    this.#plan = input.desired.plan();
  }

  answer(text: string, query: Query): Explanation {
    const { cluster, desired } = this.#input;
    const { unsynced } = cluster;
    const prefixes = unsynced.size > 0 ? [] : this.#prefixes(query);
    const objects = new Set(
      prefixes.flatMap(({ owners }) => owners.map(({ service }) => `Service/${service}`)),
    );
    objects.add(`Node/${this.#plan.node}`);
    return {
      query: text,
      node: this.#plan.node,
      announced: prefixes.some(({ announced }) => announced),
      summary:
        unsynced.size > 0
          ? `nothing is decided: not synced yet: ${[...unsynced].join(", ")}`
          : this.#summary(query, prefixes),
      nodeState: nodeFacts(desired.view),
      prefixes,
      problems: this.#problems(objects),
    };
  }

  #prefixes(query: Query): readonly PrefixExplanation[] {
    switch (query.t) {
      case "service": {
        const service = this.#input.cluster.service(query.key);
        return service === undefined ? [] : this.#ofService(service);
      }
      case "address":
        return this.#known(this.#host(query.prefix, this.#claimants(new Set([query.address]))));
      case "prefix":
        return this.#known(this.#wide(query.prefix));
    }
  }

  #ofService(service: Service): readonly PrefixExplanation[] {
    const addresses = new Set([...claimsOf(service)].map(({ address }) => address));
    if (addresses.size === 0) return [this.#host(null, this.#explained(service))];
    const all = this.#claimants(addresses);
    const prefixes = new Set(all.flatMap(({ prefix }) => (prefix === null ? [] : [prefix])));
    return [...prefixes].sort(comparePrefixes).map((prefix) =>
      this.#host(
        prefix,
        all.filter((owner) => owner.prefix === prefix),
      ),
    );
  }

  /** What every service says of these addresses: several may claim one. */
  #claimants(addresses: ReadonlySet<Address>): readonly OwnerExplanation[] {
    const found: OwnerExplanation[] = [];
    for (const service of this.#input.cluster.services.values()) {
      if (![...claimsOf(service)].some(({ address }) => addresses.has(address))) continue;
      const explained = this.#explained(service);
      found.push(...explained.filter(({ address }) => address !== null && addresses.has(address)));
    }
    return found;
  }

  #explained(service: Service): readonly OwnerExplanation[] {
    const { cluster, desired } = this.#input;
    const slices = [...cluster.slicesOf(service.key)];
    return explainService(service, slices, desired.view, (source, prefix) =>
      entryPlace(cluster, source, prefix),
    ).map((claim) => ({ service: service.key, ...claim }));
  }

  #host(prefix: Prefix | null, owners: readonly OwnerExplanation[]): PrefixExplanation {
    const sorted = [...owners].sort(
      (a, b) =>
        Number(b.announce) - Number(a.announce) ||
        b.steps.length - a.steps.length ||
        compareText(a.service, b.service),
    );
    const [first] = sorted;
    const reason = first?.reason ?? null;
    return this.#prefix(prefix, reason, first?.next ?? [], sorted);
  }

  #wide(prefix: Prefix): PrefixExplanation {
    const { view } = this.#input.desired;
    const entries = this.#entries(prefix);
    const own = entries.filter((entry) => entry.prefix === prefix);
    const reason: Reason | null = own.some(({ announced }) => announced)
      ? "Aggregate"
      : own.length > 0
        ? view.nodeRefusal
        : entries.length > 0
          ? "CoveredByAggregate"
          : "OutsideAllowList";
    const next = reason === null || own.length === 0 ? [] : this.#next(reason);
    return this.#prefix(prefix, reason, next, []);
  }

  /** Nothing when neither service, list nor route knows of the prefix. */
  #known(found: PrefixExplanation): readonly PrefixExplanation[] {
    return found.owners.length > 0 || found.entries.length > 0 || found.route !== null ? [found] : [];
  }

  #prefix(
    prefix: Prefix | null,
    reason: Reason | null,
    next: readonly string[],
    owners: readonly OwnerExplanation[],
  ): PrefixExplanation {
    const { desired, holds } = this.#input;
    const route = prefix === null ? undefined : desired.route(prefix);
    const entries = prefix === null ? [] : this.#entries(prefix);
    const holders = prefix === null ? [] : desired.owners(prefix);
    const announcedReason = route?.reason ?? reason;
    const wanted = owners.some(({ announce }) => announce);
    return {
      prefix,
      announced: route !== undefined,
      reason: announcedReason,
      says:
        route === undefined && wanted
          ? noNextHop
          : announcedReason === null
            ? (entries.find((entry) => entry.prefix === prefix)?.says ?? "no service has this address")
            : reasonSentence(announcedReason),
      owners,
      entries,
      route: route === undefined ? null : routeJson(route),
      attributes: route === undefined ? [] : attributeOrigins(route, holders, desired.config.advertisements),
      peers: this.#plan.peers
        .filter(({ routes }) => prefix !== null && routes.includes(prefix))
        .map(({ name }) => name),
      held: holds === null || prefix === null ? null : holds(prefix),
      next: route !== undefined && owners.length === 0 ? this.#next(route.reason) : next,
    };
  }

  #entries(prefix: Prefix): readonly EntryExplanation[] {
    const { cluster, desired } = this.#input;
    return entriesFor(prefix, desired.view, cluster, (entry) => desired.route(entry) !== undefined);
  }

  #next(reason: Reason): readonly string[] {
    return nextSteps(reason, { service: null, source: null, nodeName: this.#plan.node });
  }

  #summary(query: Query, prefixes: readonly PrefixExplanation[]): string {
    const { node } = this.#plan;
    if (prefixes.length > 0) {
      const announced = prefixes.filter((each) => each.announced).length;
      if (announced === 0) return `${what(query)} is not announced from ${node}`;
      if (announced === prefixes.length) return `${what(query)} is announced from ${node}`;
      return `${announced} of ${prefixes.length} addresses of ${what(query)} are announced from ${node}`;
    }
    if (query.t === "service") return this.#noService(query.key);
    return `${what(query)} is in nothing that ${node} knows: no service has it, no list of the BGPConfiguration holds it`;
  }

  #noService(key: ServiceKey): string {
    return `there is no Service ${key}${didYouMean(key, this.#input.cluster.services.keys())}`;
  }

  #problems(objects: ReadonlySet<string>): readonly Problem[] {
    return this.#plan.problems
      .filter(({ object }) => objects.has(object) || object.startsWith("BGPConfiguration/"))
      .map(problemJson)
      .sort(compareProblems);
  }
}

function what(query: Query): string {
  return query.t === "service" ? query.key : query.t === "address" ? query.address : query.prefix;
}
