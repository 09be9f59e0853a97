// What may happen in a cluster between two decisions, and what it comes to as events.
import * as fc from "fast-check";
import type { Kind } from "../../agent/watch/kinds.ts";
import type { Event } from "../scenarios/node-sim.ts";
import {
  configuration,
  configurationNames,
  filter,
  filterNames,
  fullConfiguration,
  peer,
  peerNames,
  secret,
} from "./configurations.ts";
import { healthyNode, node, service, serviceNames, slice, sliceNames } from "./objects.ts";
import { at, list, text } from "./oracle/json.ts";
import type { World } from "./oracle/oracle.ts";

export type Happening =
  | { readonly t: "set"; readonly kind: Kind; readonly wire: object }
  | { readonly t: "remove"; readonly kind: Kind; readonly key: string }
  | { readonly t: "relist"; readonly kind: Kind; readonly wires: readonly object[] }
  /** One field of an object becomes what it is in another, or goes; all else stays as it is. */
  | { readonly t: "edit"; readonly kind: Kind; readonly wire: object; readonly at: readonly [string, string] }
  /** Deleted and made again as another object; `seen`: the deletion is seen. */
  | { readonly t: "recreate"; readonly kind: Kind; readonly key: string; readonly seen: boolean }
  /** The second half of a slice's endpoints moves to another slice of the same service. */
  | { readonly t: "split"; readonly from: string; readonly to: string }
  /** A slice takes the endpoints of another, which goes; `late`: the other goes before. */
  | { readonly t: "merge"; readonly from: string; readonly to: string; readonly late: boolean }
  /** A slice changes to another service, or to none. */
  | { readonly t: "move"; readonly slice: string; readonly to: string | null };

const kinds: {
  readonly [K in Kind]: { readonly object: fc.Arbitrary<object>; readonly keys: readonly string[] };
} = {
  Service: { object: service, keys: serviceNames },
  EndpointSlice: { object: slice, keys: sliceNames },
  Node: { object: node, keys: ["n1", "n2"] },
  BGPConfiguration: { object: configuration, keys: configurationNames },
  BGPPeer: { object: peer, keys: peerNames },
  BGPFilter: { object: filter, keys: filterNames },
  Secret: { object: secret, keys: ["default/bgp"] },
};

const kind = fc.constantFrom<Kind>(
  "Service",
  "EndpointSlice",
  "Node",
  "BGPConfiguration",
  "BGPPeer",
  "BGPFilter",
  "Secret",
);

function set(of: Kind): fc.Arbitrary<Happening> {
  return kinds[of].object.map((wire) => put(of, wire));
}

/** Fields of node and configuration that are decided by, one by one. */
const edits = {
  Node: [
    ["metadata", "annotations"],
    ["metadata", "labels"],
    ["spec", "taints"],
    ["spec", "podCIDRs"],
    ["status", "addresses"],
    ["status", "conditions"],
  ],
  BGPConfiguration: [
    ["spec", "serviceClusterIPs"],
    ["spec", "serviceExternalIPs"],
    ["spec", "serviceLoadBalancerIPs"],
    ["spec", "serviceLoadBalancerAggregation"],
    ["spec", "prefixAdvertisements"],
  ],
} as const satisfies Partial<Record<Kind, readonly (readonly [string, string])[]>>;

function edit(of: keyof typeof edits): fc.Arbitrary<Happening> {
  return fc
    .tuple(kinds[of].object, fc.constantFrom(...edits[of]))
    .map(([wire, place]) => ({ t: "edit", kind: of, wire, at: place }));
}

const keyed = kind.chain((of) => fc.constantFrom(...kinds[of].keys).map((key) => ({ kind: of, key })));
const sliceName = fc.constantFrom(...sliceNames);

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { arbitrary: set("Service"), weight: 8 },
  { arbitrary: set("EndpointSlice"), weight: 9 },
  { arbitrary: set("Node"), weight: 3 },
  { arbitrary: set("BGPConfiguration"), weight: 4 },
  { arbitrary: set("BGPPeer"), weight: 1 },
  { arbitrary: set("BGPFilter"), weight: 1 },
  { arbitrary: edit("Node"), weight: 3 },
  { arbitrary: edit("BGPConfiguration"), weight: 4 },
  { arbitrary: keyed.map((what): Happening => ({ t: "remove", ...what })), weight: 2 },
  {
    arbitrary: kind.chain((of) =>
      fc
        .array(kinds[of].object, { maxLength: 6 })
        .map((wires): Happening => ({ t: "relist", kind: of, wires: distinct(wires) })),
    ),
    weight: 2,
  },
  {
    arbitrary: fc
      .tuple(keyed, fc.boolean())
      .map(([what, seen]): Happening => ({ t: "recreate", ...what, seen })),
    weight: 1,
  },
  { arbitrary: fc.record({ t: fc.constant("split" as const), from: sliceName, to: sliceName }), weight: 1 },
  {
    arbitrary: fc.record({
      t: fc.constant("merge" as const),
      from: sliceName,
      to: sliceName,
      late: fc.boolean(),
    }),
    weight: 1,
  },
  {
    arbitrary: fc.record({
      t: fc.constant("move" as const),
      slice: sliceName,
      to: fc.constantFrom("a", "b", null),
    }),
    weight: 1,
  },
);

