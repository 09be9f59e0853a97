// The dataplane gate against the real kube-proxy: asked, frozen, and back.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at, isObject, items } from "../../lab/rack/json.ts";
import type { NodeName } from "../../lab/rack/layout.ts";
import { startRack } from "../../lab/rack/rack.ts";
import type { Rack } from "../../lab/rack/rack.ts";
import { reachedOver, reasonOn } from "../lab/expect-routes.ts";
import { run } from "../support/netns.ts";
import { until } from "../support/until.ts";

const nginx = "10.49.62.131/32";
/** No test waits as long as this. */
const longWait = ["--dataplane-gate-max-wait", "10m"];

let rack: Rack;

beforeAll(async () => {
  rack = await startRack({
    prefix: `gat${process.pid}`,
    tor: "bird",
    cluster: "kubernetes",
    agentSettings: longWait,
  });
  await rack.patch("Service", "nginx", { spec: { externalTrafficPolicy: "Local" } });
  await reachedOver(rack, nginx, ["n1", "n2"]);
});
afterAll(() => rack.down());

function service(name: string, spec: object, ingress: readonly object[] = []): object {
  const ports = [{ name: "http", port: 80, targetPort: 80 }];
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name },
    spec: { selector: { app: name }, ports, ...spec },
    status: { loadBalancer: { ingress } },
  };
}

async function kubeProxyOn(node: NodeName): Promise<number> {
  const pids = (await run("ip", "netns", "pids", rack.node(node).netns)).split("\n").map(Number);
  const found = pids.find(
    (pid) => pid > 0 && readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "kube-proxy",
  );
  if (found === undefined) throw new Error(`no kube-proxy on ${node}`);
  return found;
}

/** Does some work while kube-proxy on a node takes connections and does nothing else. */
async function whileFrozen(node: NodeName, work: () => Promise<void>): Promise<void> {
  const pid = await kubeProxyOn(node);
  process.kill(pid, "SIGSTOP");
  try {
    await work();
  } finally {
    process.kill(pid, "SIGCONT");
  }
}

async function forwards(node: NodeName, address: string): Promise<boolean> {
  return (await rack.node(node).exec("nft", "list", "map", "ip", "kube-proxy", "service-ips")).includes(
    ` ${address} `,
  );
}

async function problemsOf(node: NodeName): Promise<readonly string[]> {
  return items(at(await rack.node(node).agent.api("status"), "problems"))
    .filter(isObject)
    .map(({ object, message }) => `${String(object)}: ${String(message)}`);
}

/** Waits until n1 holds the route back, and looks that its kube-proxy cannot forward. */
async function heldBackOnN1(address: string): Promise<void> {
  await until(
    `n1 holds ${address} back`,
    async () => (await reasonOn(rack, "n1", address)) === "DataplaneNotReady",
  );
  expect(await forwards("n1", address)).toBe(false);
}

describe("N8: what kube-proxy tells", () => {
  it("is when it synced each family, in a field of its own", async () => {
    const get = [process.execPath, "lab/get.mjs", "http://127.0.0.1:10256/healthz"];
    const health: unknown = JSON.parse(String(at(JSON.parse(await rack.node("n1").exec(...get)), "body")));
    for (const family of ["IPv4", "IPv6"])
      expect(Date.parse(String(at(health, "status", family, "lastUpdated")))).toBeLessThanOrEqual(Date.now());
    expect(isObject(health) && typeof health["healthy"]).toBe("boolean");
  });
});

