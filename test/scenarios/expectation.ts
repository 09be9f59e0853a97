// What a step's `then` says: every route on every node, addresses that are refused, problems.
import { nodeNames } from "../../lab/rack/layout.ts";
import type { NodeName } from "../../lab/rack/layout.ts";
import { announceReasons, refusalReasons } from "../../agent/model/reason.ts";
import { isFields } from "./reader.ts";
import type { Fields, Path, ScenarioReader } from "./reader.ts";

/** How one node announces a prefix. */
export interface RouteOnNode {
  readonly reason: string;
  readonly communities: readonly string[];
  readonly largeCommunities: readonly string[];
  readonly med: number | null;
  readonly localPref: number | null;
  readonly prepend: number;
}

export type OnNodes<T> = ReadonlyMap<NodeName, T>;

export interface Expectation {
  /** Prefix → nodes that announce it. Complete. */
  readonly routes: ReadonlyMap<string, OnNodes<RouteOnNode>>;
  /** `ADDRESS`, `NAMESPACE/NAME` or `NAMESPACE/NAME ADDRESS` → the reason why not. Not complete. */
  readonly refused: ReadonlyMap<string, OnNodes<string>>;
  /** `severity Kind/name field`, sorted. Complete. */
  readonly problems: readonly string[];
  /** CIDRs that the guard of every node holds; null: not asked. */
  readonly guard: readonly string[] | null;
}

export function readExpectation(reader: ScenarioReader, value: unknown, path: Path): Expectation {
  const fields = reader.fields(value, path, ["routes", "refused", "problems", "guard"]);
  const guard = reader.list(fields["guard"], [...path, "guard"]);
  const problems = reader.list(fields["problems"], [...path, "problems"]);
  return {
    routes: readEach(reader, fields["routes"], [...path, "routes"], (route, at) =>
      readRoute(reader, route, at),
    ),
    refused: readEach(reader, fields["refused"], [...path, "refused"], (reason, at) =>
      readReason(reader, reason, at, refusalReasons),
    ),
    problems: problems.map((problem, index) => reader.text(problem, [...path, "problems", index])).sort(),
    guard:
      fields["guard"] === undefined
        ? null
        : guard.map((cidr, index) => reader.text(cidr, [...path, "guard", index])),
  };
}

/** Each key's value holds for all nodes, or is `NODES: value` for some. */
function readEach<T>(
  reader: ScenarioReader,
  value: unknown,
  path: Path,
  read: (value: unknown, path: Path) => T,
): ReadonlyMap<string, OnNodes<T>> {
  return new Map(
    Object.entries(reader.fields(value, path)).map(([key, given]) => {
      const at = [...path, key];
      const perNodes: Fields = isPerNodes(given) ? given : { all: given };
      const entries = Object.entries(perNodes).flatMap(([names, each]) => {
        const there = isPerNodes(given) ? [...at, names] : at;
        return readNodes(reader, names, there).map((node) => [node, read(each, there)] as const);
      });
      return [key, new Map(entries)];
    }),
  );
}

function isPerNodes(value: unknown): value is Fields {
  return isFields(value) && !("reason" in value);
}

function readNodes(reader: ScenarioReader, names: string, path: Path): readonly NodeName[] {
  if (names === "all") return nodeNames;
  return names.split(" ").map((name) => {
    const node = nodeNames.find((each) => each === name);
    return (
      node ?? reader.fail(path, `there is no node "${name}"; there are ${nodeNames.join(", ")}, or "all"`)
    );
  });
}

const routeFields = ["reason", "communities", "largeCommunities", "med", "localPref", "prepend"];

function readRoute(reader: ScenarioReader, value: unknown, path: Path): RouteOnNode {
  const fields = typeof value === "string" ? { reason: value } : reader.fields(value, path, routeFields);
  const communities = (name: string) =>
    reader
      .list(fields[name], [...path, name])
      .map((text, index) => reader.text(text, [...path, name, index]));
  const number = (name: string) => {
    const given = fields[name];
    if (given === undefined || given === null) return null;
    return typeof given === "number" ? given : reader.fail([...path, name], "a number is expected here");
  };
  return {
    reason: readReason(reader, fields["reason"], path, announceReasons),
    communities: communities("communities"),
    largeCommunities: communities("largeCommunities"),
    med: number("med"),
    localPref: number("localPref"),
    prepend: number("prepend") ?? 0,
  };
}

function readReason(reader: ScenarioReader, value: unknown, path: Path, known: object): string {
  const reason = reader.text(value, path);
  if (!Object.hasOwn(known, reason))
    reader.fail(path, `"${reason}" is not a reason here; there are ${Object.keys(known).join(", ")}`);
  return reason;
}
