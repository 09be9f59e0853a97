// What the speaker should hold, kept up to date: the picture and the settings in, routes, peers and instance out.
import { nothingGood } from "../config/node-config.ts";
import type { LastGood, NodeConfig } from "../config/node-config.ts";
import { resolveConfig } from "../config/resolve.ts";
import type { Selector } from "../config/selector/selector.ts";
import { dueAddresses } from "../decide/dataplane-due.ts";
import { unasked } from "../decide/dataplane.ts";
import type { ToldDataplane } from "../decide/dataplane.ts";
import { decide } from "../decide/decide.ts";
import { nodeDrainCauses } from "../decide/drain.ts";
import { isExcluded } from "../decide/node-gates.ts";
import { viewChanges } from "../decide/view-change.ts";
import { makeView } from "../decide/view.ts";
import type { DecideSettings, NodeDrain, View } from "../decide/view.ts";
import type { BgpInstance } from "../engine/contract.ts";
import type { Address } from "../model/address.ts";
import { familyOf } from "../model/address.ts";
import type { Node } from "../model/node.ts";
import type { Peer } from "../model/peer.ts";
import type { Prefix } from "../model/prefix.ts";
import type { Problem } from "../model/problem.ts";
import type { Service, ServiceKey } from "../model/service.ts";
import type { Verdict } from "../model/verdict.ts";
import { commonOf } from "../plan/common.ts";
import { makePlan } from "../plan/plan.ts";
import type { Plan } from "../plan/plan.ts";
import type { PlannedRoute } from "../plan/planned-route.ts";
import { RouteTable } from "../plan/route-table.ts";
import type { Owner } from "../plan/route-table.ts";
import { readAttributes } from "../plan/service-attributes.ts";
import type { Cluster } from "../watch/cluster.ts";
import type { Dirty } from "./dirty-set.ts";
import type { Drainer } from "./drainer.ts";
import { problemsOf } from "./problems.ts";
import { routerIdFromName } from "./router-id.ts";
import { secretsIn } from "./secrets.ts";
import type { SecretsSeen } from "./secrets.ts";

export interface DesiredOptions extends DecideSettings {
  readonly nodeName: string;
  /** `node`: the node's pod CIDRs are announced as well. */
  readonly podCidrs: "off" | "node";
  /** null: the node's first IPv4 InternalIP. */
  readonly routerId: Address | null;
  /** null: as the BGPConfiguration says. */
  readonly listenPort: number | null;
  /** In place of serviceClusterIPs; null or left out: not set. */
  readonly clusterIPsFromEnv?: readonly string[] | null;
  /** Follows what drains the node; left out: the marked phase is where it stays. */
  readonly drainer?: Drainer;
  /** Labels of the BGPPeers that are ours; null or left out: all are. */
  readonly peerSelector?: Selector | null;
  /** Where the Secrets with passwords live; null or left out: not known. */
  readonly namespace?: string | null;
  /** What it means that a Secret is not in the picture; left out: nothing, nobody looks. */
  readonly secretsSeen?: SecretsSeen;
  /** Restart time in seconds, where a peer names none; left out: off. */
  readonly gracefulRestart?: number | "off";
  /** Interval of BFD packets in ms; left out: off. */
  readonly bfd?: number | "off";
  /** The node's proxy, which has its say last; left out: nobody is asked. */
  readonly dataplane?: ToldDataplane;
  /** From where sessions of its family go out; null or left out: from the node's InternalIP. */
  readonly localAddress?: Address | null;
  /** Networks that this machine is on; left out: not known. */
  readonly onLink?: readonly Prefix[];
  /** Told whenever the configuration was resolved anew. */
  readonly configured?: (config: NodeConfig) => void;
}

/** What a refresh may have changed. */
export interface Refreshed {
  /** Prefixes to compare with the speaker's. */
  readonly touched: ReadonlySet<Prefix>;
  /** Verdicts that are new or other than before. */
  readonly verdicts: readonly Verdict[];
  /** Services of which a verdict is new, other than before, or gone. */
  readonly services: ReadonlySet<ServiceKey>;
  /** Of those, the ones of which all that is new waits for the node's proxy. */
  readonly waiting: ReadonlySet<ServiceKey>;
}

