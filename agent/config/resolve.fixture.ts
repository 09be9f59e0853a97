// Objects for the tests of this room, and a short way to resolve them.
import { parseAddress } from "../model/address.ts";
import type { ConfigKind, ConfigObject } from "../model/config-object.ts";
import type { Node } from "../model/node.ts";
import type { SessionOptions } from "./make-peer.ts";
import { nothingGood } from "./node-config.ts";
import type { LastGood } from "./node-config.ts";
import type { Secrets } from "./password.ts";
import { resolveConfig } from "./resolve.ts";
import type { Resolved } from "./resolve.ts";

/** Specs by object name, in the order of arrival. */
type Specs = Readonly<Record<string, unknown>>;

export function objects(kind: ConfigKind, specs: Specs): ReadonlyMap<string, ConfigObject> {
  return new Map(
    Object.entries(specs).map(([name, spec]) => [name, { kind, name, uid: `uid-${name}`, labels: {}, spec }]),
  );
}

export const n1: Node = {
  name: "n1",
  uid: "uid-n1",
  labels: {},
  internalIPs: ["192.168.1.10"].flatMap((text) => parseAddress(text) ?? []),
  addresses: ["192.168.1.10", "2001:db8:1::10"].flatMap((text) => parseAddress(text) ?? []),
  podCIDRs: [],
  networkUnavailable: false,
  taints: [],
  drainRequested: false,
  deleting: false,
  problems: [],
};

interface Given {
  /** This node; undefined: not seen. Left out: n1. */
  readonly node?: Node | undefined;
  readonly configurations?: Specs;
  readonly peers?: Specs;
  readonly filters?: Specs;
  readonly secrets?: Secrets;
  readonly session?: SessionOptions;
  readonly lastGood?: LastGood;
  readonly clusterIPsFromEnv?: readonly string[] | null;
}

/** Resolves for node n1. */
export function resolve({
  configurations = {},
  peers = {},
  filters = {},
  lastGood = nothingGood,
  ...given
}: Given): Resolved {
  return resolveConfig({
    configurations: objects("BGPConfiguration", configurations),
    peers: objects("BGPPeer", peers),
    filters: objects("BGPFilter", filters),
    node: n1,
    nodeName: "n1",
    lastGood,
    ...given,
  });
}

/** Problems in one line each. */
export function problemLines({ config }: Resolved): readonly string[] {
  return config.problems.map(
    ({ object, field, severity, message }) => `${severity} ${object} ${field}: ${message}`,
  );
}
