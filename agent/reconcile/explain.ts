// Explains a service, an address or a prefix from what the agent, or a command, has decided.
import { didYouMean } from "../model/suggest.ts";
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
import { explainPeers } from "./explain-peers.ts";
import type { Query } from "./explain-query.ts";
import type { EntryExplanation, Explanation, OwnerExplanation, PrefixExplanation } from "./explanation.ts";

export interface ExplainInput {
  readonly cluster: Cluster;
  readonly desired: Desired;
  /** Whether the speaker holds a prefix; null: there is none to ask. */
  readonly holds: ((prefix: Prefix) => boolean) | null;
}

/** What is said of a prefix without a route. */
type WhyNot = Pick<PrefixExplanation, "reason" | "says" | "next">;

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
    if (first === undefined) return this.#prefix(prefix, no("no service has this address"), []);
    // The verdict says yes, and yet there may be no route.
    const says = first.announce ? noNextHop : reasonSentence(first.reason);
    return this.#prefix(prefix, { reason: first.reason, says, next: first.next }, sorted);
  }

  #wide(prefix: Prefix): PrefixExplanation {
    return this.#prefix(prefix, this.#whyNotWide(prefix), []);
  }

  /** Why a CIDR is not announced, should it not be. */
  #whyNotWide(prefix: Prefix): WhyNot {
    const { view } = this.#input.desired;
    const entries = this.#entries(prefix);
    const own = entries.find((entry) => entry.prefix === prefix);
    if (own !== undefined) return view.nodeRefusal === null ? no(own.says) : this.#because(view.nodeRefusal);
    if (entries.some(({ announced }) => announced))
      return {
        ...this.#because("CoveredByAggregate"),
        next: ["only the entries of the lists are announced as a whole"],
      };
    if (view.node?.podCIDRs.includes(prefix) === true)
      return no("a pod CIDR of this node, which is announced with --pod-cidrs node only");
    if (entries.length > 0)
      return no("it is no entry of a list itself, and the entry that holds it is not announced");
    return this.#because("OutsideAllowList");
  }

  #because(reason: Reason): WhyNot {
    const next = nextSteps(reason, { service: null, source: null, nodeName: this.#plan.node });
    return { reason, says: reasonSentence(reason), next };
  }

  /** Nothing when neither service, list, node nor route knows of the prefix. */
  #known(found: PrefixExplanation): readonly PrefixExplanation[] {
    const { owners, entries, route, prefix } = found;
    const ofNode = this.#input.desired.view.node?.podCIDRs.some((cidr) => cidr === prefix) ?? false;
    return owners.length > 0 || entries.length > 0 || route !== null || ofNode ? [found] : [];
  }

  #prefix(prefix: Prefix | null, whyNot: WhyNot, owners: readonly OwnerExplanation[]): PrefixExplanation {
    const { desired, holds } = this.#input;
    const entries = prefix === null ? [] : this.#entries(prefix);
    const held = holds === null || prefix === null ? null : holds(prefix);
    const route = prefix === null ? undefined : desired.route(prefix);
    if (prefix === null || route === undefined) {
      const nothing = { announced: false, route: null, attributes: [], peers: [], filtered: [] };
      return { prefix, ...nothing, ...whyNot, owners, entries, held };
    }
    const next = owners.length > 0 ? whyNot.next : this.#because(route.reason).next;
    return {
      prefix,
      announced: true,
      reason: route.reason,
      says: reasonSentence(route.reason),
      owners,
      entries,
      route: routeJson(route),
      attributes: attributeOrigins(route, desired.owners(prefix), desired.config.advertisements),
      peers: this.#plan.peers.filter(({ routes }) => routes.includes(prefix)).map(({ name }) => name),
      filtered: explainPeers(route, desired.config),
      held,
      next,
    };
  }

  #entries(prefix: Prefix): readonly EntryExplanation[] {
    const { cluster, desired } = this.#input;
    return entriesFor(prefix, desired.view, cluster, (entry) => desired.route(entry) !== undefined);
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

/** Not announced, and no reason of the list says why. */
function no(says: string): WhyNot {
  return { reason: null, says, next: [] };
}

function what(query: Query): string {
  return query.t === "service" ? query.key : query.t === "address" ? query.address : query.prefix;
}
