// What one event of node, configuration or peers costs: from the picture to the routes and peers for the speaker.
import { table } from "../agent/cli/table.ts";
import { DirtySet, everything } from "../agent/reconcile/dirty-set.ts";
import { systemClock } from "../agent/time/clock.ts";
import { Cluster } from "../agent/watch/cluster.ts";
import type { Kind } from "../agent/watch/kinds.ts";
import { configuration, decoded, desiredOf, fill, node, peer } from "./picture.ts";
import { summarise } from "./statistics.ts";

const trials = 60;

interface Event {
  readonly what: string;
  readonly kind: Kind;
  /** The object before and after; the event goes there and back. */
  readonly between: readonly [object, object];
}

const drain = { metadata: { annotations: { "bellman.bgp/drain": "true" } } };
const exclude = { metadata: { labels: { "node.kubernetes.io/exclude-from-external-load-balancers": "" } } };
const advertised = { prefixAdvertisements: [{ cidr: "10.0.1.0/24", communities: ["64512:1"] }] };
const wider = { serviceClusterIPs: [{ cidr: "10.0.0.0/8" }, { cidr: "10.0.1.0/24" }] };
const other = { serviceClusterIPs: [{ cidr: "10.0.0.0/9" }] };

const events: readonly Event[] = [
  {
    what: "node: a label",
    kind: "Node",
    between: [node("n1"), node("n1", { metadata: { labels: { rack: "a" } } })],
  },
  { what: "node: drained", kind: "Node", between: [node("n1"), node("n1", drain)] },
  { what: "node: excluded", kind: "Node", between: [node("n1"), node("n1", exclude)] },
  {
    what: "peer: its address",
    kind: "BGPPeer",
    between: [peer("tor", "192.168.1.1"), peer("tor", "192.168.1.2")],
  },
  configured("log level", { logSeverityScreen: "Info" }),
  configured("communities of a /24", advertised),
  configured("one CIDR more, a /24", wider),
  configured("the only CIDR", other),
];

export function benchEvents(services: number): void {
  const dirty = new DirtySet(systemClock);
  const cluster = new Cluster((change) => dirty.add(change));
  fill(cluster, services);
  const desired = desiredOf(cluster);
  desired.refresh(everything);
  dirty.take();
  const rows = events.map(({ what, kind, between: [before, after] }) => {
    let routes = 0;
    const ms: number[] = [];
    for (let trial = 0; trial < trials; trial++) {
      const object = decoded(kind, trial % 2 === 0 ? after : before);
      const startedAtMs = performance.now();
      cluster.set(kind, "name" in object ? object.name : object.key, object);
      const { touched } = desired.refresh(dirty.take());
      for (const prefix of touched) desired.route(prefix);
      ms.push(performance.now() - startedAtMs);
      routes = touched.size;
    }
    const { p50, p95 } = summarise(ms);
    return [what, String(routes), p50.toFixed(3), p95.toFixed(3)];
  });
  console.log(table([`ONE EVENT, ${services} SERVICES`, "ROUTES LOOKED AT", "P50 ms", "P95 ms"], rows));
}

function configured(what: string, more: object): Event {
  return {
    what: `configuration: ${what}`,
    kind: "BGPConfiguration",
    between: [configuration("default"), configuration("default", more)],
  };
}
