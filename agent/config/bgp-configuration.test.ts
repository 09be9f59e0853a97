import { describe, expect, test } from "vitest";
import { parseAddress } from "../model/address.ts";
import { problemLines, resolve } from "./resolve.fixture.ts";
import type { Resolved } from "./resolve.ts";

/** Resolves the object `default`, after earlier states of it. */
function afterEdits(...specs: readonly unknown[]): Resolved {
  let resolved = resolve({});
  for (const spec of specs)
    resolved = resolve({ configurations: { default: spec }, lastGood: resolved.lastGood });
  return resolved;
}

function clusterIPs({ config }: Resolved): readonly string[] | null {
  return config.allow.clusterIPs?.map(({ prefix }) => prefix) ?? null;
}

const error = (field: string, message: string) => `error BGPConfiguration/default ${field}: ${message}`;
const warning = (field: string, message: string) => `warning BGPConfiguration/default ${field}: ${message}`;

describe("without a BGPConfiguration", () => {
  test("the defaults hold and no list is configured", () => {
    const resolved = resolve({});
    expect(resolved.config).toEqual({
      asn: 64512,
      listenPort: 179,
      instanceKnown: true,
      logLevel: null,
      allow: { clusterIPs: null, externalIPs: null, loadBalancerIPs: null },
      aggregateLoadBalancerIPs: true,
      advertisements: [],
      peers: [],
      filters: new Map(),
      secretNames: new Set(),
      problems: [],
    });
  });

  test.each([{}, null, undefined])("a spec of %j says nothing and is no problem", (spec) => {
    expect(afterEdits(spec).config).toEqual(resolve({}).config);
  });
});

describe("the fields honoured", () => {
  test("all of them together", () => {
    const resolved = afterEdits({
      asNumber: 64567,
      listenPort: 1790,
      logSeverityScreen: "Warning",
      nodeToNodeMeshEnabled: false,
      serviceLoadBalancerAggregation: "Disabled",
      serviceClusterIPs: [{ cidr: "10.96.0.0/12" }, { cidr: "fd00:10:96::/112" }],
      serviceExternalIPs: [{ cidr: "104.244.42.129/32" }, { cidr: "172.217.3.0/24" }],
      serviceLoadBalancerIPs: [{ cidr: "0.0.0.0/0" }],
    });
    expect(problemLines(resolved)).toEqual([]);
    expect(resolved.config).toMatchObject({
      asn: 64567,
      listenPort: 1790,
      logLevel: "warn",
      aggregateLoadBalancerIPs: false,
      allow: {
        clusterIPs: [{ prefix: "10.96.0.0/12", exact: false }, { prefix: "fd00:10:96::/112" }],
        externalIPs: [{ prefix: "104.244.42.129/32", exact: true }, { prefix: "172.217.3.0/24" }],
        loadBalancerIPs: [{ prefix: "0.0.0.0/0", exact: false }],
      },
    });
  });

  test("an entry holds the addresses inside it and no others", () => {
    const [entry] =
      afterEdits({ serviceClusterIPs: [{ cidr: "10.96.0.0/12" }] }).config.allow.clusterIPs ?? [];
    const held = ["10.96.0.1", "10.111.255.255", "10.112.0.0", "::"].filter((text) => {
      const address = parseAddress(text);
      return address !== null && entry?.contains(address);
    });
    expect(held).toEqual(["10.96.0.1", "10.111.255.255"]);
  });

  test("an AS number may be dotted", () => {
    expect(afterEdits({ asNumber: "1.10" }).config.asn).toBe(65_546);
  });

  test.each([
    ["Debug", "debug"],
    ["Info", "info"],
    ["Warning", "warn"],
    ["Error", "error"],
    ["Fatal", "fatal"],
    ["info", "info"],
  ])("logSeverityScreen %s is level %s", (logSeverityScreen, level) => {
    expect(afterEdits({ logSeverityScreen }).config.logLevel).toBe(level);
  });
});

