// BFD with two ToRs, one with FRR and one with BIRD. Hold times are long: only BFD can tell of a dead link in time.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at, items } from "../../lab/rack/json.ts";
import { nodeAddresses, nodeNames } from "../../lab/rack/layout.ts";
import type { NodeName } from "../../lab/rack/layout.ts";
import { netnsOf } from "../../lab/rack/network.ts";
import { startRack } from "../../lab/rack/rack.ts";
import type { Rack } from "../../lab/rack/rack.ts";
import type { Tor } from "../../lab/rack/tor.ts";
import { runIn } from "../support/netns.ts";
import { until } from "../support/until.ts";
import { kernelHas } from "./expect-routes.ts";

const aggregates = ["10.49.0.0/16", "fd00:10:49::/112"];
const hold = { holdTimeSeconds: 90, keepaliveSeconds: 30 };
const peersOfN1 = ["tor1-n1", "tor2-n1"];

let rack: Rack;

beforeAll(async () => {
  rack = await startRack({
    prefix: `bfd${process.pid}`,
    tor: ["frr", "bird"],
    ebgp: true,
    proxies: false,
    agents: false,
    agentSettings: ["--bfd", "300ms", "--graceful-restart", "20s"],
    torConfig: (guide) => withBfd(guide),
  });
  const keepaliveTime = `${hold.keepaliveSeconds}s`;
  for (const node of nodeNames)
    for (const tor of ["tor1", "tor2"])
      await rack.patch("BGPPeer", `${tor}-${node}`, { spec: { keepaliveTime } });
  for (const { agent } of rack.nodes) agent.start();
  for (const { agent } of rack.nodes) await agent.ready();
});
afterAll(() => rack.down());

/** What docs/guides/tor/README.md says for BFD. */
function withBfd(guide: string): string {
  const { holdTimeSeconds, keepaliveSeconds } = hold;
  const bfd = 'protocol bfd { interface "*" { interval 300 ms; }; }';
  return guide
    .replace(
      "neighbor nodes timers 3 9",
      `neighbor nodes timers ${keepaliveSeconds} ${holdTimeSeconds}\n neighbor nodes bfd 3 300 300`,
    )
    .replace("hold time 9;", `hold time ${holdTimeSeconds};\n  bfd on;`)
    .replace("keepalive time 3;", `keepalive time ${keepaliveSeconds};`)
    .replace("protocol device { }", `protocol device { }\n${bfd}`);
}

/** Has the rack's gobgpd got BFD? */
function speaksBfd(): boolean {
  const gobgpd = join(process.env["BELLMAN_TEST_GOBGP"] ?? "", "gobgpd");
  const major = /\d+/.exec(execFileSync(gobgpd, ["--version"], { encoding: "utf8" }))?.[0];
  return Number(major) >= 4;
}

/** The nodes with which the ToR's BFD is up. */
async function bfdUp({ router }: Tor): Promise<readonly NodeName[]> {
  if (router.name === "bird") {
    const lines = (await router.command("show bfd sessions")).split("\n");
    return nodeNames.filter((node) =>
      lines.some((line) => line.startsWith(`${nodeAddresses[node].ipv4} `) && line.includes(" Up ")),
    );
  }
  const peers = items(JSON.parse(await router.command("show bfd peers json")));
  const up = peers.filter((peer) => at(peer, "status") === "up").map((peer) => at(peer, "peer"));
  return nodeNames.filter((node) => up.includes(nodeAddresses[node].ipv4));
}

async function bothHave(nodes: readonly NodeName[]): Promise<void> {
  for (const tor of rack.tors) for (const prefix of aggregates) await kernelHas(tor, prefix, nodes);
}

async function sessions(): Promise<readonly unknown[]> {
  return items(at(await rack.node("n1").agent.api("peers"), "peers"));
}

if (speaksBfd())
  describe("BFD with an FRR and a BIRD ToR", () => {
    it("P13: is up with both, beside sessions with the timers that were asked for", async () => {
      await bothHave(nodeNames);
      for (const tor of rack.tors)
        await until(`BFD with ${tor.name} is up`, async () => (await bfdUp(tor)).length === nodeNames.length);
      for (const session of await sessions())
        expect(session).toMatchObject({ state: "established", negotiated: hold });
      expect(at(await rack.node("n1").agent.api("status"), "problems")).toEqual([]);
    });

    it("P13: takes routes over a dead link away long before the hold time is over, and they are soon back", async () => {
      const others = () =>
        Promise.all(rack.tors.map(async (tor) => ({ ...(await tor.sessions()), n1: null })));
      const before = await others();
      const cable = (...words: readonly string[]) =>
        runIn(netnsOf(rack.prefix, "switch"), "ip", "link", "set", "n1", ...words);
      // No interface goes down at either end.
      await cable("nomaster");
      await bothHave(["n2", "n3"]);
      await until("the agent tells of both sessions", async () => {
        for (const session of await sessions())
          expect(session).toMatchObject({
            state: expect.not.stringContaining("established") as string,
            lastError: expect.any(String) as string,
          });
        return true;
      });
      await cable("master", "rack");
      await bothHave(nodeNames);
      expect(await others()).toEqual(before);
    });
  });
else
  it("P13: BFD is a problem of every session with a gobgpd that has none, and none runs without it", async () => {
    const { agent } = rack.node("n1");
    const message = "gobgpd cannot be asked for BFD; the session is not brought up";
    const problems = peersOfN1.map((name) => ({
      ...{ object: `BGPPeer/${name}`, field: "spec" },
      ...{ severity: "error", message },
    }));
    expect(at(await agent.api("status"), "problems")).toMatchObject(problems);
    const series = 'bellman_config_problems{kind="BGPPeer",severity="error"} 2\n';
    expect((await agent.get("/metrics")).body).toContain(series);
    const told = agent.log().map(({ msg }) => String(msg));
    for (const name of peersOfN1)
      expect(told).toContainEqual(expect.stringContaining(`BGPPeer/${name} spec: ${message}`));
    for (const tor of rack.tors)
      for (const { established } of Object.values(await tor.sessions())) expect(established).toBe(false);
    await bothHave([]);
  });
