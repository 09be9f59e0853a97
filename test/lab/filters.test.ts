// Export filters on one of two ToRs, one with FRR and one with BIRD; gobgpd, FRR and BIRD on the nodes enforce them.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { families } from "../../agent/model/family.ts";
import { at, items } from "../../lab/rack/json.ts";
import { startRack } from "../../lab/rack/rack.ts";
import type { Rack } from "../../lab/rack/rack.ts";
import type { Tor } from "../../lab/rack/tor.ts";
import { until } from "../support/until.ts";
import { kernelHas } from "./expect-routes.ts";

const all = ["n1", "n2", "n3"] as const;
const clusterIps = ["10.49.0.0/16", "fd00:10:49::/112"];
const others = ["192.168.3.0/24", "192.168.5.0/24"];
const [inRange, inRangeV6] = ["10.49.62.131/32", "fd00:10:49::6283/128"];

let rack: Rack;
beforeAll(async () => {
  rack = await startRack({ prefix: `flt${process.pid}`, tor: ["frr", "bird"], ebgp: true, engine: "mixed" });
  await rack.patch("Service", "nginx", { spec: { externalTrafficPolicy: "Local" } });
  for (const tor of rack.tors) await complete(tor);
});
afterAll(() => rack.down());

async function complete(tor: Tor): Promise<void> {
  for (const prefix of [...clusterIps, ...others]) await kernelHas(tor, prefix, all);
  for (const prefix of [inRange, inRangeV6]) await kernelHas(tor, prefix, ["n1", "n2"]);
}

const within = (cidr: string, more: object = {}) => ({
  cidr,
  matchOperator: "In",
  action: "Reject",
  ...more,
});

function filter(spec: object) {
  return {
    apiVersion: "projectcalico.org/v3",
    kind: "BGPFilter",
    metadata: { name: "no-cluster-ips" },
    spec,
  };
}

async function withFilters(tor: Tor, names: readonly string[]): Promise<void> {
  for (const peer of peersOf(tor)) await rack.patch("BGPPeer", peer, { spec: { filters: names } });
}

function peersOf(tor: Tor): readonly string[] {
  return all.map((node) => `tor${tor.name === "tor" ? 1 : 2}-${node}`);
}

/** What differs while the other ToR sees no route event, and no session of either is touched. */
async function quietly(other: Tor, work: () => Promise<void>): Promise<void> {
  const monitor = await other.monitor();
  const sessions = await Promise.all(rack.tors.map((tor) => tor.sessions()));
  await work();
  expect(await monitor.events()).toEqual([]);
  expect(await Promise.all(rack.tors.map((tor) => tor.sessions()))).toEqual(sessions);
  await monitor.stop();
}

/** No router ever sees what keeps a route from another. */
async function expectNoMarks(tor: Tor): Promise<void> {
  const frr = tor.router.name === "frr";
  for (const prefix of [...others, ...clusterIps, inRange]) {
    const family = prefix.includes(":") ? "ipv6" : "ipv4";
    const command = frr
      ? `show bgp ${family} unicast ${prefix} json`
      : `show route all where net = ${prefix}`;
    const text = await tor.router.command(command);
    expect(text).not.toMatch(/4294967295[:, ]+4242/);
  }
}

const pairs = [
  { name: "FRR", index: 0 },
  { name: "BIRD", index: 1 },
] as const;

describe.each(pairs)("filters of the $name ToR", ({ name, index }) => {
  const tor = () => torAt(index);
  const other = () => torAt(1 - index);

  it(`T6: Reject In a range: gone there, still at the other one (${name})`, async () => {
    await rack.apply([
      filter({ exportV4: [within("10.49.0.0/16")], exportV6: [within("fd00:10:49::/112")] }),
    ]);
    await quietly(other(), async () => {
      await withFilters(tor(), ["no-cluster-ips"]);
      for (const prefix of [...clusterIps, inRange, inRangeV6]) await kernelHas(tor(), prefix, []);
      for (const prefix of others) await kernelHas(tor(), prefix, all);
      await complete(other());
    });
    for (const each of rack.tors) await expectNoMarks(each);
  });

  it(`T6: a changed filter makes the right routes come and go, without a reset (${name})`, async () => {
    await quietly(other(), async () => {
      const hosts = { prefixLength: { min: 32, max: 32 } };
      await rack.apply([filter({ exportV4: [within("10.49.0.0/16", hosts)] })]);
      for (const prefix of [...clusterIps, ...others]) await kernelHas(tor(), prefix, all);
      await kernelHas(tor(), inRangeV6, ["n1", "n2"]);
      await kernelHas(tor(), inRange, []);
      await rack.apply([filter({ exportV4: [within("192.168.3.0/24")] })]);
      await kernelHas(tor(), inRange, ["n1", "n2"]);
      await kernelHas(tor(), "192.168.3.0/24", []);
      await rack.apply([filter({ exportV4: [within("192.168.5.0/24")] })]);
      await kernelHas(tor(), "192.168.3.0/24", all);
      await kernelHas(tor(), "192.168.5.0/24", []);
    });
  });

  it(`T6: an agent that is started again with a filter tells neither ToR anything (${name})`, async () => {
    await quietly(tor(), () =>
      quietly(other(), async () => {
        for (const { agent } of rack.nodes) {
          await agent.restart();
          await agent.ready();
        }
      }),
    );
    await kernelHas(tor(), "192.168.5.0/24", []);
  });

  it(`T6: speakers that are killed and started again let nothing through meanwhile (${name})`, async () => {
    const monitor = await tor().monitor();
    for (const { speaker } of rack.nodes) await speaker.kill();
    await kernelHas(tor(), "192.168.3.0/24", []);
    for (const { speaker } of rack.nodes) await speaker.start();
    for (const prefix of [...clusterIps, "192.168.3.0/24"]) await kernelHas(tor(), prefix, all);
    const seen = (await monitor.events()).map(({ prefix }) => prefix);
    expect(seen).not.toContain("192.168.5.0/24");
    await monitor.stop();
    await complete(other());
  });

  it(`T8: a filter that is deleted in use: nothing is sent there, the peer says so, and all is back with it (${name})`, async () => {
    await quietly(other(), async () => {
      await rack.delete("BGPFilter", "no-cluster-ips");
      await until("the ToR has no route", async () => {
        const routes = await Promise.all(families.map((family) => tor().allRoutes(family)));
        return routes.every((list) => list.size === 0);
      });
      const { agent } = rack.node("n1");
      const problems = items(at(await agent.api("plan"), "problems")).map((problem) =>
        ["object", "field", "message"].map((field) => at(problem, field)).join(" "),
      );
      const missing = 'there is no BGPFilter "no-cluster-ips"; nothing is sent to this peer';
      expect(problems).toContainEqual(`BGPPeer/${peersOf(tor())[0]} spec.filters[0] ${missing}`);
      await rack.apply([filter({ exportV4: [within("192.168.5.0/24")] })]);
      for (const prefix of [...clusterIps, "192.168.3.0/24"]) await kernelHas(tor(), prefix, all);
      await kernelHas(tor(), "192.168.5.0/24", []);
      await withFilters(tor(), []);
      await complete(tor());
    });
  });
});

function torAt(index: number): Tor {
  const tor = rack.tors[index];
  if (tor === undefined) throw new Error("the rack has two ToRs");
  return tor;
}
