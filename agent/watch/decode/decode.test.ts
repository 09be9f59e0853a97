// Whatever an object holds: a decoder throws nothing but a DecodeError, and lets no unparsed address through.
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseAddress } from "../../model/address.ts";
import { parsePrefix } from "../../model/prefix.ts";
import { kindNames } from "../kinds.ts";
import { decode, modelKey } from "./decode.ts";
import { DecodeError } from "./fields.ts";

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
const text = fc.oneof(fc.string({ unit: "binary" }), hostile, fc.ipV4(), fc.ipV6());
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
const spec = record({
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
const status = record({
  loadBalancer: maybe(
    record({ ingress: maybe(list(record({ ip: maybe(), hostname: maybe(), ipMode: maybe() }))) }),
  ),
  addresses: maybe(list(record({ type: fc.constantFrom("InternalIP", "Hostname"), address: maybe() }))),
  conditions: maybe(list(record({ type: fc.constant("NetworkUnavailable"), status: maybe() }))),
});
const endpoints = list(
  maybe(
    record({
      addresses: maybe(list(text)),
      nodeName: anything,
      conditions: maybe(record({ ready: anything, serving: anything, terminating: anything })),
    }),
  ),
);
const wire = maybe(
  record({
    metadata: maybe(metadata, metadata, metadata),
    spec: maybe(spec, spec),
    status: maybe(status, status),
    addressType: maybe(fc.constantFrom("IPv4", "IPv6", "FQDN")),
    endpoints: maybe(endpoints, endpoints),
  }),
);

test.each(kindNames)("any JSON at all becomes a sound %s, or a DecodeError", (kind) => {
  fc.assert(
    fc.property(wire, (value) => {
      let object;
      try {
        object = decode(kind, value);
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
        expect(String(error)).not.toMatch(/\p{Cc}|\u202e/u);
        return;
      }
      expect(modelKey(object)).toMatch(/^[a-z0-9./-]+$/);
      for (const problem of "problems" in object ? object.problems : [])
        expect(Object.values(problem).join("")).not.toMatch(/\p{Cc}|\u202e/u);
      for (const address of addressesIn(object)) expect(parseAddress(address)).toBe(address);
      for (const prefix of "podCIDRs" in object ? object.podCIDRs : [])
        expect(parsePrefix(prefix)).toEqual({ prefix, hadHostBits: false });
    }),
    { numRuns: 500 },
  );
});

function addressesIn(object: ReturnType<typeof decode>): readonly string[] {
  if ("clusterIPs" in object) {
    const ingress = object.ingress.flatMap(({ ip }) => ip ?? []);
    return [...object.clusterIPs, ...object.externalIPs, ...ingress];
  }
  return "internalIPs" in object ? [...object.internalIPs, ...object.addresses] : [];
}
