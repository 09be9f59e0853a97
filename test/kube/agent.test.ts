// The agents of a whole rack against a real API server that goes away, comes back and refuses.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Agent } from "../../lab/rack/agent.ts";
import { at, isObject, items } from "../../lab/rack/json.ts";
import { startRack } from "../../lab/rack/rack.ts";
import type { Rack } from "../../lab/rack/rack.ts";
import { reachedOver } from "../lab/expect-routes.ts";
import { projectRoot } from "../support/paths.ts";
import { until } from "../support/until.ts";

const all = ["n1", "n2", "n3"] as const;
const nginx = "10.49.62.131/32";
const clusterCidr = "10.49.0.0/16";

let rack: Rack;

beforeAll(async () => {
  rack = await startRack({ prefix: `kub${process.pid}`, tor: "bird", cluster: "kubernetes" });
  await rack.patch("Service", "nginx", { spec: { externalTrafficPolicy: "Local" } });
  await reachedOver(rack, nginx, ["n1", "n2"]);
  await reachedOver(rack, clusterCidr, all);
  await reachedOver(rack, "fd00:10:49::/112", all);
});
afterAll(() => rack.down());

function plane() {
  if (rack.controlPlane === null) throw new Error("the rack has no control plane");
  return rack.controlPlane;
}

function parsePlan(text: string): {
  readonly routes: readonly object[];
  readonly verdicts: readonly object[];
} {
  const plan: unknown = JSON.parse(text);
  const [routes, verdicts] = [at(plan, "routes"), at(plan, "verdicts")];
  return { routes: items(routes).filter(isObject), verdicts: items(verdicts).filter(isObject) };
}

async function staleSeconds(node: (typeof all)[number], kind: string): Promise<number> {
  const { body } = await rack.node(node).agent.get("/metrics");
  const line = body
    .split("\n")
    .find((each) => each.startsWith(`bellman_watch_stale_seconds{kind="${kind}"} `));
  return Number(line?.split(" ")[1]);
}

/** Nodes with a ready endpoint of nginx, as the slices tell. */
async function nodesOfNginx(): Promise<readonly string[]> {
  const selector = "kubernetes.io/service-name=nginx";
  const slices: unknown = JSON.parse(
    await plane().kubectl("get", "endpointslices", "-l", selector, "-o", "json"),
  );
  const endpoints = items(at(slices, "items")).flatMap((slice) => items(at(slice, "endpoints")));
  const ready = endpoints.filter((endpoint) => at(endpoint, "conditions", "ready") === true);
  return [...new Set(ready.map((endpoint) => String(at(endpoint, "nodeName"))))].sort();
}

describe("a dump of the cluster", () => {
  it("planned offline, gives exactly the routes that the running agents hold", async () => {
    const kinds = "services,endpointslices,nodes,bgpconfigurations,bgppeers,bgpfilters";
    const dump = await plane().kubectl("get", kinds, "--all-namespaces", "-o", "yaml");
    const program = join(projectRoot, "dist/bellman.mjs");
    for (const node of all) {
      const argv = [program, "plan", "-f", "-", "--node", node, "-o", "json"];
      const { stdout } = await execa(process.execPath, argv, { input: dump });
      const { routes, verdicts } = parsePlan(stdout);
      const agent = parsePlan((await rack.node(node).agent.get("/api/v1/routes")).body);
      expect(routes.length).toBeGreaterThan(3);
      expect(agent.routes).toEqual(routes.map((route) => ({ ...route, held: true })));
      expect(agent.verdicts).toEqual(verdicts);
    }
  });
});

describe("a change that is not made yet", () => {
  /** `bellman plan --diff` on a node, compared with its agent. Exit code 1 says that there is a difference. */
  function diffAt(node: (typeof all)[number], ...argv: readonly string[]): Promise<string> {
    const program = [
      process.execPath,
      join(projectRoot, "dist/bellman.mjs"),
      "plan",
      "--diff",
      "--node",
      node,
    ];
    const sources = ["--kubeconfig", plane().kubeconfig, "--agent", Agent.http];
    return rack.node(node).exec("sh", "-c", '"$@" || test $? = 1', "sh", ...program, ...sources, ...argv);
  }

  it("O5: laid over the cluster, tells what the running agent would announce and withdraw", async () => {
    const file = join(plane().dir, "change.json");
    const metadata = { name: "nginx", namespace: "default" };
    const spec = { externalTrafficPolicy: "Cluster", type: "NodePort", ports: [{ name: "http", port: 80 }] };
    writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "Service", metadata, spec }));
    expect(await diffAt("n1", "-f", file)).toBe(
      "- 10.49.62.131/32  CoveredByAggregate default/nginx\n" +
        "- fd00:10:49::6283/128  CoveredByAggregate default/nginx",
    );
    expect(await diffAt("n3", "-f", file)).toBe("n3: no difference.");
    expect(await diffAt("n1", "--delete", file)).toContain("- 10.49.62.131/32  nothing asks for it any more");
    expect(await diffAt("n1")).toBe("n1: no difference.");
  });
});

