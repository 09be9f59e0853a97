// Attributes of routes as the ToR has received them: three nodes, an FRR ToR of the same AS.
import { afterAll, beforeAll, expect, it } from "vitest";
import { at, isObject, items } from "../../lab/rack/json.ts";
import { nodeAddresses } from "../../lab/rack/layout.ts";
import { startRack } from "../../lab/rack/rack.ts";
import type { Rack } from "../../lab/rack/rack.ts";
import { until } from "../support/until.ts";
import { reachedOver } from "./expect-routes.ts";

const all = ["n1", "n2", "n3"] as const;
const clusterCidr = "10.49.0.0/16";
const nginx = "10.49.62.131/32";

let rack: Rack;
beforeAll(async () => {
  rack = await startRack({ prefix: `att${process.pid}`, tor: "frr" });
  await rack.patch("Service", "nginx", { spec: { externalTrafficPolicy: "Local" } });
  await reachedOver(rack, clusterCidr, all);
  await reachedOver(rack, nginx, ["n1", "n2"]);
});
afterAll(() => rack.down());

interface Path {
  readonly communities: string;
  readonly largeCommunities: string;
  readonly med: unknown;
  readonly localPref: unknown;
  readonly asPath: unknown;
}

/** From whom the ToR has a path to a prefix, and with which attributes; the ToR's own are left out. */
async function pathsTo(prefix: string): Promise<ReadonlyMap<string, Path>> {
  const answer: unknown = JSON.parse(await rack.tor.router.command(`show bgp ipv4 unicast ${prefix} json`));
  const paths = items(at(answer, "paths")).filter(isObject);
  const words = (value: unknown) => (typeof value === "string" ? value : "");
  return new Map(
    paths.map((path) => [
      words(at(path, "peer", "peerId")),
      {
        communities: words(at(path, "community", "string")),
        largeCommunities: words(at(path, "largeCommunity", "string")),
        med: at(path, "metric") ?? null,
        localPref: at(path, "locPrf") ?? null,
        asPath: at(path, "aspath", "string"),
      },
    ]),
  );
}

/** Waits until each of these nodes, and nobody else, has announced a prefix with these attributes. */
async function announced(prefix: string, nodes: readonly (typeof all)[number][], wanted: Partial<Path>) {
  const from = nodes.map((node) => nodeAddresses[node].ipv4);
  await until(
    `${prefix} has come from ${nodes.join(", ")} with its attributes`,
    async () => {
      const paths = await pathsTo(prefix);
      expect([...paths.keys()].sort()).toEqual(from);
      for (const path of paths.values()) expect(path).toMatchObject(wanted);
      return true;
    },
    { timeoutMs: 20_000 },
  );
}

const configure = (spec: object) => rack.patch("BGPConfiguration", "default", { spec });
const annotate = (annotations: object | null) =>
  rack.patch("Service", "nginx", { metadata: { annotations } });

it("T1: the ToR gets the communities of every range that a route lies in, each once", async () => {
  await configure({
    communities: [
      { name: "gold", value: "64512:300" },
      { name: "wide", value: "64512:1:2" },
    ],
    prefixAdvertisements: [
      { cidr: "10.49.0.0/16", communities: ["gold", "64512:20"] },
      { cidr: "10.49.62.0/24", communities: ["64512:300", "64512:30", "wide"] },
    ],
  });
  await announced(clusterCidr, all, { communities: "64512:20 64512:300", largeCommunities: "" });
  const both = { communities: "64512:20 64512:30 64512:300", largeCommunities: "64512:1:2" };
  await announced(nginx, ["n1", "n2"], both);
});

it("T3: other communities update the path, and nothing is withdrawn", async () => {
  const monitor = await rack.tor.monitor();
  const sessions = await rack.tor.sessions();
  await configure({ prefixAdvertisements: [{ cidr: "10.49.0.0/16", communities: ["64512:21"] }] });
  for (const [prefix, nodes] of [
    [clusterCidr, all],
    [nginx, ["n1", "n2"]],
  ] as const)
    await announced(prefix, nodes, { communities: "64512:21", largeCommunities: "" });
  const gone = (await monitor.events()).filter(
    ({ type, prefix, nextHops }) =>
      type === "deleted" || nextHops.length < (prefix === clusterCidr ? all.length : 2),
  );
  expect(gone).toEqual([]);
  expect(await rack.tor.sessions()).toEqual(sessions);
  await monitor.stop();
});

it("T5: a service's own MED, communities and local preference reach an iBGP ToR, prepending does not", async () => {
  await configure({ prefixAdvertisements: null });
  await annotate({
    "bellman.bgp/med": "50",
    "bellman.bgp/local-pref": "200",
    "bellman.bgp/prepend": "2",
    "bellman.bgp/communities": "64512:100,64512:1:2",
  });
  await announced(nginx, ["n1", "n2"], {
    communities: "64512:100",
    largeCommunities: "64512:1:2",
    med: 50,
    localPref: 200,
    asPath: "Local",
  });
  await announced(clusterCidr, all, { communities: "", localPref: 100 });
  await annotate(null);
  await announced(nginx, ["n1", "n2"], { communities: "", localPref: 100 });
});
