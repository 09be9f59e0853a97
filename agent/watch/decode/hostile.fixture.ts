// Objects that hold whatever anybody may write: arbitrary JSON in every field, and text that is meant to hurt.
import fc from "fast-check";

/** Text that hurts where it is shown, looked up or pasted into a configuration. */
const hostile = fc.constantFrom(
  "__proto__",
  "constructor",
  "10.0.0.1\nneighbor 10.0.0.2 shutdown",
  "\u001b[2J",
  "\u202egpj.exe",
  "0x7f.1",
  "::ffff:10.0.0.1",
  "10.0.0.1/32",
  "None",
  "",
);
export const text = fc.oneof(fc.string({ unit: "binary" }), hostile, fc.ipV4(), fc.ipV6());
const anything: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue(),
  text,
  fc.array(text),
  fc.dictionary(text, text),
);
const maybe = (...shapes: fc.Arbitrary<unknown>[]) => fc.oneof(anything, ...shapes);
const record = (shape: Record<string, fc.Arbitrary<unknown>>) => fc.record(shape, { requiredKeys: [] });
const list = (entry: fc.Arbitrary<unknown>) => fc.array(entry, { maxLength: 4 });

const metadata = record({
  name: maybe(fc.constant("web"), fc.constant("web")),
  namespace: maybe(fc.constant("shop")),
  uid: anything,
  labels: maybe(fc.dictionary(text, anything), record({ "kubernetes.io/service-name": anything })),
  annotations: maybe(
    record({ "bellman.bgp/med": anything, "endpoints.kubernetes.io/last-change-trigger-time": anything }),
  ),
  deletionTimestamp: anything,
});
export const spec = record({
  type: anything,
  clusterIP: anything,
  clusterIPs: maybe(list(text)),
  externalIPs: maybe(list(text)),
  externalTrafficPolicy: anything,
  internalTrafficPolicy: anything,
  loadBalancerClass: anything,
  healthCheckNodePort: anything,
  podCIDR: anything,
  podCIDRs: maybe(list(text)),
});
export const status = record({
  loadBalancer: maybe(
    record({ ingress: maybe(list(record({ ip: maybe(), hostname: maybe(), ipMode: maybe() }))) }),
  ),
  addresses: maybe(list(record({ type: fc.constantFrom("InternalIP", "Hostname"), address: maybe() }))),
  conditions: maybe(list(record({ type: fc.constant("NetworkUnavailable"), status: maybe() }))),
});
export const endpoints = list(
  maybe(
    record({
      addresses: maybe(list(text)),
      nodeName: anything,
      conditions: maybe(record({ ready: anything, serving: anything, terminating: anything })),
    }),
  ),
);
/** An object of any kind, most of it with fields that are looked at. */
export const wire = maybe(
  record({
    metadata: maybe(metadata, metadata, metadata),
    spec: maybe(spec, spec),
    status: maybe(status, status),
    addressType: maybe(fc.constantFrom("IPv4", "IPv6", "FQDN")),
    endpoints: maybe(endpoints, endpoints),
  }),
);
