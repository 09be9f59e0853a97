// Faults of speakers and sessions beside good ones: two ToRs, one with FRR and one with BIRD, graceful restart all round,
// and gobgpd, FRR and BIRD on the nodes.
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { at, items } from "../../lab/rack/json.ts";
import { nodeNames } from "../../lab/rack/layout.ts";
import type { NodeName } from "../../lab/rack/layout.ts";
import { startRack } from "../../lab/rack/rack.ts";
import type { Rack } from "../../lab/rack/rack.ts";
import type { RouteEvent, RouteMonitor } from "../../lab/rack/route-monitor.ts";
import { engineOn } from "../../lab/rack/speakers.ts";
import type { Tor } from "../../lab/rack/tor.ts";
import { projectRoot } from "../support/paths.ts";
import { until } from "../support/until.ts";
import { kernelHas } from "./expect-routes.ts";

const aggregates = ["10.49.0.0/16", "fd00:10:49::/112"];
const hostRoutes = ["10.49.62.131/32", "fd00:10:49::6283/128"];

let rack: Rack;

beforeAll(async () => {
  rack = await startRack({
    prefix: `flt${process.pid}`,
    tor: ["frr", "bird"],
    ebgp: true,
    engine: "mixed",
    // FRR takes graceful restart only beside zebra.
    frr: "zebra",
    agentSettings: ["--graceful-restart", "20s"],
  });
  await nginxIs("Local");
});
afterAll(() => rack.down());

function tor(index: 0 | 1): Tor {
  const found = rack.tors[index];
  if (found === undefined) throw new Error("the rack has two ToRs");
  return found;
}

const pairs = [
  { name: "FRR", bad: () => tor(0), good: () => tor(1), peer: "tor1" },
  { name: "BIRD", bad: () => tor(1), good: () => tor(0), peer: "tor2" },
] as const;

const engines = nodeNames.map((node) => [engineOn[node], node] as const);

/** Sets nginx's policy and waits until both ToRs have what comes of it. */
async function nginxIs(policy: "Local" | "Cluster"): Promise<void> {
  await rack.patch("Service", "nginx", { spec: { externalTrafficPolicy: policy } });
  const hosts: readonly NodeName[] = policy === "Local" ? ["n1", "n2"] : [];
  for (const each of rack.tors) {
    for (const prefix of aggregates) await kernelHas(each, prefix, nodeNames);
    for (const prefix of hostRoutes) await kernelHas(each, prefix, hosts);
  }
}

const isHostRoute = ({ prefix }: RouteEvent) =>
  hostRoutes.some((each) => each === `${prefix}/32` || each === `${prefix}/128`);

/** What happened to routes that were not changed on purpose. */
async function unasked(monitor: RouteMonitor): Promise<readonly RouteEvent[]> {
  return (await monitor.events()).filter((event) => !isHostRoute(event));
}

/** What a node's agent tells of the session of a BGPPeer. */
async function session(node: NodeName, name: string): Promise<unknown> {
  const found = items(at(await rack.node(node).agent.api("peers"), "peers"));
  return found.find((each) => at(each, "name") === name);
}

async function told(node: NodeName, name: string, why: RegExp): Promise<void> {
  await until(
    `${node} tells why ${name} is not established`,
    async () => {
      const known = await session(node, name);
      expect(at(known, "state")).not.toBe("established");
      expect(at(known, "lastError")).toMatch(why);
      return true;
    },
    { timeoutMs: 30_000, everyMs: 200 },
  );
  const table = await rack.node(node).exec(process.execPath, join(projectRoot, "dist/bellman.mjs"), "peers");
  const line = table.split("\n").find((each) => each.startsWith(name));
  expect(line).toMatch(why);
  const { body } = await rack.node(node).agent.get("/metrics");
  expect(body).toContain(`bellman_peer_state{peer="${name}",state="established"} 0\n`);
  const reason = new RegExp(`^bellman_peer_last_error\\{peer="${name}",reason="(.*)"\\} 1$`, "m").exec(
    body,
  )?.[1];
  expect(reason).toMatch(why);
}

/** Does something to one session of n1 or n3 while the other ToR sees no route event and no session change. */
async function unseenBy(good: Tor, work: () => Promise<void>): Promise<void> {
  const monitor = await good.monitor();
  const before = await good.sessions();
  await work();
  expect(await monitor.events()).toEqual([]);
  expect(await good.sessions()).toEqual(before);
  await monitor.stop();
}

it.each(engines)(
  "R2: %s with graceful restart, killed with -9 and started again, causes no event at an FRR or BIRD ToR",
  async (_engine, node) => {
    const { speaker } = rack.node(node);
    const ups = await Promise.all(rack.tors.map(async (each) => (await each.sessions())[node].ups));
    const monitors = await Promise.all(rack.tors.map((each) => each.monitor()));
    await speaker.kill();
    await speaker.start();
    for (const [index, each] of rack.tors.entries())
      await until(
        `${each.name} has a new session with ${node}`,
        async () => {
          const session = (await each.sessions())[node];
          return session.established && session.ups > (ups[index] ?? 0);
        },
        { timeoutMs: 30_000 },
      );
    // A change on top tells that all from before has come through, and that the monitors listen.
    await nginxIs("Cluster");
    for (const monitor of monitors) {
      expect(await unasked(monitor)).toEqual([]);
      expect((await monitor.events()).map(({ nextHops }) => nextHops)).not.toEqual([]);
      await monitor.stop();
    }
    await nginxIs("Local");
  },
);

/** Which engine has a session with which ToR that does not come up. */
const downs = [
  ["gobgp", "FRR", "n1", pairs[0]],
  ["frr", "FRR", "n2", pairs[0]],
  ["bird", "BIRD", "n3", pairs[1]],
] as const;

it.each(downs)(
  "P4: %s and the %s ToR: for another AS, or for nobody there, the reason is told, and the other session stays",
  async (_engine, _tor, node, { bad, good, peer }) => {
    const object = `${peer}-${node}`;
    const { spec } = await rack.cluster.get("BGPPeer", object);
    await unseenBy(good(), async () => {
      await rack.patch("BGPPeer", object, { spec: { asNumber: 65099 } });
      await told(node, object, /NOTIFICATION|peer as/i);
      expect((await bad().sessions())[node].established).toBe(false);
      await rack.patch("BGPPeer", object, { spec: { peerIP: "192.168.1.99" } });
      await told(node, object, /no TCP connection|no route to host/i);
      await rack.patch("BGPPeer", object, { spec });
      for (const prefix of aggregates) await kernelHas(bad(), prefix, nodeNames);
    });
    await until(`${node} tells that it is up again`, async () => {
      expect(await session(node, object)).toMatchObject({ state: "established" });
      return true;
    });
  },
);
