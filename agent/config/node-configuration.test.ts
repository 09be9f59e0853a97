// BGPConfiguration `node.<name>`: what one node has otherwise than all.
import { describe, expect, test } from "vitest";
import { problemLines, resolve } from "./resolve.fixture.ts";
import type { Resolved } from "./resolve.ts";

const forAll = {
  asNumber: 64567,
  listenPort: 1790,
  logSeverityScreen: "Error",
  serviceClusterIPs: [{ cidr: "10.96.0.0/12" }],
  communities: [{ name: "rack", value: "64512:20" }],
  prefixAdvertisements: [{ cidr: "10.96.0.0/12", communities: ["rack"] }],
};

/** Resolves for n1, with states of its own object one after the other, beside the same `default`. */
function afterEdits(...specs: readonly unknown[]): Resolved {
  let resolved = resolve({ configurations: { default: forAll } });
  for (const spec of specs)
    resolved = resolve({
      configurations: { default: forAll, "node.n1": spec },
      lastGood: resolved.lastGood,
    });
  return resolved;
}

function communities({ config }: Resolved): readonly string[] {
  return config.advertisements.flatMap((advertisement) => advertisement.communities);
}

const problem = (severity: string, field: string, message: string) =>
  `${severity} BGPConfiguration/node.n1 spec${field}: ${message}`;

test("overrides the port, the log level and the advertisements of this node, and leaves it the rest", () => {
  const resolved = afterEdits({
    listenPort: 1791,
    logSeverityScreen: "Debug",
    prefixAdvertisements: [{ cidr: "10.0.0.0/8", communities: ["64512:1"] }],
  });
  expect(problemLines(resolved)).toEqual([]);
  expect(resolved.config).toMatchObject({
    asn: 64567,
    listenPort: 1791,
    logLevel: "debug",
    allow: { clusterIPs: [{ prefix: "10.96.0.0/12" }] },
    advertisements: [{ prefix: "10.0.0.0/8", communities: ["64512:1"] }],
  });
});

test.each([{}, null, { logSeverityScreen: "" }])("a spec of %j overrides nothing", (spec) => {
  const resolved = afterEdits(spec);
  expect(JSON.stringify(resolved.config)).toBe(JSON.stringify(afterEdits().config));
});

test("holds without an object for all nodes, but allows no address by itself", () => {
  const resolved = resolve({ configurations: { "node.n1": { listenPort: 1791 } } });
  expect(resolved.config).toMatchObject({ asn: 64512, listenPort: 1791, allow: { clusterIPs: null } });
});

describe("T2: prefixAdvertisements of this node", () => {
  test("replace those of all nodes, also with an empty list", () => {
    const replaced = [{ cidr: "10.96.0.0/16", communities: ["64512:1"] }];
    expect(communities(afterEdits({ prefixAdvertisements: replaced }))).toEqual(["64512:1"]);
    expect(communities(afterEdits({ prefixAdvertisements: [] }))).toEqual([]);
    expect(communities(afterEdits({ prefixAdvertisements: [{}] }))).toEqual([]);
    expect(communities(afterEdits({}))).toEqual(["64512:20"]);
  });

  test("are of no account when they are another node's, and not even reported", () => {
    const other = { listenPort: "x", logSeverityScreen: "Debug", prefixAdvertisements: "x", asNumber: 1 };
    const resolved = resolve({ configurations: { default: forAll, "node.n2": other, "node.n11": other } });
    expect(problemLines(resolved)).toEqual([]);
    expect(JSON.stringify(resolved.config)).toBe(JSON.stringify(afterEdits().config));
  });

  test("use the names of their own object, not those of the object for all nodes", () => {
    const prefixAdvertisements = [{ cidr: "10.0.0.0/8", communities: ["rack", "64512:1"] }];
    const named = afterEdits({ prefixAdvertisements, communities: [{ name: "rack", value: "64512:7" }] });
    expect(communities(named)).toEqual(["64512:1", "64512:7"]);
    const unnamed = afterEdits({ prefixAdvertisements });
    expect(communities(unnamed)).toEqual(["64512:1"]);
    expect(unnamed.config.problems).toMatchObject([
      {
        object: "BGPConfiguration/node.n1",
        field: "spec.prefixAdvertisements[0].communities[0]",
        severity: "error",
      },
    ]);
  });

  test("names without them serve nothing, and that is a warning", () => {
    const resolved = afterEdits({ communities: [{ name: "rack", value: "64512:7" }] });
    expect(communities(resolved)).toEqual(["64512:20"]);
    expect(problemLines(resolved)).toEqual([
      problem(
        "warning",
        ".communities",
        "the names serve this object's prefixAdvertisements alone, and it has none",
      ),
    ]);
  });
});

describe("a value that cannot be followed", () => {
  test.each([
    ["listenPort", 0, '"0" is not a port from 1 to 65535; BGP is left as it is until this is mended'],
    ["logSeverityScreen", "Loud", '"Loud" is not Debug, Info, Warning, Error or Fatal; error holds'],
  ])("%s: %j is reported, and that of all nodes holds", (field, value, message) => {
    const resolved = afterEdits({ [field]: value });
    expect(resolved.config).toMatchObject({ listenPort: 1790, logLevel: "error" });
    expect(problemLines(resolved)).toEqual([problem("error", `.${field}`, message)]);
  });

  test("leaves what was good before, until a right one comes", () => {
    const advertise = (...texts: readonly string[]) => [{ cidr: "10.0.0.0/8", communities: texts }];
    const good = { listenPort: 1791, prefixAdvertisements: advertise("64512:1") };
    const bad = { listenPort: -1, prefixAdvertisements: advertise("none") };
    const kept = afterEdits(good, bad, bad, "nothing");
    expect(kept.config).toMatchObject({ listenPort: 1791 });
    expect(communities(kept)).toEqual(["64512:1"]);
    expect(problemLines(kept)).toEqual([
      problem("error", "", '"nothing" is no set of fields; the last valid configuration holds'),
    ]);
    const mended = afterEdits(good, bad, { listenPort: 1792, prefixAdvertisements: advertise("64512:2") });
    expect(mended.config).toMatchObject({ listenPort: 1792 });
    expect(communities(mended)).toEqual(["64512:2"]);
    expect(communities(afterEdits(good, {}, bad))).toEqual([]);
  });
});

describe("a field that is the same for all nodes", () => {
  test.each([
    ["asNumber", 65001],
    ["serviceClusterIPs", [{ cidr: "10.0.0.0/8" }]],
    ["serviceExternalIPs", [{ cidr: "10.0.0.0/8" }]],
    ["serviceLoadBalancerIPs", [{ cidr: "10.0.0.0/8" }]],
    ["serviceLoadBalancerAggregation", "Disabled"],
    ["nodeToNodeMeshEnabled", true],
    ["bindMode", "NodeIP"],
  ])("%s has no effect here, and that is a warning", (field, value) => {
    const resolved = afterEdits({ [field]: value });
    expect(JSON.stringify({ ...resolved.config, problems: [] })).toBe(JSON.stringify(afterEdits().config));
    expect(problemLines(resolved)).toEqual([
      problem(
        "warning",
        `.${field}`,
        'this field has no effect; it is the same for all nodes: set it in the object "default"',
      ),
    ]);
  });

  test("is told from one that does not exist", () => {
    expect(problemLines(afterEdits({ listenPorts: 1 }))).toEqual([
      problem(
        "warning",
        ".listenPorts",
        "there is no such field, and it has no effect; did you mean listenPort?",
      ),
    ]);
  });
});
