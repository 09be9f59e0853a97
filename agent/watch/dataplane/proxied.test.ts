import { beforeEach, describe, expect, test } from "vitest";
import { endpoint, ip, node, service, slice } from "../../decide/decide.fixture.ts";
import { objectKey } from "../../model/service.ts";
import { Cluster } from "../cluster.ts";
import { kindNames } from "../kinds.ts";

const [web, api] = [objectKey("default", "web"), objectKey("default", "api")];
let told: string[];
let cluster: Cluster;

beforeEach(() => {
  told = [];
  cluster = new Cluster(undefined, (key, part) => told.push(`${key} ${part}`));
  for (const kind of kindNames) cluster.replace(kind, new Map());
  cluster.set("Service", "default/web", service());
  cluster.set("EndpointSlice", "default/web-1", slice([endpoint()]));
});

test("objects of the first lists are none", () => {
  const first = new Cluster(undefined, (key, part) => told.push(`${key} ${part}`));
  told = [];
  for (const kind of kindNames)
    if (kind === "Service") first.replace(kind, new Map([["default/web", service()]]));
    else first.replace(kind, new Map());
  expect(told).toEqual([]);
});

test("new objects are some", () => {
  expect(told).toEqual(["default/web service", "default/web endpoints"]);
});

describe("a change that the proxy", () => {
  beforeEach(() => void (told = []));

  test.each([
    ["address", { externalIPs: [ip("192.168.3.7")] }],
    ["ingress", { ingress: [{ ip: ip("192.168.5.1"), hostname: null, ipMode: "VIP" as const }] }],
    ["policy", { externalTrafficPolicy: "Local" as const }],
    ["port", { healthCheckNodePort: 30_001 }],
  ])("forwards by is told of a service: %s", (_, over) => {
    cluster.set("Service", "default/web", service(over));
    expect(told).toEqual(["default/web service"]);
  });

  test.each([
    ["annotation", { annotations: { "bellman.bgp/advertise": "local" } }],
    ["uid", { uid: "u2" }],
  ])("does not look at is not told: %s", (_, over) => {
    cluster.set("Service", "default/web", service(over));
    cluster.set("EndpointSlice", "default/web-1", slice([endpoint()], { triggeredAtMs: 7 }));
    cluster.set("Node", "n1", node());
    expect(told).toEqual([]);
  });

  test("forwards by is told of a slice, and of both services when it moves", () => {
    cluster.set("EndpointSlice", "default/web-1", slice([endpoint({ ready: false })]));
    cluster.set("EndpointSlice", "default/web-1", slice([endpoint({ ready: false })], { service: api }));
    cluster.remove("EndpointSlice", "default/web-1");
    expect(told).toEqual([`${web} endpoints`, `${web} endpoints`, `${api} endpoints`, `${api} endpoints`]);
  });

  test("forwards by is told of a service that is gone", () => {
    cluster.remove("Service", "default/web");
    expect(told).toEqual([`${web} service`]);
  });

  test("forwards by is found in a later list, and the rest of it is not told", () => {
    cluster.set("Service", "default/api", service({ key: api }));
    told = [];
    const changed = service({ key: api, externalIPs: [ip("192.168.3.7")] });
    cluster.replace("Service", new Map([["default/api", changed]]));
    expect(told).toEqual([`${api} service`, `${web} service`]);
    cluster.replace("Service", new Map([["default/api", changed]]));
    cluster.replace("EndpointSlice", new Map([["default/web-1", slice([endpoint()])]]));
    expect(told).toHaveLength(2);
  });
});
