// `npm run bench`: from an API event to the route in the ToR's kernel, with ten services, a real API server and a BIRD
// ToR. Figures depend on the machine; the ratios within one run are what counts.
import { join } from "node:path";
import { nodeAddresses, torAddresses } from "../lab/rack/layout.ts";
import { netnsOf } from "../lab/rack/network.ts";
import { startRack } from "../lab/rack/rack.ts";
import type { Rack } from "../lab/rack/rack.ts";
import { runIn } from "../test/support/netns.ts";
import { projectRoot } from "../test/support/paths.ts";
import { until } from "../test/support/until.ts";
import { residentMegabytes, startTimes } from "./process-cost.ts";
import { measureRecovery } from "./recovery.ts";
import type { ProbeSamples, ProbeTask } from "./probe.ts";
import { latencyTable, processTable } from "./tables.ts";

const services = 10;
const rounds = 20;

export async function bench(): Promise<void> {
  const prefix = `bench${process.pid}`;
  const rack = await startRack({
    prefix,
    tor: "bird",
    cluster: "kubernetes",
    agents: false,
    proxies: false,
    say: (step) => console.log(`· ${step}`),
  });
  try {
    console.log(`· ${services} services`);
    const task = await prepare(rack, prefix);
    const { agent } = rack.node("n1");
    const startedAtMs = performance.now();
    agent.start("--log-level", "info");
    await agent.ready();
    const readyMs = performance.now() - startedAtMs;
    await until(
      "the ToR hears of the node",
      async () => (await rack.tor.routes("10.49.0.0/16")).length === 1,
    );
    console.log(`· ${services * rounds} flips of endpoints, as many bare AddPaths`);
    const argv = [process.execPath, join(projectRoot, "dist/probe.mjs"), JSON.stringify(task)];
    const samples = JSON.parse(await runIn(netnsOf(prefix, "kube"), ...argv)) as ProbeSamples;
    const megabytes = residentMegabytes(agent.pid);
    const costs = processTable(await startTimes(10), readyMs, megabytes, await measureRecovery(rack));
    console.log(`\n${latencyTable(samples)}\n${costs}`);
  } finally {
    await rack.down();
  }
}

/** Ten Local services without selector, each with a slice of its own whose only endpoint is not ready. */
async function prepare(rack: Rack, prefix: string): Promise<ProbeTask> {
  const flipped = Array.from({ length: services }, (_, index) => ({
    slice: `bench-${index}`,
    address: `10.49.9.${index + 1}`,
    endpoint: `10.48.1.${index + 100}`,
  }));
  await rack.apply(
    flipped.flatMap(({ slice: name, address, endpoint }) => [
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name, namespace: "default" },
        spec: {
          type: "NodePort",
          clusterIP: address,
          externalTrafficPolicy: "Local",
          ports: [{ name: "http", port: 80, protocol: "TCP" }],
        },
      },
      {
        apiVersion: "discovery.k8s.io/v1",
        kind: "EndpointSlice",
        metadata: { name, namespace: "default", labels: { "kubernetes.io/service-name": name } },
        addressType: "IPv4",
        ports: [{ name: "http", port: 80, protocol: "TCP" }],
        endpoints: [
          {
            addresses: [endpoint],
            nodeName: "n1",
            conditions: { ready: false, serving: false, terminating: false },
          },
        ],
      },
    ]),
  );
  if (rack.controlPlane === null) throw new Error("the bench needs a real API server");
  return {
    kubeconfig: rack.controlPlane.kubeconfig,
    torNetns: netnsOf(prefix, "tor"),
    rounds,
    services: flipped,
    node: "n1",
    bare: {
      speaker: rack.node("n2").speaker.address,
      routerId: nodeAddresses.n2.ipv4,
      tor: torAddresses.rack.ipv4,
    },
  };
}
