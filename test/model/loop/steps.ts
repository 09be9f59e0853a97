// What may happen to a node whose routes wait for its proxy and are drained.
import * as fc from "fast-check";

export const addresses = ["10.49.0.1", "10.49.0.2"] as const;
export const serviceNames = ["a", "b"] as const;

export type Address = (typeof addresses)[number];
export type ServiceName = (typeof serviceNames)[number];

export interface ServiceState {
  readonly address: Address;
  readonly type: "ClusterIP" | "LoadBalancer";
  readonly optedOut: boolean;
}

export type Step =
  | { readonly t: "service"; readonly name: ServiceName; readonly to: ServiceState | null }
  /** A service asks for no route any more, or for one again, by an annotation. */
  | { readonly t: "optOut"; readonly name: ServiceName; readonly optedOut: boolean }
  /** null: the slice is gone. */
  | { readonly t: "slice"; readonly name: ServiceName; readonly ready: boolean | null }
  | { readonly t: "node"; readonly excluded: boolean; readonly drained: boolean }
  | { readonly t: "configuration"; readonly there: boolean }
  /** Services and slices are listed again, and are as they were. */
  | { readonly t: "relist" }
  /** `bellman drain`, and `--undo`. */
  | { readonly t: "ask"; readonly drain: boolean }
  | { readonly t: "speaker"; readonly fault: "kill" | "start" }
  | { readonly t: "restart" }
  /** kube-proxy takes in all there is. */
  | { readonly t: "sync" }
  | { readonly t: "wait"; readonly ms: number };

const name = fc.constantFrom(...serviceNames);
const state = fc.record({
  address: fc.constantFrom(addresses[0], addresses[0], addresses[0], addresses[1]),
  type: fc.constantFrom("ClusterIP" as const, "LoadBalancer" as const),
  optedOut: fc.constantFrom(false, false, false, true),
});

export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    arbitrary: fc.record({ t: fc.constant("service" as const), name, to: fc.option(state, { freq: 3 }) }),
    weight: 5,
  },
  {
    arbitrary: fc.record({
      t: fc.constant("slice" as const),
      name,
      ready: fc.constantFrom(true, true, true, false, null),
    }),
    weight: 6,
  },
  {
    arbitrary: fc.record({
      t: fc.constant("node" as const),
      excluded: fc.constantFrom(false, false, true),
      drained: fc.constantFrom(false, false, true),
    }),
    weight: 2,
  },
  { arbitrary: fc.record({ t: fc.constant("configuration" as const), there: fc.boolean() }), weight: 1 },
  { arbitrary: fc.record({ t: fc.constant("relist" as const) }), weight: 1 },
  { arbitrary: fc.record({ t: fc.constant("ask" as const), drain: fc.boolean() }), weight: 1 },
  {
    arbitrary: fc.record({
      t: fc.constant("speaker" as const),
      fault: fc.constantFrom("kill" as const, "start" as const),
    }),
    weight: 2,
  },
  { arbitrary: fc.record({ t: fc.constant("restart" as const) }), weight: 1 },
  { arbitrary: fc.record({ t: fc.constant("sync" as const) }), weight: 2 },
  {
    arbitrary: fc.record({
      t: fc.constant("wait" as const),
      ms: fc.constantFrom(100, 2_000, 3_000, 6_000, 11_000),
    }),
    weight: 5,
  },
);

/** What is there when the agent starts: services with a ready endpoint. */
export const beginning: fc.Arbitrary<readonly (readonly [ServiceName, ServiceState])[]> = fc.uniqueArray(
  fc.tuple(name, state),
  { selector: ([each]) => each },
);