describe("an allow list", () => {
  test.each([
    ["an empty list", []],
    ["an empty entry", [{}]],
    ["entries without a value", [{ cidr: "" }, { cidr: null }, null]],
  ])("that is %s is configured and empty", (_, serviceClusterIPs) => {
    const resolved = afterEdits({ serviceClusterIPs });
    expect(clusterIPs(resolved)).toEqual([]);
    expect(problemLines(resolved)).toEqual([]);
  });

  test("ignores empty entries beside others and folds duplicates", () => {
    const serviceClusterIPs = [{ cidr: "10.2.0.0/16" }, {}, { cidr: "10.1.0.0/16" }, { cidr: "10.2.0.0/16" }];
    const resolved = afterEdits({ serviceClusterIPs });
    expect(clusterIPs(resolved)).toEqual(["10.2.0.0/16", "10.1.0.0/16"]);
    expect(problemLines(resolved)).toEqual([]);
  });

  test("has host bits cleared, with a warning", () => {
    const resolved = afterEdits({ serviceClusterIPs: [{ cidr: "10.96.1.2/12" }] });
    expect(clusterIPs(resolved)).toEqual(["10.96.0.0/12"]);
    expect(problemLines(resolved)).toEqual([
      warning("spec.serviceClusterIPs[0].cidr", '"10.96.1.2/12" has host bits set; 10.96.0.0/12 is used'),
    ]);
  });

  test.each([
    [{ cidr: "10.0.0.0/33" }, "[1].cidr", '"10.0.0.0/33" is not a CIDR'],
    [{ cidr: "10.0.0.1" }, "[1].cidr", '"10.0.0.1" is not a CIDR (one address is written 10.0.0.1/32)'],
    [{ cidr: 10 }, "[1].cidr", '"10" is not a CIDR'],
    [{ cdir: "10.0.0.0/8" }, "[1]", 'the entry has "cdir", but no cidr'],
    ["10.0.0.0/8", "[1]", '"10.0.0.0/8" is not of the form {cidr: …}'],
    [["10.0.0.0/8"], "[1]", '"[\\"10.0.0.0/8\\"]" is not of the form {cidr: …}'],
    [{ cidr: "10.0.0.0/8\u001b[31m\n" }, "[1].cidr", '"10.0.0.0/8\\u001b[31m\\n" is not a CIDR'],
  ])("leaves out the entry %j alone and says so", (entry, field, says) => {
    const resolved = afterEdits({ serviceClusterIPs: [{ cidr: "10.96.0.0/12" }, entry] });
    expect(clusterIPs(resolved)).toEqual(["10.96.0.0/12"]);
    expect(problemLines(resolved)).toEqual([
      error(`spec.serviceClusterIPs${field}`, `${says}; this entry is left out`),
    ]);
  });

  test("is empty when no entry was ever valid", () => {
    const resolved = afterEdits({ serviceClusterIPs: [{ cidr: "x" }] });
    expect(clusterIPs(resolved)).toEqual([]);
  });

  test.each([
    ["only invalid entries", [{ cidr: "10.96.0.0/40" }, { cidr: "y" }]],
    ["no list at all", "10.96.0.0/12"],
  ])("keeps its last good value when an edit leaves %s, edit after edit", (_, serviceClusterIPs) => {
    const good = {
      serviceClusterIPs: [{ cidr: "10.96.0.0/12" }],
      serviceExternalIPs: [{ cidr: "192.0.2.0/24" }],
    };
    const resolved = afterEdits(good, { serviceClusterIPs }, { serviceClusterIPs });
    expect(clusterIPs(resolved)).toEqual(["10.96.0.0/12"]);
    expect(resolved.config.allow.externalIPs).toBeNull();
    expect(problemLines(resolved)[0]).toMatch(/the last valid list holds$/);
    expect(resolved.config.problems.every(({ severity }) => severity === "error")).toBe(true);
  });

  test.each(["serviceClusterIPs", "serviceExternalIPs", "serviceLoadBalancerIPs"])(
    "%s that was edited wrongly holds its last good value until a right edit comes",
    (field) => {
      const prefixes = ({ config }: Resolved) =>
        Object.values(config.allow).flatMap((list) => list?.map(({ prefix }) => prefix) ?? []);
      const [first, wrong, partly, second] = ["10.1.0.0/16", "10.2.0.0/33", "x", "10.3.0.0/16"].map(
        (cidr) => ({
          cidr,
        }),
      );
      expect(prefixes(afterEdits({ [field]: [first] }, { [field]: [wrong] }))).toEqual(["10.1.0.0/16"]);
      const mended = afterEdits({ [field]: [first] }, { [field]: [wrong] }, { [field]: [second] });
      expect(prefixes(mended)).toEqual(["10.3.0.0/16"]);
      expect(problemLines(mended)).toEqual([]);
      // One valid entry makes a new value, which the next wrong edit falls back on.
      const edits = [[first], [wrong], [partly, second], [wrong]].map((list) => ({ [field]: list }));
      expect(prefixes(afterEdits(...edits))).toEqual(["10.3.0.0/16"]);
    },
  );

  test("that was taken away is not remembered", () => {
    const good = { serviceClusterIPs: [{ cidr: "10.96.0.0/12" }] };
    expect(clusterIPs(afterEdits(good, {}))).toBeNull();
    expect(clusterIPs(afterEdits(good, {}, { serviceClusterIPs: [{ cidr: "x" }] }))).toEqual([]);
  });

  test("that was emptied stays empty when the next edit is invalid", () => {
    const good = { serviceClusterIPs: [{ cidr: "10.96.0.0/12" }] };
    const empty = { serviceClusterIPs: [{}] };
    expect(clusterIPs(afterEdits(good, empty, { serviceClusterIPs: [{ cidr: "x" }] }))).toEqual([]);
  });
});