const noPrefixes: ReadonlySet<Prefix> = new Set();

export class Desired {
  readonly #cluster: Cluster;
  readonly #options: DesiredOptions;
  readonly #dataplane: ToldDataplane;
  readonly #table = new RouteTable();
  #lastGood: LastGood = nothingGood;
  #view: View;

  constructor(cluster: Cluster, options: DesiredOptions) {
    this.#cluster = cluster;
    this.#options = options;
    this.#dataplane = options.dataplane ?? unasked;
    this.#view = this.#makeView();
  }

  /**
   * Sessions that the speaker holds count as last good: an edit that cannot be read, a password that is not known yet,
   * or another order of the node's addresses must not end them. What that changes, the next refresh of the view tells.
   */
  adopt(held: Iterable<Peer>): void {
    const { asn } = this.config;
    const { peers } = this.#lastGood;
    const good = [...held].map((peer) => {
      // Of a session's filters the speaker knows nothing: until they can be read, nothing is to be sent over it.
      const filters = peers.get(peer.name)?.peer.filters ?? null;
      return [peer.name, { peer: { ...peer, filters }, followsNodeAsn: peer.localAsn === asn }] as const;
    });
    this.#lastGood = { ...this.#lastGood, peers: new Map([...peers, ...good]) };
  }

