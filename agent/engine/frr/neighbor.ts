// Neighbours as FRR is given them and gives them back, from and to our peers.
import { parseAddress } from "../../model/address.ts";
import type { Address } from "../../model/address.ts";
import { parseAsn } from "../../model/asn.ts";
import type { Asn } from "../../model/asn.ts";
import { families } from "../../model/family.ts";
import type { Family } from "../../model/family.ts";
import type { Peer } from "../../model/peer.ts";
import { Secret } from "../../model/secret.ts";
import type { NeighborContext } from "./contexts.ts";
import { exportMap, importMap } from "./names.ts";
import type { RouterSection } from "./running-config.ts";

const bgpPort = 179;

/** What a neighbour's description begins with, if it is ours. */
export const owner = "Bellman ";

export function neighborContext(peer: Peer, localAsn: Asn): NeighborContext {
  const external = peer.asn !== localAsn || peer.localAsn !== localAsn;
  return {
    address: peer.address,
    asn: peer.asn,
    description: describe(peer),
    localAsn: peer.localAsn === localAsn ? null : peer.localAsn,
    password: peer.password?.reveal() ?? null,
    port: peer.port === bgpPort ? null : peer.port,
    sourceAddress: peer.sourceAddress,
    ttlSecurityHops: peer.ttlSecurityHops,
    // FRR takes one of the two; with TTL security it sends with the largest TTL as well.
    multihop: peer.multihop && external && peer.ttlSecurityHops === null,
    keepaliveSeconds: peer.keepaliveSeconds,
    holdTimeSeconds: peer.holdTimeSeconds,
    bfd: peer.bfdIntervalMs === null ? null : { intervalMs: peer.bfdIntervalMs },
    gracefulRestart: peer.gracefulRestartSeconds !== null,
    allowedLocalAsns: peer.allowedLocalAsns === 0 ? null : peer.allowedLocalAsns,
    families,
    importMap,
    exportMap: exportMap(peer.address),
  };
}

