// What has been read of one BGPConfiguration so far, and what its earlier states leave to fall back on.
import { defaultAsn } from "../model/asn.ts";
import type { Asn } from "../model/asn.ts";
import type { Problem, Severity } from "../model/problem.ts";
import { readAllowList } from "./allow-list.ts";
import { readCommunityNames } from "./communities.ts";
import type { CommunityNames } from "./communities.ts";
import { kept } from "./entries.ts";
import type { List } from "./entries.ts";
import type {
  AddressSource,
  Advertisement,
  AllowEntry,
  GoodForAll,
  GoodForNode,
  LogLevel,
  NodeConfig,
} from "./node-config.ts";
import { readAdvertisements } from "./prefix-advertisements.ts";
import { bgpPort } from "./values.ts";

/** What the object of one node says; null: it does not. */
export interface ForNode {
  readonly listenPort: number | null;
  /** false: it says a port that cannot be read. */
  readonly instanceKnown: boolean;
  readonly logLevel: LogLevel | null;
  readonly advertisements: readonly Advertisement[] | null;
  readonly good: GoodForNode;
  readonly problems: readonly Problem[];
}

/** What the object `default` comes to: part of the configuration of every node. */
export interface ForAll extends Omit<NodeConfig, "peers" | "filters" | "secretNames"> {
  readonly good: GoodForAll;
}

/** Fields that stand in an object for one node as well as in `default`. */
export class NodeReading {
  listenPort: number | null = null;
  /** A value of which BGP cannot be started without was written, but neither it nor an earlier one is known. */
  unknown = false;
  logLevel: LogLevel | null = null;
  readonly lastGood: GoodForNode;
  /** What holds where the object says nothing. */
  readonly otherwise: Pick<NodeConfig, "listenPort" | "logLevel">;
  readonly #object: string;
  readonly #problems: Problem[] = [];
  #names: CommunityNames = new Map();
  #advertisements: List<Advertisement> | null = null;
  /** Read at last: the names hold, whichever of the two fields is written first. */
  #unread: { readonly value: unknown; readonly field: string } | null = null;

  constructor(object: string, lastGood: GoodForNode, otherwise: NodeReading["otherwise"]) {
    this.#object = object;
    this.lastGood = lastGood;
    this.otherwise = otherwise;
  }

  readonly tell = (field: string, severity: Severity, message: string): void => {
    this.#problems.push({ object: this.#object, field, severity, message });
  };

  readNames(value: unknown, field: string): void {
    this.#names = readCommunityNames(value, field, this.tell);
  }

  readAdvertisements(value: unknown, field: string): void {
    this.#unread = { value, field };
  }

  get advertises(): boolean {
    return this.#unread !== null;
  }

  keepAll(): void {
    this.listenPort = this.lastGood.listenPort;
    this.#advertisements = kept(this.lastGood.advertisements);
  }

  forNode(): ForNode {
    const { listenPort, logLevel } = this;
    if (this.#unread !== null) {
      const { value, field } = this.#unread;
      const before = this.lastGood.advertisements;
      this.#advertisements = readAdvertisements(value, field, this.#names, before, this.tell);
    }
    const advertisements = this.#advertisements;
    return {
      listenPort,
      instanceKnown: !this.unknown,
      logLevel,
      advertisements: advertisements?.values ?? null,
      good: { listenPort, advertisements: advertisements?.good ?? null },
      problems: this.#problems,
    };
  }
}

/** The object `default`. */
export class Reading extends NodeReading {
  asn: Asn | null = null;
  aggregateLoadBalancerIPs: boolean | null = null;
  override readonly lastGood: GoodForAll;
  readonly #allow: Record<AddressSource, List<AllowEntry> | null> = {
    clusterIPs: null,
    externalIPs: null,
    loadBalancerIPs: null,
  };

  constructor(object: string, lastGood: GoodForAll) {
    super(object, lastGood, { listenPort: bgpPort, logLevel: null });
    this.lastGood = lastGood;
  }

  readList(source: AddressSource, value: unknown, field: string): void {
    this.#allow[source] = readAllowList(value, field, this.lastGood.allow[source], this.tell);
  }

  override keepAll(): void {
    super.keepAll();
    this.asn = this.lastGood.asn;
    this.aggregateLoadBalancerIPs = this.lastGood.aggregateLoadBalancerIPs;
    for (const source of ["clusterIPs", "externalIPs", "loadBalancerIPs"] as const)
      this.#allow[source] = kept(this.lastGood.allow[source]);
  }

  forAll(): ForAll {
    const { asn, aggregateLoadBalancerIPs } = this;
    const { clusterIPs, externalIPs, loadBalancerIPs } = this.#allow;
    const { listenPort, instanceKnown, logLevel, advertisements, good, problems } = this.forNode();
    return {
      asn: asn ?? defaultAsn,
      instanceKnown,
      listenPort: listenPort ?? this.otherwise.listenPort,
      logLevel,
      allow: {
        clusterIPs: clusterIPs?.values ?? null,
        externalIPs: externalIPs?.values ?? null,
        loadBalancerIPs: loadBalancerIPs?.values ?? null,
      },
      aggregateLoadBalancerIPs: aggregateLoadBalancerIPs ?? true,
      advertisements: advertisements ?? [],
      good: {
        ...good,
        asn,
        aggregateLoadBalancerIPs,
        allow: {
          clusterIPs: clusterIPs?.good ?? null,
          externalIPs: externalIPs?.good ?? null,
          loadBalancerIPs: loadBalancerIPs?.good ?? null,
        },
      },
      problems,
    };
  }
}
