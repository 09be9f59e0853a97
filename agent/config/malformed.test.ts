// Every field of the three kinds with what cannot be read there: told by object and field, and what was good holds.
import { describe, expect, test } from "vitest";
import { at, fieldsOf, readCrd } from "./crd.fixture.ts";
import type { FieldType } from "./crd.fixture.ts";
import { resolve } from "./resolve.fixture.ts";
import { isRecord } from "./spec.ts";

/** What no field of the type may be. */
const otherTypes: Readonly<Record<FieldType, readonly unknown[]>> = {
  array: ["x", 7, { x: 1 }],
  boolean: ["yes", 1, [true]],
  integer: ["x", 1.5, {}],
  "integer or text": ["x", 1.5, {}],
  object: ["x", 7, ["x"]],
  string: [7, {}, ["x"]],
};

const asns = [0, 4_294_967_295, "65536.1", "1.10.1", "AS1"];
const cidrs = ["10.0.0.0", "10.0.0.0/33", "nowhere/8"];
const communities = ["64512", "65536:1", "1:2:3:4", "gold"];

interface Kind {
  readonly kind: "BGPConfiguration" | "BGPPeer" | "BGPFilter";
  readonly crd: string;
  readonly name: string;
  /** Specs that have each field once, all of them well formed. */
  readonly good: readonly object[];
  /** Field → what it cannot be, though the type is right. */
  readonly forms: Readonly<Record<string, readonly unknown[]>>;
  /** Fields that have no effect whatever is in them: told of as a whole. */
  readonly ineffective: readonly string[];
  /** Fields of which no earlier value is kept: another setting holds. */
  readonly unheld: readonly string[];
}

const configuration: Kind = {
  kind: "BGPConfiguration",
  crd: "bgpconfigurations",
  name: "default",
  good: [
    {
      asNumber: 65001,
      listenPort: 1790,
      logSeverityScreen: "Debug",
      serviceClusterIPs: [{ cidr: "10.96.0.0/12" }],
      serviceExternalIPs: [{ cidr: "192.0.2.0/24" }],
      serviceLoadBalancerIPs: [{ cidr: "198.51.100.0/24" }],
      serviceLoadBalancerAggregation: "Disabled",
      communities: [{ name: "gold", value: "64512:7" }],
      prefixAdvertisements: [{ cidr: "10.96.0.0/12", communities: ["64512:8"] }],
      bindMode: "None",
      nodeToNodeMeshEnabled: false,
      nodeMeshMaxRestartTime: "120s",
      nodeMeshPassword: { secretKeyRef: { name: "mesh", key: "password", optional: false } },
      ignoredInterfaces: ["eth1"],
      localWorkloadPeeringIPV4: "192.0.2.1",
      localWorkloadPeeringIPV6: "2001:db8::1",
      programClusterRoutes: "Enabled",
      ipv4NormalRoutePriority: 1024,
      ipv6NormalRoutePriority: 1024,
    },
  ],
  forms: {
    asNumber: asns,
    listenPort: [0, -1, 65_536],
    logSeverityScreen: ["Loud"],
    "serviceClusterIPs[0].cidr": cidrs,
    "serviceExternalIPs[0].cidr": cidrs,
    "serviceLoadBalancerIPs[0].cidr": cidrs,
    serviceLoadBalancerAggregation: ["enabled", "On"],
    "communities[0].value": communities.slice(0, -1),
    "prefixAdvertisements[0].cidr": cidrs,
    bindMode: ["NodeIp"],
    programClusterRoutes: ["On"],
    ipv4NormalRoutePriority: [0],
    ipv6NormalRoutePriority: [0],
  },
  ineffective: [
    "bindMode",
    "nodeMeshMaxRestartTime",
    "nodeMeshPassword",
    "ignoredInterfaces",
    "localWorkloadPeeringIPV4",
    "localWorkloadPeeringIPV6",
    "programClusterRoutes",
    "ipv4NormalRoutePriority",
    "ipv6NormalRoutePriority",
  ],
  unheld: ["logSeverityScreen"],
};

const session = {
  peerIP: "192.168.1.1",
  asNumber: 65001,
  localASNumber: "1.10",
  password: { secretKeyRef: { name: "bgp", key: "tor1", optional: false } },
  filters: ["f"],
  ttlSecurity: 1,
  sourceAddress: "None",
  reachableBy: "192.168.1.254",
  keepaliveTime: "10s",
  maxRestartTime: "120s",
  keepOriginalNextHop: true,
  nextHopMode: "Self",
  numAllowedLocalASNumbers: 1,
  reversePeering: "Auto",
};
const peer: Kind = {
  kind: "BGPPeer",
  crd: "bgppeers",
  name: "tor1",
  good: [
    { ...session, node: "n1" },
    { ...session, nodeSelector: "all()" },
    { ...session, peerSelector: "has(reflector)", localWorkloadSelector: "has(bgp)" },
  ],
  forms: {
    nodeSelector: ["rack = 'r1'", "has(", "all"],
    peerIP: [
      "tor1",
      "192.0.2.256",
      "192.0.2.1:0",
      "192.0.2.1:65536",
      "2001:db8::1:x",
      "224.0.0.5",
      "fe80::1",
    ],
    asNumber: asns,
    localASNumber: asns,
    "password.secretKeyRef.name": ["No Name"],
    ttlSecurity: [-1, 255],
    sourceAddress: ["192.0.2.1"],
    keepaliveTime: ["0s", "5", "1.5s", "21846s", "-1s"],
    maxRestartTime: ["0s", "5", "4096s"],
    nextHopMode: ["self"],
    numAllowedLocalASNumbers: [-1, 256],
    reversePeering: ["Always"],
  },
  ineffective: ["reachableBy", "reversePeering"],
  unheld: [],
};

