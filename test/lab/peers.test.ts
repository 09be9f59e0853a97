// Sessions with two ToRs, one with FRR and one with BIRD, every node and ToR in an AS of its own. On the nodes are gobgpd,
// FRR and BIRD.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { families } from "../../agent/model/family.ts";
import { nodeNames } from "../../lab/rack/layout.ts";
import { startRack } from "../../lab/rack/rack.ts";
import type { Rack } from "../../lab/rack/rack.ts";
import { takingAnyPrefix } from "../../lab/rack/shape.ts";
import type { Tor } from "../../lab/rack/tor.ts";
import { until } from "../support/until.ts";
import { kernelHas } from "./expect-routes.ts";
import { asPaths, sentTo, torSession, unseenBy } from "./tor-session.ts";

const all = ["n1", "n2", "n3"] as const;
const aggregates = ["10.49.0.0/16", "192.168.3.0/24", "192.168.5.0/24", "fd00:10:49::/112"];
const hostRoutes = ["10.49.62.131/32", "fd00:10:49::6283/128"];

let rack: Rack;

beforeAll(async () => {
  rack = await startRack({
    prefix: `prs${process.pid}`,
    tor: ["frr", "bird"],
    ebgp: true,
    engine: "mixed",
    // Longer than a test: what a drain marks stays marked.
    agentSettings: ["--drain-wait", "5m"],
    // The nodes must ask for the short times, and the ToRs see whatever a node would announce.
    torConfig: (guide) => takingAnyPrefix(withLongTimers(guide)),
  });
  await rack.patch("Service", "nginx", { spec: { externalTrafficPolicy: "Local" } });
  for (const tor of rack.tors) await complete(tor);
});
afterAll(() => rack.down());

function withLongTimers(guide: string): string {
  return guide
    .replace("neighbor nodes timers 3 9", "neighbor nodes timers 60 180")
    .replace("hold time 9;", "hold time 180;")
    .replace("keepalive time 3;", "keepalive time 60;");
}

/** Waits until a ToR has all that the nodes are to announce. */
async function complete(tor: Tor): Promise<void> {
  for (const prefix of aggregates) await kernelHas(tor, prefix, all);
  for (const prefix of hostRoutes) await kernelHas(tor, prefix, ["n1", "n2"]);
}

/** Everything that the ToR's kernel has from BGP. */
async function table(tor: Tor): Promise<unknown> {
  return Promise.all(families.map(async (family) => [...(await tor.allRoutes(family))].sort()));
}

/** The ToR at work, and the other one. */
const pairs = [
  { name: "FRR", tor: () => at(0), other: () => at(1) },
  { name: "BIRD", tor: () => at(1), other: () => at(0) },
] as const;

function at(index: number): Tor {
  const tor = rack.tors[index];
  if (tor === undefined) throw new Error("the rack has two ToRs");
  return tor;
}

describe("two ToRs", () => {
  it.each(pairs)("P1: the $name ToR has every prefix from every node that announces it", async ({ tor }) => {
    await complete(tor());
  });

  it.each(pairs)(
    "P1: the $name ToR dies: the other's routes and sessions are untouched, and it comes back to all",
    async ({ tor, other }) => {
      await unseenBy(other(), async () => {
        await tor().powerOff();
        await rack.sendOver([other()]);
        for (const address of ["10.49.62.131", "fd00:10:49::6283"]) await rack.client.reaches(address, 80);
        await tor().powerOn();
        await complete(tor());
        await rack.sendOver(rack.tors);
      });
    },
  );
});

describe.each(pairs)("a session with the $name ToR", ({ name, tor, other }) => {
  it(`P5: has AS numbers of four bytes on both sides (${name})`, async () => {
    for (const [index, node] of nodeNames.entries())
      expect(await torSession(tor(), node)).toMatchObject({
        torAsn: tor().name === "tor" ? 4200000001 : 4200000002,
        nodeAsn: 4200000010 + index,
        fourByteAsns: true,
      });
    expect(await asPaths(tor(), "10.49.0.0/16")).toEqual(["4200000010", "4200000011", "4200000012"]);
  });

  it(`P6: agrees on a hold time of 9 s and keepalives every 3 s, whatever the ToR would take (${name})`, async () => {
    for (const node of nodeNames)
      expect(await torSession(tor(), node)).toMatchObject({ holdSeconds: 9, keepaliveSeconds: 3 });
  });

  it(`P9: comes and goes without a flap of the others (${name})`, async () => {
    for (const node of nodeNames) {
      const peer = `tor${tor().name === "tor" ? 1 : 2}-${node}`;
      const object = await rack.cluster.get("BGPPeer", peer);
      const others = nodeNames.filter((each) => each !== node);
      const before = await tor().sessions();
      await unseenBy(other(), async () => {
        await rack.delete("BGPPeer", peer);
        for (const prefix of aggregates) await kernelHas(tor(), prefix, others);
        await rack.apply([object]);
        await complete(tor());
      });
      const after = await tor().sessions();
      for (const each of others) expect([each, after[each]]).toEqual([each, before[each]]);
    }
  });

  it(`P10: lets none of 1,000 routes into a node's kernel or on to others (${name})`, async () => {
    const prefixes = Array.from({ length: 1000 }, (_, index) => `100.64.${index >> 8}.${index & 255}/32`);
    const kernels = () => Promise.all(rack.nodes.map((node) => node.exec("ip", "-4", "route", "show")));
    const before = await kernels();
    await unseenBy(other(), async () => {
      await tor().router.announce(prefixes);
      for (const node of rack.nodes) {
        await until(
          `${node.name} was sent them`,
          async () => (await sentTo(tor(), node.name)) >= prefixes.length,
          {
            everyMs: 200,
          },
        );
        expect(await node.exec(...node.speaker.listRoutes)).toContain("10.49.0.0/16");
        expect(await node.exec(...node.speaker.listRoutes)).not.toContain("100.64.");
      }
      expect(await kernels()).toEqual(before);
    });
    expect(await asPaths(other(), "100.64.3.231/32")).toEqual([]);
    await tor().router.announce([]);
  });

  it(`P14: is torn down with all others at the ToR, and the full table is back (${name})`, async () => {
    const before = await table(tor());
    const sessions = await tor().sessions();
    await unseenBy(other(), async () => {
      await tor().router.clear();
      // Not before they are up anew: until then the kernel may have yet to hear of their end.
      await until("the sessions were lost, and are back", async () => {
        const now = await tor().sessions();
        return nodeNames.every((node) => now[node].established && now[node].downs > sessions[node].downs);
      });
      await complete(tor());
    });
    expect(await table(tor())).toEqual(before);
  });
});

describe("a node that drains", () => {
  it("marks its routes, and both ToRs prefer those of the others while its own are still there", async () => {
    const ases = await asPaths(at(0), "10.49.0.0/16");
    const sessions = await Promise.all(rack.tors.map((tor) => tor.sessions()));
    await rack.patch("Node", "n1", { metadata: { annotations: { "bellman.bgp/drain": "true" } } });
    for (const tor of rack.tors) {
      for (const prefix of aggregates) await kernelHas(tor, prefix, ["n2", "n3"]);
      for (const prefix of hostRoutes) await kernelHas(tor, prefix, ["n2"]);
      expect(await asPaths(tor, "10.49.0.0/16")).toEqual(ases);
    }
    await rack.patch("Node", "n1", { metadata: { annotations: { "bellman.bgp/drain": null } } });
    for (const tor of rack.tors) await complete(tor);
    expect(await Promise.all(rack.tors.map((tor) => tor.sessions()))).toEqual(sessions);
  });
});
