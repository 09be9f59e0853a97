// Contexts with everything in them: what they do not name, no template can.
import { families } from "../../model/family.ts";
import type {
  AttributesContext,
  BaseContext,
  ExportContext,
  FileContext,
  InstanceContext,
  NeighborContext,
} from "./contexts.ts";
import { markSpace, markText } from "../marks.ts";
import { anyMarkList, importMap, markList, ownMark } from "./names.ts";

const communities = ["64512:100"];
const largeCommunities = ["64512:1:2"];
const mark = { list: markList(1), mark: "4294967295:4242:1" };

/** What it is given always. */
export const base: BaseContext = {
  importMap,
  anyMark: { list: anyMarkList, expression: `^${markSpace}` },
  own: { list: markList(ownMark), mark: markText(ownMark) },
};

const attributes: AttributesContext = {
  name: "BELLMAN-ROUTE-0",
  description: "[]",
  communities,
  largeCommunities,
  med: 50,
  localPref: 200,
  prepend: [64512],
  nextHop: { address: "fd01::10", ipv6: true },
};

const exports: ExportContext = {
  name: "BELLMAN-OUT-192.168.1.1",
  denied: mark,
  added: [{ ...mark, sequence: 2, community: "65535:65281" }],
  variants: [
    {
      ...mark,
      sequence: 10,
      communities,
      largeCommunities,
      med: 50,
      localPref: 200,
      exclude: 64512,
      path: [64512],
    },
  ],
  anyMark: anyMarkList,
  own: markList(ownMark),
};

const instance: InstanceContext = {
  asn: 64512,
  routerId: "192.168.1.10",
  restart: { seconds: 120 },
};

const neighbor: NeighborContext = {
  address: "192.168.1.1",
  asn: 65001,
  description: "Bellman tor1",
  localAsn: 65010,
  password: "password",
  port: 1179,
  sourceAddress: "192.168.1.10",
  ttlSecurityHops: 1,
  multihop: true,
  keepaliveSeconds: 3,
  holdTimeSeconds: 9,
  bfd: { intervalMs: 100 },
  gracefulRestart: true,
  allowedLocalAsns: 1,
  families,
  importMap,
  exportMap: "BELLMAN-OUT-192.168.1.1",
};

const file: FileContext = {
  definitions: `route-map ${importMap} deny 1`,
  asn: 64512,
  instance: "bgp router-id 192.168.1.10",
  neighbors: ["neighbor 192.168.1.1 remote-as 65001"],
  families: [
    { name: "ipv4", networks: " network 10.49.62.131/32 route-map BELLMAN-ROUTE-0" },
    { name: "ipv6", networks: " network fd49::1/128 route-map BELLMAN-ROUTE-0" },
  ],
};

const bareVariant = {
  communities: [],
  largeCommunities: [],
  med: null,
  localPref: null,
  exclude: null,
  path: [],
};

/** By template: what it is given less of than in its sample, one thing at a time and all at once. */
export const frrLacks = {
  attributes: {
    communities: [],
    largeCommunities: [],
    med: null,
    localPref: null,
    prepend: [],
    nextHop: null,
  },
  export: { variants: exports.variants.map((variant) => ({ ...variant, ...bareVariant })) },
  instance: { restart: null },
  neighbor: {
    localAsn: null,
    password: null,
    port: null,
    sourceAddress: null,
    ttlSecurityHops: null,
    multihop: false,
    bfd: null,
    gracefulRestart: false,
    allowedLocalAsns: null,
  },
} as const satisfies {
  readonly attributes: Partial<AttributesContext>;
  readonly export: Partial<ExportContext>;
  readonly instance: Partial<InstanceContext>;
  readonly neighbor: Partial<NeighborContext>;
};

/** By template. */
export const frrSamples = { attributes, base, export: exports, file, instance, neighbor } as const;
