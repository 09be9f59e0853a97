// bgpd's `show running-config`, as far as it concerns us.
import { parseAddress } from "../../model/address.ts";
import { families } from "../../model/family.ts";
import type { Family } from "../../model/family.ts";
import { parsePrefix } from "../../model/prefix.ts";
import { stanzasIn } from "./stanzas.ts";
import type { Stanzas } from "./stanzas.ts";

/** `router bgp` of the default VRF. */
export interface RouterSection {
  readonly asn: number;
  /** Of the section itself, without the spaces in front. */
  readonly lines: readonly string[];
  /** Of each address family, without the spaces in front. */
  readonly families: Readonly<Record<Family, readonly string[]>>;
}

export interface RunningConfig {
  /** null: there is none. */
  readonly router: RouterSection | null;
  /** Route-maps and community lists of ours. */
  readonly stanzas: Stanzas;
}

/** Also reads what templates render: it is the same language. */
export function parseRunningConfig(text: string): RunningConfig {
  const shown = text.split("\n");
  const lines = shown.map((line) => line.trim());
  const begin = lines.findIndex((line) => routerHead.test(line));
  const end = begin < 0 ? -1 : sectionEnd(shown, begin + 1);
  const outside = begin < 0 ? lines : [...lines.slice(0, begin), "exit", ...lines.slice(end)];
  return {
    router: begin < 0 ? null : parseRouter(lines[begin] ?? "", lines.slice(begin + 1, end)),
    stanzas: stanzasIn(outside),
  };
}

/** Of the default VRF; FRR 10 says behind the number how it writes such numbers, if that was chosen. */
export const routerHead = /^router bgp ([0-9.]+)(?: as-notation \S+)?$/;

/**
 * FRR 8 and later end a section with `exit`; before there is a line of `!` at the margin, and something new after it.
 * Sections inside (`segment-routing srv6`, `bmp targets`) have an `exit` of their own, further in.
 *
 * @param shown with the spaces in front
 */
function sectionEnd(shown: readonly string[], begin: number): number {
  const end = shown.findIndex((line, at) => at >= begin && endsSection(line));
  return end < 0 ? shown.length : end;
}

/** @param line with the spaces in front */
export function endsSection(line: string): boolean {
  return /^(?:exit|end|(?:router|route-map|interface|line|vrf) .*)$/.test(line.trimEnd());
}

export function routerHeadOf(asn: number): string {
  return `router bgp ${asn}`;
}

/** What `router bgp` says for all: not of a neighbour, and no networks. */
export function instanceLines({ router }: RunningConfig): readonly string[] {
  if (router === null) return [];
  const all = [...router.lines, ...families.flatMap((family) => router.families[family])];
  return all.filter((line) => {
    const [, name] = /^(?:no )?(?:neighbor|network) (\S+)/.exec(line) ?? [];
    return name === undefined || (parseAddress(name) === null && parsePrefix(name) === null);
  });
}

function parseRouter(head: string, lines: readonly string[]): RouterSection {
  const own: string[] = [];
  const byFamily: Record<Family, string[]> = { ipv4: [], ipv6: [] };
  /** null: a family that we do not speak. */
  let current: string[] | null = own;
  for (const line of lines) {
    const entered = /^address-family (\S+) (\S+)/.exec(line);
    if (entered !== null) {
      const family = families.find((each) => each === entered[1] && entered[2] === "unicast");
      current = family === undefined ? null : byFamily[family];
    } else if (line === "exit-address-family") current = own;
    else if (line !== "" && line !== "!") current?.push(line);
  }
  return { asn: asnOf(head), lines: own, families: byFamily };
}

/** Also in dotted form, if somebody likes it. */
function asnOf(head: string): number {
  const [high = "", low] = (routerHead.exec(head)?.[1] ?? "").split(".");
  return low === undefined ? Number(high) : Number(high) * 0x1_0000 + Number(low);
}
