// BGPConfiguration and BGPPeer as the rules say, with a memory of what was good before an edit that cannot be read.
import { readCommunity, unite } from "./communities.ts";
import type { Communities } from "./communities.ts";
import { at, isFields, list, text } from "./json.ts";
import { parseCidr, parseIp } from "./net.ts";
import type { Cidr } from "./net.ts";

export type Source = "clusterIPs" | "externalIPs" | "loadBalancerIPs";

export interface Advertised {
  readonly cidr: Cidr;
  readonly communities: Communities;
}

export interface Configuration {
  readonly lists: Readonly<Record<Source, readonly Cidr[]>>;
  readonly aggregation: boolean;
  readonly advertised: readonly Advertised[];
  /** A session to a peer of the own AS is wanted. */
  readonly ibgp: boolean;
}

type Objects = ReadonlyMap<string, unknown>;

/** One field of one object; what cannot be read counts as it was last good, for as long as the field is there. */
class Remembered<T> {
  #good: T | undefined;

  read(spec: unknown, field: string, parse: (value: unknown) => T | null): T | undefined {
    if (spec !== undefined && spec !== null && !isFields(spec)) return this.#good;
    const value = at(spec, field);
    this.#good = value === undefined || value === null ? undefined : (parse(value) ?? this.#good);
    return this.#good;
  }
}

export class ConfigurationMemory {
  readonly #clusterIPs = new Remembered<readonly Cidr[]>();
  readonly #externalIPs = new Remembered<readonly Cidr[]>();
  readonly #loadBalancerIPs = new Remembered<readonly Cidr[]>();
  readonly #aggregation = new Remembered<boolean>();
  readonly #asn = new Remembered<number>();
  readonly #forAll = new Remembered<readonly Advertised[]>();
  readonly #forNode = new Remembered<readonly Advertised[]>();
  /** Peer → its AS, while a session is wanted. */
  #peers: ReadonlyMap<string, number> = new Map();
  /** From the environment, in place of serviceClusterIPs; null: not set. */
  readonly #clusterIPsInstead: readonly Cidr[] | null;

  constructor(clusterIPsInstead: string | null) {
    this.#clusterIPsInstead =
      clusterIPsInstead
        ?.split(",")
        .map(parseCidr)
        .filter((cidr) => cidr !== null) ?? null;
  }

  /** To be asked after every change of configuration, in order. */
  read(configurations: Objects, peers: Objects): Configuration {
    const all = at(configurations.get("default"), "spec");
    const own = at(configurations.get("node.n1"), "spec");
    const forNode = this.#forNode.read(own, "prefixAdvertisements", (value) => readAdvertised(value, own));
    const forAll = this.#forAll.read(all, "prefixAdvertisements", (value) => readAdvertised(value, all));
    // An unreadable list of the node's replaces that of all, too.
    const replaced = list(at(own, "prefixAdvertisements")).length > 0 ? [] : undefined;
    const asn = this.#asn.read(all, "asNumber", readAsn) ?? 64512;
    this.#peers = this.#wanted(peers);
    return {
      lists: {
        clusterIPs:
          this.#clusterIPsInstead ?? this.#clusterIPs.read(all, "serviceClusterIPs", readCidrs) ?? [],
        externalIPs: this.#externalIPs.read(all, "serviceExternalIPs", readCidrs) ?? [],
        loadBalancerIPs: this.#loadBalancerIPs.read(all, "serviceLoadBalancerIPs", readCidrs) ?? [],
      },
      aggregation: this.#aggregation.read(all, "serviceLoadBalancerAggregation", readSwitch) ?? true,
      advertised: forNode ?? replaced ?? forAll ?? [],
      ibgp: [...this.#peers.values()].includes(asn),
    };
  }

  /** An edit that cannot be read leaves a session as it was. */
  #wanted(peers: Objects): ReadonlyMap<string, number> {
    const wanted = new Map<string, number>();
    for (const [name, peer] of peers) {
      const spec = at(peer, "spec");
      const node = text(at(spec, "node"));
      if ((node !== null && node !== "n1") || at(spec, "password") !== undefined) continue;
      const asn = readAsn(at(spec, "asNumber"));
      const good = asn !== null && parseIp(at(spec, "peerIP")) !== null ? asn : this.#peers.get(name);
      if (good !== undefined) wanted.set(name, good);
    }
    return wanted;
  }
}

function readAsn(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

function readSwitch(value: unknown): boolean | null {
  return value === "Enabled" ? true : value === "Disabled" ? false : null;
}

/** null: nothing in it can be read. An empty entry asks for nothing. */
function readCidrs(value: unknown): readonly Cidr[] | null {
  if (!Array.isArray(value)) return null;
  const entries = list(value).filter((entry) => !isEmptyEntry(entry));
  const cidrs = entries.map((entry) => parseCidr(at(entry, "cidr"))).filter((cidr) => cidr !== null);
  return entries.length > 0 && cidrs.length === 0 ? null : cidrs;
}

function readAdvertised(value: unknown, spec: unknown): readonly Advertised[] | null {
  if (!Array.isArray(value)) return null;
  const entries = list(value).filter((entry) => !isEmptyEntry(entry));
  const read = entries.map((entry): Advertised | null => {
    const cidr = parseCidr(at(entry, "cidr"));
    const given = list(at(entry, "communities"));
    const known = given.map((name) => readNamed(name, spec)).filter((community) => community !== null);
    if (cidr === null || (given.length > 0 && known.length === 0)) return null;
    return { cidr, communities: unite(known) };
  });
  const good = read.filter((entry) => entry !== null);
  return entries.length > 0 && good.length === 0 ? null : good;
}

/** A name of the same object, or a community itself. */
function readNamed(name: unknown, spec: unknown): Communities | null {
  const named = list(at(spec, "communities")).find((entry) => at(entry, "name") === name);
  return readCommunity(named === undefined ? name : at(named, "value"));
}

function isEmptyEntry(entry: unknown): boolean {
  return entry === null || (isFields(entry) && Object.keys(entry).length === 0);
}