/** Such as `Bellman tor1`, or `Bellman tor1 multihop`: what FRR does not show for every neighbour stands there too. */
function describe({ name, multihop, bfdIntervalMs }: Peer): string {
  // Names of objects are one word; whatever else got here must not become words of a configuration.
  const word = encodeURIComponent(name).replace(/[!'()*~]/g, "_") || "_";
  const bfd = bfdIntervalMs === null ? [] : ["bfd", String(bfdIntervalMs)];
  return `${owner}${[word, ...(multihop ? ["multihop"] : []), ...bfd].join(" ")}`;
}

/** All that a `router bgp` says of one neighbour. */
export interface NeighborLines {
  /** Without `neighbor ADDRESS ` in front: `no neighbor ADDRESS send-community` is `no send-community`. */
  readonly own: readonly string[];
  readonly families: Readonly<Record<Family, readonly string[]>>;
}

/** By address; neighbours on an interface and peer groups have none and are left out. */
export function neighborLinesOf(router: RouterSection): ReadonlyMap<Address, NeighborLines> {
  const found = new Map<Address, { own: string[]; families: Record<Family, string[]> }>();
  const collect = (lines: readonly string[], family: Family | null) => {
    for (const line of lines) {
      const [, no = "", text, words] = /^(no )?neighbor (\S+) (.+)$/.exec(line) ?? [];
      const address = text === undefined ? null : parseAddress(text);
      if (address === null || words === undefined) continue;
      const rest = no + words;
      const mine = found.get(address) ?? { own: [], families: { ipv4: [], ipv6: [] } };
      found.set(address, mine);
      (family === null ? mine.own : mine.families[family]).push(rest);
    }
  };
  collect(router.lines, null);
  for (const family of families) {
    collect(router.families[family], family);
    if (!activeByDefault(router, family)) continue;
    // FRR shows only who is not.
    for (const [address, lines] of found)
      if (!router.families[family].includes(`no neighbor ${address} activate`))
        lines.families[family].push("activate");
  }
  return found;
}

/** The other way round: lines inside `router bgp`. */
export function textOf(address: Address, { own, families: byFamily }: NeighborLines): string {
  const line = (rest: string) =>
    rest.startsWith("no ") ? `no neighbor ${address} ${rest.slice(3)}` : `neighbor ${address} ${rest}`;
  return [
    ...own.map(line),
    ...families.flatMap((family) => {
      const lines = byFamily[family].map((rest) => ` ${line(rest)}`);
      return lines.length === 0 ? [] : [`address-family ${family} unicast`, ...lines, "exit-address-family"];
    }),
  ].join("\n");
}

function activeByDefault({ lines }: RouterSection, family: Family): boolean {
  return family === "ipv4"
    ? !lines.includes("no bgp default ipv4-unicast")
    : lines.includes("bgp default ipv6-unicast");
}

export function isOurs({ own }: NeighborLines): boolean {
  return own.some((line) => line.startsWith(`description ${owner}`));
}

export interface NeighborSurroundings {
  /** Of `router bgp`. */
  readonly localAsn: Asn;
  /** Which `router bgp` offers to all its neighbours. */
  readonly restartSeconds: number;
}

/** The peer that these lines would be of, if it is one of ours; null: they say too little, or what we never say. */
export function peerOf(
  address: Address,
  { own, families: byFamily }: NeighborLines,
  { localAsn, restartSeconds }: NeighborSurroundings,
): Peer | null {
  const said = new Map(own.map(readLine));
  const described = /^Bellman (\S+)( multihop)?(?: bfd ([0-9]+))?$/.exec(said.get("description") ?? "");
  const asn = parseAsn(said.get("remote-as"));
  const replaced = said.get("local-as")?.replace(" no-prepend replace-as", "");
  const ownAsn = replaced === undefined ? localAsn : parseAsn(replaced);
  if (described === null || asn === null || ownAsn === null) return null;
  const [, word = "", multihop, bfdIntervalMs] = described;
  const [keepalive, hold] = (said.get("timers") ?? "").split(" ");
  const source = said.get("update-source");
  const sourceAddress = source === undefined ? null : parseAddress(source);
  const allowas = byFamily.ipv4.find((line) => line.startsWith("allowas-in"));
  const password = said.get("password");
  return {
    name: nameOf(word),
    address,
    port: Number(said.get("port") ?? bgpPort),
    asn,
    localAsn: ownAsn,
    holdTimeSeconds: Number(hold),
    keepaliveSeconds: Number(keepalive),
    password: password === undefined ? null : new Secret(password),
    sourceAddress,
    multihop: multihop !== undefined,
    ttlSecurityHops: numberOrNull(said.get("ttl-security hops")),
    allowedLocalAsns: allowas === undefined ? 0 : Number(/ ([0-9]+)$/.exec(allowas)?.[1] ?? defaultAllowas),
    gracefulRestartSeconds: said.has("graceful-restart") ? restartSeconds : null,
    bfdIntervalMs: numberOrNull(bfdIntervalMs),
  };
}

/** What `allowas-in` means without a number. */
const defaultAllowas = 3;

/** Do these lines say the same, as far as FRR shows them? */
export function sameLines(rendered: NeighborLines, running: NeighborLines): boolean {
  return (
    same(rendered.own, running.own) &&
    families.every((family) => same(rendered.families[family], running.families[family]))
  );
}

function same(rendered: readonly string[], running: readonly string[]): boolean {
  const [wanted, shown] = [rendered, running].map((lines) => new Set(lines.map(asShown)));
  return wanted?.size === shown?.size && [...(wanted ?? [])].every((line) => shown?.has(line) === true);
}

/** Some lines FRR shows shorter than it is given them. */
function asShown(line: string): string {
  if (/^bfd [0-9 ]+$/.test(line)) return "bfd";
  // From FRR 10 on; before, the number is shown.
  if (line === "ebgp-multihop 255") return "ebgp-multihop";
  return line === `allowas-in ${defaultAllowas}` ? "allowas-in" : line;
}

/** Names of settings in two words. */
const pairs = ["timers connect", "timers delayopen", "ttl-security hops"];

function readLine(line: string): readonly [string, string] {
  const words = line.split(" ");
  const length = pairs.includes(words.slice(0, 2).join(" ")) ? 2 : 1;
  return [words.slice(0, length).join(" "), words.slice(length).join(" ")];
}

function numberOrNull(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}

function nameOf(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}
