// What a template has to say, and what it must not, for the agent to know again what it has asked bgpd for.
import { parseLargeCommunity } from "../../model/community.ts";
import { quote } from "../../model/problem.ts";
import { TemplateError } from "../templates/template-error.ts";
import type { Template, TemplateText } from "../templates/template.ts";
import type {
  AttributesContext,
  BaseContext,
  ExportContext,
  FileContext,
  InstanceContext,
  NeighborContext,
} from "./contexts.ts";
import { neighborLinesOf, owner } from "./neighbor.ts";
import { isNetwork, networksOf } from "./networks.ts";
import { parseRunningConfig } from "./running-config.ts";
import { stanzasIn, strayLine } from "./stanzas.ts";

/** What is wrong with a filled template, and in which of its lines; null: it is not a matter of one. */
interface Finding {
  readonly line: string | null;
  readonly message: string;
}

/** null: nothing is wrong. @param lines without the spaces around them */
export type Rule<Context> = (lines: readonly string[], context: Context) => Finding | null;

/** By template. */
export interface Rules {
  readonly base: Rule<BaseContext>;
  readonly attributes: Rule<AttributesContext>;
  readonly export: Rule<ExportContext>;
  readonly file: Rule<FileContext>;
  readonly instance: Rule<InstanceContext>;
  readonly neighbor: Rule<NeighborContext>;
  /** In place of `neighbor` where a `router bgp` of somebody else may be joined. */
  readonly guest: Rule<NeighborContext>;
}

export const rules: Rules = {
  base: (lines, { importMap }) => defines(lines, importMap),
  attributes: (lines, { name, description }) => {
    const fault = defines(lines, name);
    if (fault !== null) return fault;
    const described = [...stanzasIn(lines)].some(
      ([head, body]) => isOf(name, head) && body.includes(`description ${description}`),
    );
    return described ? null : lack(`its route-map has no line "description {{description}}"`);
  },
  export: (lines, { name }) => defines(lines, name),
  file: (lines, { definitions, instance, neighbors, families }) => {
    const parts = [
      ["definitions", definitions],
      ["instance", instance],
      ...neighbors.map((text) => ["neighbors", text] as const),
      ...families.map(({ networks }) => ["families[].networks", networks] as const),
    ] as const;
    const left = parts.find(([, text]) => !lines.includes(text.trim()));
    return left === undefined ? null : lack(`it leaves out ${left[0]}, without which bgpd would begin`);
  },
  instance: (lines, { asn, routerId, restart }) => {
    const { router } = parseRunningConfig([`router bgp ${asn}`, ...lines, "exit"].join("\n"));
    const outside = lines.find(leavesRouter);
    if (outside !== undefined) return fault(outside, "stands outside of router bgp");
    const others = router === null ? 0 : neighborLinesOf(router).size + networksOf(router).length;
    const other = lines.find((line) => isNetwork(line) || /^neighbor [0-9a-f.:]+ /i.test(line));
    if (others > 0)
      return fault(other ?? null, "is a neighbour or a network, which the agent takes out: it has its own");
    const needed = [
      `bgp router-id ${routerId}`,
      ...(restart === null ? [] : [`bgp graceful-restart restart-time ${restart.seconds}`]),
    ];
    const left = needed.find((line) => !lines.includes(line));
    return left === undefined ? null : lack(`it makes no line ${quote(left)} of what it is given`);
  },
  neighbor: (lines, { address }) => {
    const other = lines.find((line) => !isAbout(address, line));
    return other === undefined
      ? null
      : fault(other, "is not about {{address}}: what belongs to all of router bgp stands in instance.hbs");
  },
  guest: (lines, context) => {
    const found = rules.neighbor(lines, context);
    if (found !== null) return found;
    const described = lines.some((line) =>
      line.startsWith(`neighbor ${context.address} description ${owner}`),
    );
    return described
      ? null
      : lack(`it makes no description that begins with "${owner}", as --frr-adopt needs`);
  },
};

function lack(message: string): Finding {
  return { line: null, message };
}

function fault(line: string | null, message: string): Finding {
  return { line, message: line === null ? `a line ${message}` : `${quote(line)} ${message}` };
}

/** Nothing but stanzas of ours, and the route-map among them. */
function defines(lines: readonly string[], routeMap: string): Finding | null {
  const stray = strayLine(lines);
  if (stray !== null)
    return fault(
      stray,
      `belongs to no route-map or large-community-list whose name begins with "BELLMAN-", and bgpd would not be told: keep it in your own part of frr.conf`,
    );
  const heads = [...stanzasIn(lines).keys()];
  const other = heads.find((head) => !isAsShown(head));
  if (other !== undefined)
    return fault(
      other,
      'is shown by bgpd in other words: it says "route-map NAME permit NUMBER" and "bgp large-community-list standard NAME seq NUMBER permit A:B:C"',
    );
  return heads.some((head) => isOf(routeMap, head)) ? null : lack(`it makes no route-map ${quote(routeMap)}`);
}

/** By its first line bgpd's stanza is known again. */
function isAsShown(head: string): boolean {
  if (/^route-map \S+ (?:permit|deny) [1-9][0-9]*$/.test(head)) return true;
  const [, kind, what = ""] =
    /^bgp large-community-list (standard|expanded) \S+ seq [1-9][0-9]* (?:permit|deny) (\S.*)$/.exec(head) ??
    [];
  if (kind === undefined || /\s{2}/.test(what)) return false;
  return kind === "expanded" || what.split(" ").every((word) => parseLargeCommunity(word) === word);
}

function isOf(routeMap: string, head: string): boolean {
  return head.startsWith(`route-map ${routeMap} `);
}

function leavesRouter(line: string): boolean {
  return /^(?:exit|end|(?:router|route-map|interface|line|vrf)(?: .*)?)$/.test(line);
}

function isAbout(address: string, line: string): boolean {
  if (line === "" || line.startsWith("!") || line === "exit-address-family") return true;
  if (line.startsWith("address-family ")) return true;
  return line.replace(/^no /, "").startsWith(`neighbor ${address} `);
}

export interface RuleCheck<Context> {
  readonly sample: Context;
  /** Left out or empty in the sample, one thing at a time and all at once, this is given as well. */
  readonly lacks: Partial<Context>;
  readonly rule: Rule<Context>;
}

/** @throws {TemplateError} with the line of the template that is at fault, where it is one */
export function checkRules<Context extends object>(
  { place, text }: TemplateText,
  template: Template<Context>,
  { sample, lacks, rule }: RuleCheck<Context>,
): void {
  const singly = Object.entries(lacks).map(([name, value]) => ({ ...sample, [name]: value }));
  for (const context of [sample, { ...sample, ...lacks }, ...singly]) {
    const lines = template(context).split("\n");
    const finding = rule(
      lines.map((line) => line.trim()),
      context,
    );
    if (finding === null) continue;
    throw new TemplateError(
      place,
      finding.line === null ? null : lineIn(text, finding.line),
      finding.message,
    );
  }
}

/** The line of the template that says most of it itself, from 1; null: it cannot be told. */
function lineIn(template: string, line: string): number | null {
  const parts = template.split("\n").map((source) => source.trim().split(/\{\{.*?\}\}/));
  const said = parts.map((literal) => (fits(literal, line) ? literal.join("").length : 0));
  const most = Math.max(...said);
  return most === 0 ? null : said.indexOf(most) + 1;
}

/** Does the line consist of these parts, with whatever between them? */
function fits(parts: readonly string[], line: string): boolean {
  const escaped = parts.map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`).test(line);
}
