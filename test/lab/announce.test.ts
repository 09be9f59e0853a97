// What the ToR learns as services, endpoints and configuration change: an FRR ToR, and gobgpd, FRR and BIRD on the nodes.
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { nodeNames } from "../../lab/rack/layout.ts";
import type { NodeName } from "../../lab/rack/layout.ts";
import { startRack } from "../../lab/rack/rack.ts";
import type { Rack } from "../../lab/rack/rack.ts";
import { engineOn } from "../../lab/rack/speakers.ts";
import { until } from "../support/until.ts";
import { reachedOver, reasonOn, sessionCounters } from "./expect-routes.ts";

const all = nodeNames;
const clusterCidr = "10.49.0.0/16";
const nginx = "10.49.62.131/32";
const exclude = "node.kubernetes.io/exclude-from-external-load-balancers";

let rack: Rack;
let counters: unknown;

beforeAll(async () => {
  rack = await startRack({ prefix: `ann${process.pid}`, tor: "frr", engine: "mixed" });
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

const engines = all.map((node) => [engineOn[node], node] as const);

/** Which engine gives a route up, and which takes it over. */
const moves = all.map((from, index) => {
  const to = all[(index + 1) % all.length] ?? from;
  return [`from ${engineOn[from]} to ${engineOn[to]}`, from, to] as const;
});

function nginxOn(nodes: readonly NodeName[]) {
  return rack.setPods(
    "nginx",
    nodes.map((node) => ({ pod: `nginx-${node}`, node })),
  );
}

/** A service of its own for one test, with one ready pod on each of these nodes. */
async function service(name: string, spec: object, nodes: readonly NodeName[], status: object = {}) {
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

  it.each(moves)(
    "A11: policy Cluster → Local → Cluster: the next hops follow, %s as well, and the sessions stay",
    async (_title, from, to) => {
      await nginxOn([from, to]);
      await policy("Local");
      await reachedOver(rack, nginx, [from, to]);
      await reachedOver(rack, "fd00:10:49::6283/128", [from, to]);
      const third = all.find((node) => ![from, to].includes(node)) ?? "n3";
      expect(await reasonOn(rack, third, "10.49.62.131")).toBe("NoLocalEndpoints");
      await policy("Cluster");
      await reachedOver(rack, nginx, []);
      await reachedOver(rack, clusterCidr, all);
    },
  );

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
  it.each(moves)(
    "A13: a service that moves %s, ready there first, is reachable all the time",
    async (_title, from, to) => {
      const spec = { clusterIP: "10.49.0.8", clusterIPs: ["10.49.0.8"], externalTrafficPolicy: "Local" };
      await service("moves", { type: "NodePort", ...spec }, [from]);
      await reachedOver(rack, "10.49.0.8/32", [from]);
      await rack.client.reaches("10.49.0.8", 80);
      const monitor = await rack.tor.monitor();
      const [old, young] = [from, to].map((node) => ({ pod: `moves-${node}`, node }));
      if (old === undefined || young === undefined) throw new Error("there are two");
      await rack.setPods("moves", [old, young]);
      await reachedOver(rack, "10.49.0.8/32", [from, to]);
      await rack.setPods("moves", [{ ...old, ready: false }, young]);
      await reachedOver(rack, "10.49.0.8/32", [to]);
      await rack.setPods("moves", [young]);
      await rack.client.reaches("10.49.0.8", 80);
      const events = (await monitor.events()).filter(({ prefix }) => prefix === "10.49.0.8");
      expect(events.length).toBeGreaterThan(1);
      expect(events.filter(({ type, nextHops }) => type === "deleted" || nextHops.length === 0)).toEqual([]);
      await monitor.stop();
      await rack.delete("Service", "moves");
      await reachedOver(rack, "10.49.0.8/32", []);
    },
  );
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
  it.each(engines)("A12: the new prefix comes in before the old one goes (%s)", async (_engine, node) => {
    const ingress = (ip: string) => ({ loadBalancer: { ingress: [{ ip }] } });
    const spec = { type: "LoadBalancer", clusterIP: "10.49.0.9", clusterIPs: ["10.49.0.9"] };
    const local = { ...spec, externalTrafficPolicy: "Local" };
    await service("lb", local, [node], ingress("192.168.5.20"));
    await reachedOver(rack, "192.168.5.20/32", [node]);
    const monitor = await rack.tor.monitor();
    await rack.patch("Service", "lb", { status: ingress("192.168.5.21") });
    await reachedOver(rack, "192.168.5.20/32", []);
    await reachedOver(rack, "192.168.5.21/32", [node]);
    expect((await monitor.events()).map(({ type, prefix }) => `${type} ${prefix}`)).toEqual([
      "set 192.168.5.21",
      "deleted 192.168.5.20",
    ]);
    await monitor.stop();
    await rack.delete("Service", "lb");
    await reachedOver(rack, "192.168.5.21/32", []);
  });
});

describe("the node", () => {
  it.each(engines)(
    'N1: an exclusion label of "true" or "" takes all service routes of the node, "false" brings them back (%s)',
    async (_engine, node) => {
      const others = all.filter((each) => each !== node);
      await nginxOn(all);
      await policy("Local");
      await reachedOver(rack, nginx, all);
      for (const value of ["true", ""]) {
        await rack.patch("Node", node, { metadata: { labels: { [exclude]: value } } });
        for (const prefix of [nginx, clusterCidr, "192.168.3.0/24", "192.168.5.0/24"])
          await reachedOver(rack, prefix, others);
        expect(await reasonOn(rack, node, "10.49.62.131")).toBe("NodeExcluded");
        await rack.patch("Node", node, { metadata: { labels: { [exclude]: "false" } } });
        for (const prefix of [nginx, clusterCidr]) await reachedOver(rack, prefix, all);
      }
      await policy("Cluster");
      await reachedOver(rack, nginx, []);
    },
  );
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
  const slice = (service: string, pod: string, nodes: readonly NodeName[]) => ({
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: `${service}-1`,
      namespace: "default",
      labels: { "kubernetes.io/service-name": service },
    },
    addressType: "IPv4",
    ports: [{ name: "http", protocol: "TCP", port: 80 }],
    endpoints: nodes.map((nodeName) => ({ addresses: [pod], nodeName, conditions: { ready: true } })),
  });

  it("A10: 51 Local services at once are 51 host routes, and none when they are scaled to nothing", async () => {
    const numbers = Array.from({ length: 51 }, (_, index) => index + 1);
    const hostRoutes = async () => {
      const routes = [...(await rack.tor.allRoutes("ipv4"))];
      return Object.fromEntries(routes.filter(([prefix]) => prefix.startsWith("10.49.7.")));
    };
    const become = (title: string, wanted: object) =>
      until(title, async () => isDeepStrictEqual(await hostRoutes(), wanted), { timeoutMs: 20_000 });
    // Of pods that nobody runs: what counts here is that their slices say on which nodes they are.
    await rack.apply(
      numbers.flatMap((number) => [
        localService(`many-${number}`, `10.49.7.${number}`),
        slice(`many-${number}`, `10.48.99.${number}`, all),
      ]),
    );
    const nextHops = rack.nodes.map(({ addresses }) => addresses.ipv4);
    const onAll = numbers.map((number) => [`10.49.7.${number}`, nextHops] as const);
    await become("the ToR has 51 host routes over all nodes", Object.fromEntries(onAll));
    await rack.apply(numbers.map((number) => slice(`many-${number}`, "", [])));
    await become("all host routes are gone", {});
    await reachedOver(rack, clusterCidr, all);
  });
});
