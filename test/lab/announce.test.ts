// What the ToR learns as services, endpoints and configuration change: three nodes, an FRR ToR.
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startRack } from "../../lab/rack/rack.ts";
import type { Rack } from "../../lab/rack/rack.ts";
import { until } from "../support/until.ts";
import { reachedOver, reasonOn, sessionCounters } from "./expect-routes.ts";

const all = ["n1", "n2", "n3"] as const;
const clusterCidr = "10.49.0.0/16";
const nginx = "10.49.62.131/32";
const exclude = "node.kubernetes.io/exclude-from-external-load-balancers";

let rack: Rack;
let counters: unknown;

beforeAll(async () => {
  rack = await startRack({ prefix: `ann${process.pid}`, tor: "frr" });
  await reachedOver(rack, clusterCidr, all);
  await until("every session is up", async () =>
    Object.values(await rack.tor.sessions()).every(({ established }) => established),
  );
});
afterAll(() => rack.down());

/** Everything below happens without touching a session. */
beforeEach(async () => {
  counters = await sessionCounters(rack);
  return async () => {
    expect(await sessionCounters(rack)).toEqual(counters);
  };
});

function policy(externalTrafficPolicy: "Cluster" | "Local") {
  return rack.patch("Service", "nginx", { spec: { externalTrafficPolicy } });
}

/** A service of its own for one test, with one ready pod on each of these nodes. */
async function service(
  name: string,
  spec: object,
  nodes: readonly ("n1" | "n2" | "n3")[],
  status: object = {},
) {
  const ports = [{ name: "http", protocol: "TCP", port: 80, targetPort: 80 }];
  await rack.apply([
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace: "default" },
      spec: { ...spec, ports },
      status,
    },
  ]);
  await rack.setPods(
    name,
    nodes.map((node) => ({ pod: `${name}-${node}`, node })),
  );
}

describe("cluster IPs", () => {
  it("A1: every node announces the CIDR, and the ToR spreads over exactly the nodes", async () => {
    await reachedOver(rack, clusterCidr, all);
    await reachedOver(rack, "fd00:10:49::/112", all);
  });

  it("A3: a NodePort service with policy Cluster has no host route and is reachable through the CIDR", async () => {
    await rack.client.reaches("10.49.62.131", 80);
    expect(await rack.tor.routes(nginx)).toEqual([]);
    expect(await reasonOn(rack, "n1", "10.49.62.131")).toBe("CoveredByAggregate");
  });

  it("A2: a Local service is announced by the nodes with a ready endpoint only, beside the CIDR", async () => {
    await service(
      "one",
      { type: "NodePort", clusterIP: "10.49.0.2", clusterIPs: ["10.49.0.2"], externalTrafficPolicy: "Local" },
      ["n2"],
    );
    await reachedOver(rack, "10.49.0.2/32", ["n2"]);
    await reachedOver(rack, clusterCidr, all);
    await rack.client.reaches("10.49.0.2", 80);
    const { byNode, failures } = await rack.client.connect("10.49.0.2", 80, 30);
    expect({ byNode, failures }).toEqual({ byNode: { n1: 0, n2: 30, n3: 0 }, failures: [] });
    await rack.delete("Service", "one");
  });

  it("A11: policy Cluster → Local → Cluster: the next hops follow and the sessions stay", async () => {
    await policy("Local");
    await reachedOver(rack, nginx, ["n1", "n2"]);
    await reachedOver(rack, "fd00:10:49::6283/128", ["n1", "n2"]);
    expect(await reasonOn(rack, "n3", "10.49.62.131")).toBe("NoLocalEndpoints");
    await policy("Cluster");
    await reachedOver(rack, nginx, []);
    await reachedOver(rack, clusterCidr, all);
  });

  it("A5: a deleted service loses its host route, the CIDR stays", async () => {
    await service(
      "gone",
      { type: "NodePort", clusterIP: "10.49.0.3", clusterIPs: ["10.49.0.3"], externalTrafficPolicy: "Local" },
      ["n1"],
    );
    await reachedOver(rack, "10.49.0.3/32", ["n1"]);
    await rack.delete("Service", "gone");
    await reachedOver(rack, "10.49.0.3/32", []);
    await reachedOver(rack, clusterCidr, all);
  });
});

