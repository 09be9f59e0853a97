// Our part of frr.conf, and the file around it: everything else stays as it is, byte for byte.
import { markerGroup, ours } from "./names.ts";
import { owner } from "./neighbor.ts";
import { routerHead } from "./running-config.ts";

const begin = "! BEGIN of what the Bellman agent keeps here: it overwrites changes";
const end = "! END of what the Bellman agent keeps here";

/** With the lines that mark it. */
export function markedPart(part: string): string {
  return `${begin}\n${part.trimEnd()}\n${end}\n`;
}

/**
 * The file with our part in place of the one it had, or at its end.
 *
 * `write memory` leaves out comments, and so the marks: what it saved of ours goes too, or a restarted bgpd would begin
 * with routes of long ago.
 *
 * @returns null when our part begins and does not end: then nobody knows what is whose
 */
export function withPart(file: string, part: string): string | null {
  const lines = file.split("\n");
  const from = lines.indexOf(begin);
  if (from < 0) {
    const kept = withoutOurs(lines);
    const at = endOf(kept);
    const before = kept.slice(0, at).map((line) => `${line}\n`);
    return `${before.join("")}${markedPart(part)}${kept.slice(at).join("\n")}`;
  }
  const to = lines.indexOf(end, from);
  if (to < 0) return null;
  const [before, after] = [withoutOurs(lines.slice(0, from)), withoutOurs(lines.slice(to + 1))];
  return [...before, ...markedPart(part).trimEnd().split("\n"), ...after].join("\n");
}

/**
 * Our part of the file, without its marks, or what `write memory` saved of it, with a `router bgp` of our own.
 *
 * @returns null when it has none that is whole
 */
export function partOf(file: string): string | null {
  const lines = file.split("\n");
  const from = lines.indexOf(begin);
  if (from >= 0) {
    const to = lines.indexOf(end, from);
    return to < 0 ? null : lines.slice(from + 1, to).join("\n");
  }
  const sections = sectionsOf(lines).filter(isOurSection);
  if (!sections.some(isOurRouter)) return null;
  return sections.flatMap((section) => section.lines).join("\n");
}

/** First line of a `router bgp` of somebody else, in the default VRF; null: the file has none. */
export function foreignRouterIn(file: string): string | null {
  const lines = file.split("\n").map((line) => line.trimEnd());
  const from = lines.indexOf(begin);
  const to = from < 0 ? -1 : lines.indexOf(end, from);
  const others = to < 0 ? lines : [...lines.slice(0, from), ...lines.slice(to + 1)];
  return withoutOurs(others).find((line) => routerHead.test(line)) ?? null;
}

/** Where something can be put last: bgpd reads nothing behind a line `end`. */
function endOf(lines: readonly string[]): number {
  const last = lines.findLastIndex((line) => line.trim() !== "" && !line.startsWith("!"));
  return lines[last]?.trim() === "end" ? last : lines.at(-1) === "" ? lines.length - 1 : lines.length;
}

/** A line at the margin with those that belong to it. */
interface Section {
  readonly head: string;
  readonly lines: readonly string[];
}

function withoutOurs(lines: readonly string[]): readonly string[] {
  return sectionsOf(lines).flatMap((section): readonly string[] => {
    if (isOurSection(section)) return [];
    return routerHead.test(section.head) ? withoutOurNeighbors(section.lines) : section.lines;
  });
}

/** Is all of it ours? */
function isOurSection(section: Section): boolean {
  const { head } = section;
  if (head.startsWith(`route-map ${ours}`)) return true;
  return /^bgp large-community-list \S+ BELLMAN-/.test(head) || isOurRouter(section);
}

function isOurRouter({ head, lines }: Section): boolean {
  return routerHead.test(head) && lines.some((line) => line.trim() === `neighbor ${markerGroup} peer-group`);
}

/** Of a `router bgp` that we have joined. */
function withoutOurNeighbors(lines: readonly string[]): readonly string[] {
  const described = lines.map((line) => / neighbor (\S+) description (.*)$/.exec(line));
  const mine = new Set(
    described.filter((found) => found?.[2]?.startsWith(owner) === true).map((found) => found?.[1]),
  );
  return lines.filter((line) => {
    const [word, name, ...rest] = line.trim().split(" ");
    if (word === "neighbor") return !mine.has(name);
    return word !== "network" || !rest.join(" ").startsWith(`route-map ${ours}`);
  });
}

/** Blank lines and comments at the margin are sections of their own: nobody knows what they are about. */
function sectionsOf(lines: readonly string[]): readonly Section[] {
  const sections: { head: string; lines: string[] }[] = [];
  let open = false;
  for (const line of lines) {
    const last = sections.at(-1);
    if (open && last !== undefined && (/^\s+\S/.test(line) || line === "exit")) {
      last.lines.push(line);
      if (line === "exit") open = false;
      continue;
    }
    // FRR writes comments inside a section, but not at its end.
    if (open && last !== undefined && /^\s*!$/.test(line) && line.startsWith(" ")) {
      last.lines.push(line);
      continue;
    }
    sections.push({ head: line.trimEnd(), lines: [line] });
    open = /^(?:route-map|router) /.test(line);
  }
  return sections;
}
