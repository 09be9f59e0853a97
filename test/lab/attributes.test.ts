// Attributes of routes as ToRs of the nodes' own AS have received them, one with FRR and one with BIRD. On the nodes are
// gobgpd, FRR and BIRD: what they send must not differ.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at, items } from "../../lab/rack/json.ts";
import { nodeNames } from "../../lab/rack/layout.ts";
import type { NodeName } from "../../lab/rack/layout.ts";
import { startRack } from "../../lab/rack/rack.ts";
import type { Rack } from "../../lab/rack/rack.ts";
import type { Tor } from "../../lab/rack/tor.ts";
import { until } from "../support/until.ts";
import { kernelHas } from "./expect-routes.ts";
import { receivedPaths } from "../../lab/rack/received-paths.ts";
import type { ReceivedPath } from "../../lab/rack/received-paths.ts";

const ranges = ["10.49.0.0/16", "fd00:10:49::/112"];
const nginx = ["10.49.62.131/32", "fd00:10:49::6283/128"];
const plain = { med: 0, localPref: 100, asPath: "", communities: "", largeCommunities: "" };

let rack: Rack;
beforeAll(async () => {
  rack = await startRack({ prefix: `att${process.pid}`, tor: ["frr", "bird"], engine: "mixed" });
  await rack.setPods(
    "nginx",
    nodeNames.map((node) => ({ pod: `nginx-${node}`, node })),
  );
  await rack.patch("Service", "nginx", { spec: { externalTrafficPolicy: "Local" } });
  for (const tor of rack.tors)
    for (const prefix of [...ranges, ...nginx]) await kernelHas(tor, prefix, nodeNames);
});
afterAll(() => rack.down());

/** Waits until every node has announced these prefixes to both ToRs, with these attributes and no others. */
async function announced(prefixes: readonly string[], wanted: Omit<ReceivedPath, "nextHop" | "further">) {
  for (const tor of rack.tors) for (const prefix of prefixes) await received(tor, prefix, wanted);
}

async function received(tor: Tor, prefix: string, wanted: Omit<ReceivedPath, "nextHop" | "further">) {
  const family = prefix.includes(":") ? "ipv6" : "ipv4";
  await until(
    `${prefix} has come to ${tor.name} from all nodes with its attributes`,
    async () => {
      const paths = await receivedPaths(tor, prefix);
      expect([...paths.keys()].sort()).toEqual(nodeNames);
      const nextHop = (node: NodeName) => rack.node(node).addresses[family];
      const furthers = [...paths].map(([node, { further, ...path }]) => {
        expect(path, node).toEqual({ ...wanted, nextHop: nextHop(node) });
        return further;
      });
      // ORIGIN, and whatever a speaker might add.
      for (const further of furthers) expect(further).toEqual(furthers[0]);
      expect(Object.values(furthers[0] ?? {})).toContain("IGP");
      return true;
    },
    { timeoutMs: 20_000, everyMs: 100 },
  );
}

const configure = (spec: object) => rack.patch("BGPConfiguration", "default", { spec });
const annotate = (annotations: object | null) =>
  rack.patch("Service", "nginx", { metadata: { annotations } });

describe("gobgpd, FRR and BIRD send", () => {
  it("the same attributes for the same routes, all but the next hop", async () => {
    await announced([...ranges, ...nginx], plain);
  });

  it("T1: the communities of every range that a route lies in, each once", async () => {
    await configure({
      communities: [
        { name: "gold", value: "64512:300" },
        { name: "wide", value: "64512:1:2" },
      ],
      prefixAdvertisements: [
        { cidr: "10.49.0.0/16", communities: ["gold", "64512:20"] },
        { cidr: "10.49.62.0/24", communities: ["64512:300", "64512:30", "wide"] },
        { cidr: "fd00:10:49::/112", communities: ["gold", "wide"] },
      ],
    });
    await announced(["10.49.0.0/16"], { ...plain, communities: "64512:20 64512:300" });
    await announced(["10.49.62.131/32"], {
      ...plain,
      communities: "64512:20 64512:30 64512:300",
      largeCommunities: "64512:1:2",
    });
    await announced(["fd00:10:49::/112", "fd00:10:49::6283/128"], {
      ...plain,
      communities: "64512:300",
      largeCommunities: "64512:1:2",
    });
  });

  it("T3: other communities as an update, and withdraw nothing", async () => {
    const monitors = await Promise.all(rack.tors.map((tor) => tor.monitor()));
    const sessions = await Promise.all(rack.tors.map((tor) => tor.sessions()));
    await configure({ prefixAdvertisements: [{ cidr: "10.49.0.0/16", communities: ["64512:21"] }] });
    await announced(["10.49.0.0/16", "10.49.62.131/32"], { ...plain, communities: "64512:21" });
    for (const monitor of monitors) {
      const gone = (await monitor.events()).filter(
        ({ type, nextHops, prefix }) =>
          // FRR replaces an IPv6 route in the kernel by deleting it first.
          !prefix.includes(":") && (type === "deleted" || nextHops.length < nodeNames.length),
      );
      expect(gone).toEqual([]);
      await monitor.stop();
    }
    expect(await Promise.all(rack.tors.map((tor) => tor.sessions()))).toEqual(sessions);
  });

  it("T5: a service's own MED, communities and local preference, and prepend nothing within the AS", async () => {
    await configure({ prefixAdvertisements: null });
    await annotate({
      "bellman.bgp/med": "50",
      "bellman.bgp/local-pref": "200",
      "bellman.bgp/prepend": "2",
      "bellman.bgp/communities": "64512:100,64512:1:2",
    });
    await announced(nginx, {
      med: 50,
      localPref: 200,
      asPath: "",
      communities: "64512:100",
      largeCommunities: "64512:1:2",
    });
    await announced(ranges, plain);
    await annotate(null);
    await announced(nginx, plain);
  });
});

describe("what a speaker cannot do", () => {
  it("P13: a second session with one address is a problem that names object, field and engine, with each of them", async () => {
    const before = await untouched();
    const metadata = { name: "tor1-again" };
    const spec = { peerIP: "192.168.1.1:1790", asNumber: 64512 };
    await rack.apply([{ apiVersion: "projectcalico.org/v3", kind: "BGPPeer", metadata, spec }]);
    const says = { gobgp: /gobgp/i, frr: /FRR/, bird: /BIRD/ };
    for (const { name, agent, speaker } of rack.nodes)
      await until(`${name} tells of it`, async () => {
        const problems = items(at(await agent.api("status"), "problems")).filter(
          (problem) => at(problem, "object") === "BGPPeer/tor1-again",
        );
        expect(problems).toMatchObject([{ field: "spec.peerIP", severity: "error" }]);
        expect(at(problems[0], "message")).toMatch(says[speaker.engine]);
        return true;
      });
    await rack.delete("BGPPeer", "tor1-again");
    for (const { name, agent } of rack.nodes)
      await until(`${name} has no problem left`, async () => {
        expect(at(await agent.api("status"), "problems")).toEqual([]);
        return true;
      });
    expect(await untouched()).toEqual(before);
  });
});

/** How often sessions came and went, and all routes. */
function untouched(): Promise<unknown> {
  return Promise.all(
    rack.tors.map(async (tor) => [
      await tor.sessions(),
      await tor.allRoutes("ipv4"),
      await tor.allRoutes("ipv6"),
    ]),
  );
}