describe("an endpoint that moves", () => {
  it("A13: a service that moves from n2 to n3, ready there first, is reachable all the time", async () => {
    const spec = { clusterIP: "10.49.0.8", clusterIPs: ["10.49.0.8"], externalTrafficPolicy: "Local" };
    await service("moves", { type: "NodePort", ...spec }, ["n2"]);
    await reachedOver(rack, "10.49.0.8/32", ["n2"]);
    await rack.client.reaches("10.49.0.8", 80);
    const monitor = await rack.tor.monitor();
    const pods = { n2: { pod: "moves-n2", node: "n2" }, n3: { pod: "moves-n3", node: "n3" } } as const;
    await rack.setPods("moves", [pods.n2, pods.n3]);
    await reachedOver(rack, "10.49.0.8/32", ["n2", "n3"]);
    await rack.setPods("moves", [{ ...pods.n2, ready: false }, pods.n3]);
    await reachedOver(rack, "10.49.0.8/32", ["n3"]);
    await rack.setPods("moves", [pods.n3]);
    await rack.client.reaches("10.49.0.8", 80);
    const events = (await monitor.events()).filter(({ prefix }) => prefix === "10.49.0.8");
    expect(events.length).toBeGreaterThan(1);
    expect(events.filter(({ type, nextHops }) => type === "deleted" || nextHops.length === 0)).toEqual([]);
    await monitor.stop();
    await rack.delete("Service", "moves");
  });
});

describe("external and load balancer IPs", () => {
  it("A6: cluster, external and load balancer CIDRs each come from all nodes", async () => {
    for (const cidr of [clusterCidr, "192.168.3.0/24", "192.168.5.0/24"]) await reachedOver(rack, cidr, all);
  });

  it("A7: an external IP is announced for a Local service inside the range, and nowhere else", async () => {
    const ip = (address: string, externalTrafficPolicy: "Cluster" | "Local", externalIP: string) => ({
      type: "NodePort",
      clusterIP: address,
      clusterIPs: [address],
      externalTrafficPolicy,
      externalIPs: [externalIP],
    });
    await service("ext-local", ip("10.49.0.4", "Local", "192.168.3.7"), ["n3"]);
    await service("ext-cluster", ip("10.49.0.5", "Cluster", "192.168.3.8"), ["n3"]);
    await service("ext-outside", ip("10.49.0.6", "Local", "192.168.4.9"), ["n3"]);
    await reachedOver(rack, "192.168.3.7/32", ["n3"]);
    await until(
      "n3 has judged the others",
      async () => (await reasonOn(rack, "n3", "192.168.4.9")) !== undefined,
    );
    expect(await reasonOn(rack, "n3", "192.168.3.8")).toBe("CoveredByAggregate");
    expect(await reasonOn(rack, "n3", "192.168.4.9")).toBe("OutsideAllowList");
    // The route of the same service that is due has arrived: the one that is not would have, too.
    await reachedOver(rack, "10.49.0.6/32", ["n3"]);
    expect(await rack.tor.routes("192.168.3.8/32")).toEqual([]);
    expect(await rack.tor.routes("192.168.4.9/32")).toEqual([]);
    for (const name of ["ext-local", "ext-cluster", "ext-outside"]) await rack.delete("Service", name);
  });

  it("A8: a load balancer IP is announced by its node with policy Local, by the CIDR only with Cluster", async () => {
    const status = { loadBalancer: { ingress: [{ ip: "192.168.5.9" }] } };
    const spec = { type: "LoadBalancer", clusterIP: "10.49.0.7", clusterIPs: ["10.49.0.7"] };
    await service("lb", { ...spec, externalTrafficPolicy: "Local" }, ["n1"], status);
    await reachedOver(rack, "192.168.5.9/32", ["n1"]);
    await rack.patch("Service", "lb", { spec: { externalTrafficPolicy: "Cluster" } });
    await reachedOver(rack, "192.168.5.9/32", []);
    await reachedOver(rack, "192.168.5.0/24", all);
    await rack.delete("Service", "lb");
  });
});