  /** Decides again what is dirty, and nothing else. */
  refresh(dirty: Dirty): Refreshed {
    const keys = new Set(dirty.services.keys());
    const routes = dirty.view === null ? noPrefixes : this.#renewView(keys);
    if (dirty.allServices) {
      for (const key of this.#table.services()) keys.add(key);
      for (const { key } of this.#cluster.services.values()) keys.add(key);
    }
    return this.#decide(keys, routes);
  }

  /** What every decision stands on, as of the last refresh. */
  get view(): View {
    return this.#view;
  }

  get config(): NodeConfig {
    return this.#view.config;
  }

  get excluded(): boolean {
    const { node } = this.#view;
    return node !== undefined && isExcluded(node, this.#options.excludeLabel);
  }

  /**
   * null: not known, because the node has not been seen, or has no IPv4 address and none is set, or because the
   * configuration cannot be read and never could.
   */
  get instance(): BgpInstance | null {
    const { asn, instanceKnown, listenPort } = this.config;
    const [routerId, ...otherRouterIds] = this.#routerIds();
    if (this.#view.node === undefined || routerId === undefined || !instanceKnown) return null;
    return { asn, routerId, otherRouterIds, listenPort: this.#options.listenPort ?? listenPort };
  }

  route(prefix: Prefix): PlannedRoute | undefined {
    return this.#table.route(prefix);
  }

  /** The services that announce a prefix, by name. */
  owners(prefix: Prefix): readonly Owner[] {
    return this.#table.owners(prefix);
  }

  routes(): Iterable<PlannedRoute> {
    return this.#table.routes();
  }

  verdicts(): Iterable<Verdict> {
    return this.#table.verdicts();
  }

  /** The whole plan, sorted: for people and offline use, not for the loop. */
  plan(further: readonly Problem[] = []): Plan {
    return makePlan({
      nodeName: this.#options.nodeName,
      excluded: this.excluded,
      config: this.config,
      table: this.#table,
      problems: this.problems(further),
    });
  }

  /** What is wrong with any object, in no order; `further` are added. */
  problems(further: readonly Problem[] = []): readonly Problem[] {
    const [view, hasRouterId] = [this.#view, this.#routerIds().length > 0];
    return [...problemsOf({ cluster: this.#cluster, view, table: this.#table, hasRouterId }), ...further];
  }

  /** The listen port cannot be had: told of where it was asked for. */
  portTaken(message: string): Problem {
    const bySetting = this.#options.listenPort !== null;
    return {
      object: bySetting ? "Setting/listen-port" : "BGPConfiguration/default",
      field: bySetting ? "" : "spec.listenPort",
      severity: "error",
      message: `${message}; it is tried again and again`,
    };
  }

  /**
   * A running instance may keep any of the node's addresses: their order in the API means nothing. It may also keep
   * what it had while the node had no IPv4 address yet.
   */
  #routerIds(): readonly Address[] {
    const { routerId, nodeName } = this.#options;
    if (routerId !== null) return [routerId];
    const addresses = this.#view.node?.internalIPs ?? [];
    const ipv4 = addresses.filter((ip) => familyOf(ip) === "ipv4");
    return addresses.length === 0 ? [] : [...ipv4, routerIdFromName(nodeName)];
  }

  /** Adds the services of which a verdict may change; returns the prefixes whose routes may. */
  #renewView(keys: Set<ServiceKey>): ReadonlySet<Prefix> {
    const before = this.#view;
    this.#view = this.#makeView();
    this.#options.configured?.(this.config);
    const changes = viewChanges(before, this.#view);
    if (changes.length > 0)
      for (const service of this.#cluster.services.values()) {
        const verdicts = this.#table.verdictsOn(service.key);
        if (changes.some((test) => test(service, verdicts))) keys.add(service.key);
      }
    const { node, config, nodeRefusal, draining } = this.#view;
    const podCidrs = this.#options.podCidrs === "node";
    return this.#table.setCommon(
      commonOf({ node, config, refused: nodeRefusal !== null, draining, podCidrs }),
    );
  }

  /** @param routes prefixes that are touched in any case */
  #decide(keys: Iterable<ServiceKey>, routes: Iterable<Prefix>): Refreshed {
    const touched = new Set<Prefix>(routes);
    const changed: Verdict[] = [];
    const services = new Set<ServiceKey>();
    const waiting = new Set<ServiceKey>();
    for (const key of keys) {
      const before = this.#table.verdictsOn(key);
      const service = this.#cluster.service(key);
      const now = service === undefined ? [] : this.#judge(service);
      if (service === undefined) this.#dataplane.forget(key);
      const attributes = service === undefined ? undefined : readAttributes(service).attributes;
      for (const prefix of this.#table.setVerdicts(key, now, attributes)) touched.add(prefix);
      const fresh = now.filter((verdict) => !before.some((old) => sameVerdict(old, verdict)));
      changed.push(...fresh);
      if (fresh.length > 0 || now.length !== before.length) services.add(key);
      if (fresh.length > 0 && fresh.every(({ reason }) => reason === "DataplaneNotReady")) waiting.add(key);
    }
    return { touched, verdicts: changed, services, waiting };
  }

  #judge(service: Service): readonly Verdict[] {
    const slices = this.#cluster.slicesOf(service.key);
    const verdicts = decide(service, slices, this.#view);
    const due = dueAddresses(service, slices, verdicts, this.#options.nodeName);
    return this.#dataplane.follow(service.key, due) ? decide(service, slices, this.#view) : verdicts;
  }

  #makeView(): View {
    const { nodeName, peerSelector = null, clusterIPsFromEnv = null } = this.#options;
    const { namespace = null, secretsSeen = "never", gracefulRestart = "off", bfd = "off" } = this.#options;
    const { localAddress = null, onLink = null } = this.#options;
    const node = this.#cluster.node(nodeName);
    const { configurations, peers, filters, secrets } = this.#cluster;
    const { config, lastGood } = resolveConfig({
      configurations,
      peers,
      filters,
      node,
      nodeName,
      peerSelector,
      secrets: secretsIn(secrets, namespace, secretsSeen),
      session: {
        gracefulRestartSeconds: gracefulRestart === "off" ? null : gracefulRestart,
        bfdIntervalMs: bfd === "off" ? null : bfd,
        localAddress,
        onLink,
      },
      lastGood: this.#lastGood,
      clusterIPsFromEnv,
    });
    this.#lastGood = lastGood;
    return makeView(nodeName, node, config, this.#options, this.#drain(node), this.#dataplane);
  }

  /** Offline, without a drainer, a node that is to be drained is shown with its routes marked. */
  #drain(node: Node | undefined): NodeDrain {
    const { drainer, drainTaints } = this.#options;
    const ofNode = node === undefined ? [] : nodeDrainCauses(node, drainTaints);
    const causes = [...(drainer?.requests ?? []), ...ofNode];
    return { causes, withdrawn: drainer?.follow(causes).t === "withdrawn" };
  }
}

function sameVerdict(a: Verdict, b: Verdict): boolean {
  return a.address === b.address && a.announce === b.announce && a.reason === b.reason;
}