const rule = {
  cidr: "10.96.0.0/12",
  matchOperator: "In",
  prefixLength: { min: 16, max: 24 },
  source: "RemotePeers",
  interface: "eth*",
  peerType: "eBGP",
  communities: { values: ["64512:7"] },
  asPathPrefix: [65001],
  priority: 512,
  action: "Accept",
};
const operations = [
  { addCommunity: { value: "64512:1:2" } },
  { prependASPath: { prefix: [65001] } },
  { setPriority: { value: 512 } },
];
const ruleForms = {
  matchOperator: ["in", "Within"],
  "prefixLength.min": [-1, 129],
  "prefixLength.max": [-1, 129],
  source: ["Local"],
  interface: ["eth 0", "abcdefghijklmnop"],
  peerType: ["ebgp"],
  "communities.values": [["gold"], ["1:1", "1:2"], []],
  asPathPrefix: [[0], ["AS1"], Array.from({ length: 65 }, () => 65001)],
  priority: [0, 2_147_483_647],
  action: ["accept", "Drop"],
  operations: [[{}], [{ setMED: { value: 1 } }], Array.from({ length: 11 }, () => operations[0])],
  "operations[0].addCommunity.value": communities,
  "operations[0].prependASPath.prefix": [[0], [], Array.from({ length: 11 }, () => 65001)],
  "operations[0].setPriority.value": [0, 2_147_483_647],
};
const lists = [
  { list: "exportV4", cidr: "10.96.0.0/12", otherFamily: "fd00:10:96::/112" },
  { list: "exportV6", cidr: "fd00::/12", otherFamily: "10.96.0.0/12" },
  { list: "importV4", cidr: "10.96.0.0/12", otherFamily: "fd00:10:96::/112" },
  { list: "importV6", cidr: "fd00::/12", otherFamily: "10.96.0.0/12" },
];
const filter: Kind = {
  kind: "BGPFilter",
  crd: "bgpfilters",
  name: "f",
  good: operations.map((operation) =>
    Object.fromEntries(lists.map(({ list, cidr }) => [list, [{ ...rule, cidr, operations: [operation] }]])),
  ),
  forms: Object.fromEntries(
    lists.flatMap(({ list, otherFamily }) => [
      [list, [[7]] as readonly unknown[]],
      [`${list}[0].cidr`, [...cidrs, otherFamily]],
      ...Object.entries(ruleForms).map(([name, values]) => [`${list}[0].${name}`, values] as const),
    ]),
  ),
  ineffective: [],
  unheld: [],
};

describe.each([configuration, peer, filter])(
  "$kind",
  ({ kind, crd, name, good, forms, ineffective, unheld }) => {
    const fields = fieldsOf(readCrd(crd));
    const object = `${kind}/${name}`;

    /** What holds, and what is told of the object, when it has this spec after another one. */
    function after(before: object, spec: object) {
      const group = { BGPConfiguration: "configurations", BGPPeer: "peers", BGPFilter: "filters" }[kind];
      const { lastGood } = resolve({ [group]: { [name]: before } });
      const { problems, ...config } = resolve({ [group]: { [name]: spec }, lastGood }).config;
      const holds = JSON.stringify({ ...config, filters: [...config.filters], secretNames: [] });
      return { holds, told: problems.filter((problem) => problem.object === object) };
    }

    test("has no field for which there is nothing here", () => {
      const paths = fields.map(({ path }) => path);
      expect(paths.filter((path) => !good.some((spec) => valueAt(spec, path) !== undefined))).toEqual([]);
      const limited = fields.filter((field) => field.limited && !(field.path in forms));
      expect(limited.map(({ path }) => path)).toEqual([]);
      expect(Object.keys(forms).filter((path) => !paths.includes(path))).toEqual([]);
    });

    test.each(fields)("spec.$path: what it cannot be is told, and the last good state holds", (field) => {
      const { path, type } = field;
      const before = good.find((spec) => valueAt(spec, path) !== undefined) ?? {};
      const [top = ""] = path.split(/[.[]/);
      const named = ineffective.includes(top) ? `spec.${top}` : `spec.${path}`;
      for (const value of [...otherTypes[type], ...(forms[path] ?? [])]) {
        const { told, holds } = after(before, withValue(before, path, value));
        const says = told.filter(({ field: at }) => at.startsWith(named));
        expect(says, `${path}: ${JSON.stringify(value)}`).not.toEqual([]);
        for (const { message } of told) expect(message).toMatch(/^[^\n]{10,400}$/);
        if (!unheld.includes(path)) expect(holds).toBe(after(before, before).holds);
      }
    });
  },
);

function steps(path: string): readonly (string | number)[] {
  return [...path.matchAll(/([A-Za-z0-9]+)|\[(\d+)\]/g)].map(([, word, index]) => word ?? Number(index));
}

function valueAt(spec: object, path: string): unknown {
  return at(spec, ...steps(path));
}

/** The same with another value at the path. */
function withValue(spec: object, path: string, value: unknown): object {
  const put = (inner: unknown, [step, ...rest]: readonly (string | number)[]): unknown => {
    if (step === undefined) return value;
    if (Array.isArray(inner))
      return inner.map((each: unknown, index) => (index === step ? put(each, rest) : each));
    return isRecord(inner) ? { ...inner, [step]: put(inner[step], rest) } : inner;
  };
  const changed = put(spec, steps(path));
  if (!isRecord(changed)) throw new Error(`${path} is no path`);
  return changed;
}