describe("R4: the API server is away", () => {
  it("withdraws nothing meanwhile, and the agents stay ready", async () => {
    const monitor = await rack.tor.monitor();
    const sessions = await rack.tor.sessions();
    await plane().killApiServer();
    for (const node of all)
      await until(
        `${node} knows that its picture is old`,
        async () => (await staleSeconds(node, "Service")) > 3,
        {
          timeoutMs: 30_000,
          everyMs: 250,
        },
      );
    for (const node of all) expect((await rack.node(node).agent.get("/readyz")).status).toBe(200);
    expect(await monitor.events()).toEqual([]);
    expect(await rack.tor.sessions()).toEqual(sessions);
    await monitor.stop();
  });

  it("is followed exactly when it is back, with what changed before the agent could look", async () => {
    const agentPid = rack.node("n1").agent.pid;
    process.kill(agentPid, "SIGSTOP");
    try {
      await plane().startApiServer();
      await rack.setPods("nginx", [
        { pod: "nginx-1", node: "n1", ready: false },
        { pod: "nginx-2", node: "n2", ready: false },
        { pod: "nginx-3", node: "n3" },
      ]);
      await rack.patch("BGPConfiguration", "default", { spec: { serviceExternalIPs: [] } });
      // The controllers are slower than the agents to look again for an API server that was away.
      await until("the slices tell", async () => isDeepStrictEqual(await nodesOfNginx(), ["n3"]), {
        timeoutMs: 60_000,
        everyMs: 250,
      });
      await reachedOver(rack, nginx, ["n1", "n3"]);
      await reachedOver(rack, "192.168.3.0/24", ["n1"]);
    } finally {
      process.kill(agentPid, "SIGCONT");
    }
    await reachedOver(rack, nginx, ["n3"]);
    await reachedOver(rack, "192.168.3.0/24", []);
    await reachedOver(rack, clusterCidr, all);
    for (const node of all)
      await until(`${node} watches again`, async () => (await staleSeconds(node, "Service")) === 0);
  }, 120_000);
});

describe("the API server refuses", () => {
  it("an agent that starts without permission stays alive, says what it lacks, and touches no route", async () => {
    const monitor = await rack.tor.monitor();
    const { agent } = rack.node("n2");
    await agent.stop("SIGKILL");
    await plane().kubectl("delete", "clusterrolebinding", "bellman");
    const before = agent.log().length;
    agent.start();
    const said = await until("the agent says what it lacks", () =>
      agent
        .log()
        .slice(before)
        .find(({ msg, level }) => level === "warn" && String(msg).includes("403")),
    );
    expect(String(said["msg"])).toMatch(/services|Service|nodes|Node|EndpointSlice|BGP/);
    expect((await agent.get("/healthz")).status).toBe(200);
    expect((await agent.get("/readyz")).status).toBe(503);
    await plane().kubectl("apply", "-f", join(projectRoot, "lab/manifests/kubernetes"));
    await agent.ready(40_000);
    expect(await monitor.events()).toEqual([]);
    await monitor.stop();
  });
});

describe("a kind that is not installed", () => {
  it("takes missing CRDs for empty kinds, and follows them from the moment they are installed", async () => {
    await plane().kubectl("delete", "-f", join(projectRoot, "charts/bellman/crds"));
    for (const cidr of [clusterCidr, nginx]) await reachedOver(rack, cidr, []);
    await plane().kubectl("apply", "-f", join(projectRoot, "charts/bellman/crds"));
    await until("the API server takes the objects again", async () => {
      for (const file of ["bgp.yaml", "peers/ibgp/tor.yaml"])
        await rack.apply(readFileSync(join(projectRoot, "lab/manifests", file), "utf8"));
      return true;
    });
    await reachedOver(rack, clusterCidr, all);
    await reachedOver(rack, nginx, ["n3"]);
  });
});