describe("N8: a new host route", () => {
  it("of a Local LoadBalancer service is announced from a node only when kube-proxy there serves it", async () => {
    const [address, pods] = ["192.168.5.7", ["n1", "n2"] as const];
    await whileFrozen("n1", async () => {
      await rack.apply([
        service("balanced", { type: "LoadBalancer", externalTrafficPolicy: "Local" }, [{ ip: address }]),
      ]);
      await rack.setPods(
        "balanced",
        pods.map((node) => ({ pod: `balanced-${node}`, node })),
      );
      await reachedOver(rack, `${address}/32`, ["n2"]);
      expect(await forwards("n2", address)).toBe(true);
      await heldBackOnN1(address);
      const explained = JSON.stringify(await rack.node("n1").agent.api(`explain?q=${address}`));
      expect(explained).toMatch(/kube-proxy on n1: healthCheckNodePort \d+ has not answered 200/);
      await reachedOver(rack, `${address}/32`, ["n2"]);
    });
    await reachedOver(rack, `${address}/32`, pods);
    expect(await forwards("n1", address)).toBe(true);
  });

  it("of an exact entry likewise, from all nodes", async () => {
    const address = "192.168.3.77";
    await rack.patch("BGPConfiguration", "default", {
      spec: { serviceExternalIPs: [{ cidr: "192.168.3.0/24" }, { cidr: `${address}/32` }] },
    });
    await rack.apply([service("exact", { externalIPs: [address] })]);
    await whileFrozen("n1", async () => {
      await rack.setPods("exact", [{ pod: "exact-1", node: "n3" }]);
      await reachedOver(rack, `${address}/32`, ["n2", "n3"]);
      await until(
        "n1 holds it back",
        async () => (await reasonOn(rack, "n1", address)) === "DataplaneNotReady",
      );
    });
    await reachedOver(rack, `${address}/32`, ["n1", "n2", "n3"]);
  });

  it("that comes back with its node's label needs no other sync of kube-proxy", async () => {
    const label = "node.kubernetes.io/exclude-from-external-load-balancers";
    await rack.patch("Node", "n1", { metadata: { labels: { [label]: "" } } });
    await reachedOver(rack, nginx, ["n2"]);
    await rack.patch("Node", "n1", { metadata: { labels: { [label]: null } } });
    await reachedOver(rack, nginx, ["n1", "n2"]);
    expect(await problemsOf("n1")).toEqual([]);
  });
});

describe("N8: with kube-proxy frozen", () => {
  it("a restart of the agent causes not one route event", async () => {
    const { agent } = rack.node("n1");
    await whileFrozen("n1", async () => {
      const monitor = await rack.tor.monitor();
      await agent.restart("SIGKILL");
      await agent.ready();
      expect(await reasonOn(rack, "n1", "10.49.62.131")).toBe("LocalEndpoints");
      expect(await monitor.events()).toEqual([]);
      await monitor.stop();
    });
  });

  it("a new route is announced after the maximum wait, and that is a problem until kube-proxy has synced", async () => {
    const { agent } = rack.node("n1");
    const address = "10.49.62.200";
    await agent.stop();
    agent.start("--dataplane-gate-max-wait", "2s");
    await agent.ready();
    const problem = `Service/default/late: ${address} is announced after 2 s (--dataplane-gate-max-wait)`;
    await whileFrozen("n1", async () => {
      await rack.apply([
        service("late", { type: "NodePort", externalTrafficPolicy: "Local", clusterIP: address }),
      ]);
      await rack.setPods("late", [{ pod: "late-1", node: "n1" }]);
      await reachedOver(rack, `${address}/32`, ["n1"]);
      expect(await forwards("n1", address)).toBe(false);
      expect(await reasonOn(rack, "n1", address)).toBe("LocalEndpoints");
      expect(await problemsOf("n1")).toEqual([expect.stringContaining(problem)]);
      const explained = JSON.stringify(await agent.api(`explain?q=${address}`));
      expect(explained).toContain("announced after the maximum wait (--dataplane-gate-max-wait)");
    });
    await until("the problem is solved", async () => (await problemsOf("n1")).length === 0, {
      timeoutMs: 30_000,
    });
    const warnings = agent
      .log()
      .filter(({ level, msg }) => level === "warn" && String(msg).includes(problem));
    expect(warnings).toHaveLength(1);
  });
});