describe("a value that cannot be followed", () => {
  test.each([
    ["asNumber", 0, '"0" is not an AS number that may be used; BGP is left as it is until this is mended'],
    [
      "asNumber",
      "65536.1",
      '"65536.1" is not an AS number that may be used; BGP is left as it is until this is mended',
    ],
    [
      "asNumber",
      1.1,
      '"1.1" is not an AS number that may be used (dotted notation needs quotes); BGP is left as it is until this is mended',
    ],
    ["serviceLoadBalancerAggregation", "disabled", '"disabled" is not Enabled or Disabled; Enabled holds'],
    ["serviceLoadBalancerAggregation", false, '"false" is not Enabled or Disabled; Enabled holds'],
    [
      "listenPort",
      70_000,
      '"70000" is not a port from 1 to 65535; BGP is left as it is until this is mended',
    ],
    ["listenPort", "179", '"179" is not a port from 1 to 65535; BGP is left as it is until this is mended'],
    [
      "logSeverityScreen",
      "Loud",
      '"Loud" is not Debug, Info, Warning, Error or Fatal; the agent\'s own setting holds',
    ],
  ])("%s: %j is reported and the default holds", (field, value, message) => {
    const resolved = afterEdits({ [field]: value });
    expect(resolved.config).toMatchObject({
      asn: 64512,
      listenPort: 179,
      // BGP under a default number would end the sessions that stand from before.
      instanceKnown: !["asNumber", "listenPort"].includes(field),
      logLevel: null,
      aggregateLoadBalancerIPs: true,
    });
    expect(problemLines(resolved)).toEqual([error(`spec.${field}`, message)]);
  });

  test("leaves the AS number, the port and the aggregation that were good before", () => {
    const good = { asNumber: 65001, listenPort: 1790, serviceLoadBalancerAggregation: "Disabled" };
    const bad = { asNumber: "x", listenPort: 0, serviceLoadBalancerAggregation: "Off" };
    const { config } = afterEdits(good, bad, bad);
    expect(config).toMatchObject({ asn: 65001, listenPort: 1790, aggregateLoadBalancerIPs: false });
  });

  test("leaves everything as it was when the spec is no set of fields", () => {
    const good = {
      asNumber: 65001,
      serviceClusterIPs: [{ cidr: "10.96.0.0/12" }],
      serviceLoadBalancerAggregation: "Disabled",
      prefixAdvertisements: [{ cidr: "10.96.0.0/12", communities: ["64512:1"] }],
    };
    const resolved = afterEdits(good, "nothing", ["x"]);
    expect(resolved.config).toMatchObject({ asn: 65001, aggregateLoadBalancerIPs: false });
    expect(resolved.config.advertisements).toMatchObject([{ communities: ["64512:1"] }]);
    expect(clusterIPs(resolved)).toEqual(["10.96.0.0/12"]);
    expect(problemLines(resolved)).toEqual([
      error("spec", '"[\\"x\\"]" is no set of fields; the last valid configuration holds'),
    ]);
  });
});