describe("a load balancer that gives another address", () => {
  it("A12: the new prefix comes in before the old one goes", async () => {
    const ingress = (ip: string) => ({ loadBalancer: { ingress: [{ ip }] } });
    const spec = { type: "LoadBalancer", clusterIP: "10.49.0.9", clusterIPs: ["10.49.0.9"] };
    await service("lb", { ...spec, externalTrafficPolicy: "Local" }, ["n1"], ingress("192.168.5.20"));
    await reachedOver(rack, "192.168.5.20/32", ["n1"]);
    const monitor = await rack.tor.monitor();
    await rack.patch("Service", "lb", { status: ingress("192.168.5.21") });
    await reachedOver(rack, "192.168.5.20/32", []);
    await reachedOver(rack, "192.168.5.21/32", ["n1"]);
    expect((await monitor.events()).map(({ type, prefix }) => `${type} ${prefix}`)).toEqual([
      "set 192.168.5.21",
      "deleted 192.168.5.20",
    ]);
    await monitor.stop();
    await rack.delete("Service", "lb");
  });
});

describe("the node", () => {
  it('N1: an exclusion label of "true" or "" takes all service routes of the node, "false" brings them back', async () => {
    await policy("Local");
    await reachedOver(rack, nginx, ["n1", "n2"]);
    for (const value of ["true", ""]) {
      await rack.patch("Node", "n2", { metadata: { labels: { [exclude]: value } } });
      await reachedOver(rack, nginx, ["n1"]);
      for (const cidr of [clusterCidr, "192.168.3.0/24", "192.168.5.0/24"])
        await reachedOver(rack, cidr, ["n1", "n3"]);
      expect(await reasonOn(rack, "n2", "10.49.62.131")).toBe("NodeExcluded");
      await rack.patch("Node", "n2", { metadata: { labels: { [exclude]: "false" } } });
      await reachedOver(rack, nginx, ["n1", "n2"]);
      await reachedOver(rack, clusterCidr, all);
    }
    await policy("Cluster");
    await reachedOver(rack, nginx, []);
  });
});

/** The last, because it leaves its services behind. */
describe("many services", () => {
  const localService = (name: string, address: string) => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace: "default" },
    spec: {
      type: "NodePort",
      clusterIP: address,
      clusterIPs: [address],
      externalTrafficPolicy: "Local",
      ports: [{ name: "http", protocol: "TCP", port: 80, targetPort: 80 }],
    },
  });
  const slice = (service: string, pods: readonly string[]) => ({
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: `${service}-1`,
      namespace: "default",
      labels: { "kubernetes.io/service-name": service },
    },
    addressType: "IPv4",
    ports: [{ name: "http", protocol: "TCP", port: 80 }],
    endpoints: pods.map((address) => ({ addresses: [address], nodeName: "n2", conditions: { ready: true } })),
  });

  it("A10: 51 Local services at once are 51 host routes, and none when they are scaled to nothing", async () => {
    const numbers = Array.from({ length: 51 }, (_, index) => index + 1);
    const hostRoutes = async () => {
      const routes = [...(await rack.tor.allRoutes("ipv4"))];
      return Object.fromEntries(routes.filter(([prefix]) => prefix.startsWith("10.49.7.")));
    };
    const become = (title: string, wanted: object) =>
      until(title, async () => isDeepStrictEqual(await hostRoutes(), wanted), { timeoutMs: 20_000 });
    // Of pods that nobody runs: what counts here is that their slices say they are on n2.
    await rack.apply(
      numbers.flatMap((number) => [
        localService(`many-${number}`, `10.49.7.${number}`),
        slice(`many-${number}`, [`10.48.99.${number}`]),
      ]),
    );
    const onN2 = numbers.map((number) => [`10.49.7.${number}`, ["192.168.1.11"]] as const);
    await become("the ToR has 51 host routes over n2", Object.fromEntries(onN2));
    await rack.apply(numbers.map((number) => slice(`many-${number}`, [])));
    await become("all host routes are gone", {});
    await reachedOver(rack, clusterCidr, all);
  });
});
