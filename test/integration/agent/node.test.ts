// One agent among the other programs of a node: a network plugin that speaks BGP, a second agent, IPv6 alone.
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { nodeAddress as own, torAddress as tor } from "../../support/node-and-tor.ts";
import { until } from "../../support/until.ts";
import { asn, nodeRig } from "./node-rig.ts";
import type { NodeRig } from "./node-rig.ts";

const v3 = "projectcalico.org/v3";
const configuration = {
  apiVersion: v3,
  kind: "BGPConfiguration",
  metadata: { name: "default" },
  spec: { serviceClusterIPs: [{ cidr: "10.49.0.0/16" }, { cidr: "fd10:49::/112" }] },
};
const peer = (peerIP: string) => ({
  apiVersion: v3,
  kind: "BGPPeer",
  metadata: { name: "tor" },
  spec: { peerIP, asNumber: asn },
});

let rig: NodeRig;
let rigs = 0;
afterEach(() => rig.dispose());

async function begin(addresses: readonly string[], peerIP: string): Promise<void> {
  rig = await nodeRig(`bm-nd${process.pid}-${++rigs}`, addresses, [configuration, peer(peerIP)]);
}

/** Waits until the ToR has one of the node's ranges from this session. */
async function announced(session: string, range = "10.49.0.0/16"): Promise<void> {
  await until("the ToR has the range", async () => (await rig.bird.routes(session)).has(range), {
    timeoutMs: 30_000,
    everyMs: 100,
  });
}

describe("beside a network plugin that has BGP's port", () => {
  it("the port is a problem that names it, until it is free", async () => {
    await begin([own.ipv4, own.ipv6], tor.ipv4);
    const plugin = rig.plugin();
    await plugin.start();
    rig.agent();
    await until("the status tells of the port", async () => {
      expect(await rig.api("status")).toMatchObject({
        ready: false,
        engine: { state: "backoff", error: expect.stringContaining("TCP port 179") as string },
        problems: [
          {
            object: "BGPConfiguration/default",
            field: "spec.listenPort",
            severity: "error",
            message: expect.stringMatching(
              /TCP port 179: another BGP speaker has it.*--listen-port -1/,
            ) as string,
          },
        ],
      });
      return true;
    });
    expect(readFileSync(rig.log, "utf8")).toContain("cannot listen on TCP port 179");
    await plugin.stop();
    await announced("over4");
    expect(await rig.api("status")).toMatchObject({ engine: { state: "holding" }, problems: [] });
  });

  it("with --listen-port -1 it peers without listening", async () => {
    await begin([own.ipv4, own.ipv6], tor.ipv4);
    const plugin = rig.plugin();
    await plugin.start();
    rig.agent("--listen-port", "-1");
    await announced("over4");
    expect(await rig.api("status")).toMatchObject({ engine: { state: "holding" }, problems: [] });
    // The plugin's session is what it was: looking for its neighbour.
    expect(await plugin.command("show", "protocols", "mesh")).toMatch(/Active|Connect/);
  });

  it("the problem is the setting's where a setting asks for the port", async () => {
    await begin([own.ipv4, own.ipv6], tor.ipv4);
    await rig.plugin().start();
    rig.agent("--listen-port", "179");
    await until("the status tells of the setting", async () => {
      expect(await rig.api("status")).toMatchObject({ problems: [{ object: "Setting/listen-port" }] });
      return true;
    });
  });
});

it("R11: of two agents on one node the second says which port is taken, and ends", async () => {
  await begin([own.ipv4, own.ipv6], tor.ipv4);
  const first = rig.agent();
  await announced("over4");
  const before = readFileSync(rig.log, "utf8").length;
  rig.bird.mark();
  expect(await rig.agent().exited).toBe(1);
  expect(readFileSync(rig.log, "utf8").slice(before)).toMatch(
    /^bellman: .*127\.0\.0\.1:9179.*a second agent\?.*\n$/,
  );
  expect(rig.bird.events()).toEqual([]);
  expect(first.running).toBe(true);
});

it("P8: a node with IPv6 alone has a valid router ID, and its routes come over its session", async () => {
  await begin([own.ipv6], tor.ipv6);
  rig.agent();
  await announced("over6", "fd10:49::/112");
  const routes = await rig.bird.routes("over6");
  expect(routes.get("fd10:49::/112")?.nextHop).toBe(own.ipv6);
  const id = /Neighbor ID: +([0-9.]+)/.exec(await rig.bird.command("show", "protocols", "all", "over6"))?.[1];
  expect(id).toMatch(/^(?!0\.|22[4-9]\.|2[3-5]\d\.)\d+(\.\d+){3}$/);
  expect(id).not.toBe(own.ipv4);
  expect(await rig.api("status")).toMatchObject({ problems: [] });
});
