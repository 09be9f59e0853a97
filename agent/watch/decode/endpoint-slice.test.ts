import { expect, test } from "vitest";
import { decodeEndpointSlice } from "./endpoint-slice.ts";

const wire = (endpoints: unknown, rest: object = {}) => ({
  metadata: { namespace: "shop", name: "web-x", labels: { "kubernetes.io/service-name": "web" } },
  addressType: "IPv4",
  endpoints,
  ...rest,
});

test("an endpoint whose conditions are nil is ready, serves and does not terminate", () => {
  for (const conditions of [undefined, null, {}, { ready: null, serving: null, terminating: null }]) {
    const { endpoints, problems } = decodeEndpointSlice(wire([{ addresses: ["10.48.1.10"], conditions }]));
    expect(endpoints).toEqual([
      { address: "10.48.1.10", nodeName: null, ready: true, serving: true, terminating: false },
    ]);
    expect(problems).toEqual([]);
  }
});

test("conditions are taken as they are written", () => {
  const conditions = { ready: false, serving: true, terminating: true };
  const { endpoints } = decodeEndpointSlice(
    wire([{ addresses: ["10.48.1.10"], nodeName: "n1", conditions }]),
  );
  expect(endpoints).toEqual([{ address: "10.48.1.10", nodeName: "n1", ...conditions }]);
});

test("a slice belongs to the service its label names, in its own namespace", () => {
  expect(decodeEndpointSlice(wire(null)).service).toBe("shop/web");
  expect(decodeEndpointSlice({ metadata: { name: "x" }, addressType: "IPv4" }).service).toBeNull();
});

test.each([
  ["IPv4", "10.48.1.10", "ipv4"],
  ["IPv6", "FD00::A", "ipv6"],
  ["FQDN", "backend.example", null],
])("addressType %s gives the family", (addressType, address, family) => {
  const slice = decodeEndpointSlice(wire([{ addresses: [address] }], { addressType }));
  expect(slice).toMatchObject({ family, problems: [] });
  expect(slice.endpoints).toHaveLength(1);
});

test("the time of the change behind a slice is kept in ms", () => {
  const annotations = { "endpoints.kubernetes.io/last-change-trigger-time": "2026-01-01T00:00:00.25Z" };
  const slice = decodeEndpointSlice({ metadata: { name: "x", annotations }, addressType: "IPv4" });
  expect(slice.triggeredAtMs).toBe(Date.UTC(2026, 0, 1, 0, 0, 0, 250));
});

test.each([
  ["addressType", wire([], { addressType: "IPX" })],
  ["endpoints", wire({})],
  ["endpoints[0]", wire(["10.48.1.10"])],
  ["endpoints[0].addresses", wire([{ addresses: [] }])],
  ["endpoints[0].addresses", wire([{ addresses: ["fd00::a"] }])],
  ["endpoints[0].conditions", wire([{ addresses: ["10.48.1.10"], conditions: { ready: "true" } }])],
  ["endpoints[0].conditions", wire([{ addresses: ["10.48.1.10"], conditions: "ready" }])],
  ["endpoints[0].nodeName", wire([{ addresses: ["10.48.1.10"], nodeName: "n1\nn2" }])],
])("a bad %s is reported under that name, and an endpoint in doubt does not serve", (field, object) => {
  const { problems } = decodeEndpointSlice(object);
  expect(problems).toMatchObject([{ object: "EndpointSlice/shop/web-x", field }]);
});