describe("a field that is not honoured", () => {
  test.each([
    ["bindMode", "NodeIP"],
    ["ignoredInterfaces", ["eth0"]],
    ["nodeMeshPassword", { secretKeyRef: { name: "a", key: "b" } }],
    ["nodeMeshMaxRestartTime", "120s"],
    ["nodeToNodeMeshEnabled", true],
    ["localWorkloadPeeringIPV4", "169.254.1.1"],
    ["localWorkloadPeeringIPV6", "fe80::1"],
    ["programClusterRoutes", "Enabled"],
    ["ipv4NormalRoutePriority", 1024],
    ["ipv6NormalRoutePriority", 1024],
  ])("%s is a warning that says what happens instead", (field, value) => {
    const { problems } = afterEdits({ [field]: value }).config;
    expect(problems).toMatchObject([{ field: `spec.${field}`, severity: "warning" }]);
    expect(problems[0]?.message).toMatch(/; \S/);
  });

  test.each([
    ["communities", []],
    ["prefixAdvertisements", []],
    ["bindMode", "None"],
    ["serviceLoadBalancerAggregation", ""],
    ["nodeToNodeMeshEnabled", false],
    ["nodeMeshPassword", null],
  ])("%s: %j asks for nothing and is no problem", (field, value) => {
    expect(problemLines(afterEdits({ [field]: value }))).toEqual([]);
  });

  test("an unknown one is a warning, with what may have been meant", () => {
    const unknown = "there is no such field, and it has no effect";
    const spec = { serviceClusterIP: [], "as\u202enumber": 1, constructor: 1, ["__proto__"]: 1 };
    expect(problemLines(afterEdits(spec))).toEqual([
      warning("spec.serviceClusterIP", `${unknown}; did you mean serviceClusterIPs?`),
      warning('spec["as\\u202enumber"]', `${unknown}; did you mean asNumber?`),
      warning("spec.constructor", unknown),
      warning('spec["__proto__"]', unknown),
    ]);
  });
});

describe("an object of another name", () => {
  test.each([
    ["defaults", '; did you mean "default"?'],
    ["node-n1", '; did you mean "node.n1"?'],
    ["node.", '; did you mean "node.n1"?'],
    ["rack-1", ""],
  ])("such as %s changes nothing, and is a warning", (name, hint) => {
    const resolved = resolve({ configurations: { [name]: { asNumber: 3, listenPort: 1 } } });
    expect(resolved.config).toMatchObject({ asn: 64512, listenPort: 179 });
    const says = 'only the names "default" and "node.<name>" have a meaning; this object has no effect';
    expect(problemLines(resolved)).toEqual([
      `warning BGPConfiguration/${name} metadata.name: ${says}${hint}`,
    ]);
  });
});