/** What happens before the loop decides again. */
export const step = fc.array(happening, { minLength: 1, maxLength: 3 });

/** A cluster in which something may be announced, for histories to begin with. */
export const beginning: fc.Arbitrary<readonly Happening[]> = fc
  .tuple(
    fc.oneof(fc.constant(fullConfiguration), configuration),
    fc.oneof(fc.constant(healthyNode), node),
    fc.array(service, { minLength: 1, maxLength: 4 }),
    fc.array(slice, { minLength: 1, maxLength: 4 }),
  )
  .map(([configured, own, services, slices]) => [
    put("BGPConfiguration", configured),
    put("Node", own),
    ...services.map((wire) => put("Service", wire)),
    ...slices.map((wire) => put("EndpointSlice", wire)),
  ]);

function put(of: Kind, wire: object): Happening {
  return { t: "set", kind: of, wire };
}

export function keyOf(wire: unknown): string {
  const [namespace, name] = ["namespace", "name"].map((key) => text(at(wire, "metadata", key)));
  return namespace == null ? (name ?? "") : `${namespace}/${name ?? ""}`;
}

function distinct(wires: readonly object[]): readonly object[] {
  return [...new Map(wires.map((wire) => [keyOf(wire), wire])).values()];
}

/** The events that watchers see; none where what it is about is not there. */
export function eventsOf(it: Happening, world: World): readonly Event[] {
  switch (it.t) {
    case "set":
    case "remove":
    case "relist":
      return [it];
    case "edit": {
      const old = world[it.kind].get(keyOf(it.wire));
      if (old === undefined) return [];
      const [section, field] = it.at;
      const edited = { ...fields(at(old, section)), [field]: at(it.wire, section, field) };
      return [{ t: "set", kind: it.kind, wire: { ...fields(old), [section]: edited } }];
    }
    case "recreate": {
      const old = world[it.kind].get(it.key);
      if (old === undefined) return [];
      const again = withMetadata(old, { uid: "again" });
      const set: Event = { t: "set", kind: it.kind, wire: again };
      return it.seen ? [{ t: "remove", kind: it.kind, key: it.key }, set] : [set];
    }
    case "split": {
      const slice = world.EndpointSlice.get(it.from);
      if (slice === undefined || it.from === it.to) return [];
      const endpoints = list(at(slice, "endpoints"));
      const half = Math.ceil(endpoints.length / 2);
      const rest = { ...fields(slice), endpoints: endpoints.slice(half) };
      return [
        setSlice(withMetadata(rest, named(it.to))),
        setSlice({ ...fields(slice), endpoints: endpoints.slice(0, half) }),
      ];
    }
    case "merge":
      return merged(world.EndpointSlice.get(it.from), world.EndpointSlice.get(it.to), it);
    case "move": {
      const slice = world.EndpointSlice.get(it.slice);
      if (slice === undefined) return [];
      return [
        setSlice(
          withMetadata(slice, { labels: it.to === null ? {} : { "kubernetes.io/service-name": it.to } }),
        ),
      ];
    }
  }
}

function merged(
  from: unknown,
  to: unknown,
  { from: key, late }: { readonly from: string; readonly late: boolean },
): readonly Event[] {
  if (from === undefined || to === undefined || from === to) return [];
  const endpoints = [...list(at(to, "endpoints")), ...list(at(from, "endpoints"))];
  const events: readonly Event[] = [
    setSlice({ ...fields(to), endpoints }),
    { t: "remove", kind: "EndpointSlice", key },
  ];
  return late ? events.toReversed() : events;
}

function setSlice(wire: object): Event {
  return { t: "set", kind: "EndpointSlice", wire };
}

function named(key: string): object {
  const [namespace, name] = key.split("/");
  return { namespace, name };
}

function withMetadata(wire: unknown, metadata: object): object {
  return { ...fields(wire), metadata: { ...fields(at(wire, "metadata")), ...metadata } };
}

function fields(value: unknown): object {
  return typeof value === "object" && value !== null ? value : {};
}
