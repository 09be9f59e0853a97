// A scenario: what is in the cluster, what happens step by step, and what each node must announce after each step.
// The form is described in test/scenarios/README.md.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseManifests } from "../../lab/cluster/manifest.ts";
import type { MergePatch, ObjectName } from "../../lab/cluster/manifest.ts";
import { projectRoot } from "../support/paths.ts";
import { readExpectation } from "./expectation.ts";
import type { Expectation } from "./expectation.ts";
import { asObject, isKind } from "./manifests.ts";
import type { ScenarioObject } from "./manifests.ts";
import { isFields, ScenarioReader } from "./reader.ts";
import type { Path } from "./reader.ts";

export interface Scenario {
  /** Of its folder. */
  readonly name: string;
  readonly file: string;
  readonly title: string;
  /** Rows of the acceptance list that it shows. */
  readonly rows: readonly string[];
  /** Flags of the agent without the dashes, and their values. */
  readonly settings: ReadonlyMap<string, string>;
  readonly environment: Readonly<Record<string, string>>;
  /** There before the first step. */
  readonly given: readonly ScenarioObject[];
  readonly steps: readonly Step[];
}

/** Objects are applied first, then patched, then deleted. */
export interface Step {
  readonly title: string;
  /** `file:line` */
  readonly place: string;
  readonly apply: readonly ScenarioObject[];
  readonly patch: readonly { readonly name: ObjectName; readonly patch: MergePatch }[];
  readonly delete: readonly ObjectName[];
  readonly then: Expectation;
}

export const scenariosFolder = join(projectRoot, "test/scenarios");

export function scenarioNames(): readonly string[] {
  return readdirSync(scenariosFolder)
    .filter((name) => existsSync(scenarioFile(name)))
    .sort();
}

export function scenarioFile(name: string): string {
  return join(scenariosFolder, name, "scenario.yaml");
}

/** @throws {ScenarioError} with file and line. */
export function loadScenario(name: string): Scenario {
  const file = scenarioFile(name);
  return parseScenario(name, file, readFileSync(file, "utf8"));
}

export function parseScenario(name: string, file: string, text: string): Scenario {
  const reader = new ScenarioReader(file, text);
  const fields = reader.fields(reader.document.toJS(), [], topFields);
  const objects = new ObjectReader(reader, dirname(file));
  const steps = reader.list(fields["steps"], ["steps"]);
  if (steps.length === 0) reader.fail(["steps"], "a scenario needs steps");
  return {
    name,
    file,
    title: reader.text(fields["title"], ["title"]),
    rows: reader.list(fields["rows"], ["rows"]).map((row, index) => reader.text(row, ["rows", index])),
    settings: new Map(Object.entries(readTexts(reader, fields["settings"], ["settings"]))),
    environment: readTexts(reader, fields["environment"], ["environment"]),
    given: objects.read(fields["given"], ["given"]),
    steps: steps.map((step, index) => readStep(reader, objects, step, ["steps", index])),
  };
}

const topFields = ["title", "rows", "settings", "environment", "given", "steps"];

function readTexts(reader: ScenarioReader, value: unknown, path: Path): Readonly<Record<string, string>> {
  const entries = Object.entries(reader.fields(value, path));
  return Object.fromEntries(entries.map(([key, text]) => [key, reader.text(text, [...path, key])]));
}

function readStep(reader: ScenarioReader, objects: ObjectReader, value: unknown, path: Path): Step {
  const fields = reader.fields(value, path, ["step", "apply", "patch", "delete", "then"]);
  const patches = Object.entries(reader.fields(fields["patch"], [...path, "patch"]));
  const deletions = reader.list(fields["delete"], [...path, "delete"]);
  return {
    title: reader.text(fields["step"], [...path, "step"]),
    place: reader.place(path),
    apply: objects.read(fields["apply"], [...path, "apply"]),
    patch: patches.map(([name, patch]) => ({
      name: readName(reader, name, [...path, "patch", name]),
      patch: reader.fields(patch, [...path, "patch", name]),
    })),
    delete: deletions.map((name, index) => readName(reader, name, [...path, "delete", index])),
    then: readExpectation(reader, fields["then"], [...path, "then"]),
  };
}

/** `Service/web`, `Service/shop/web` or `Node/n1`. */
function readName(reader: ScenarioReader, value: unknown, path: Path): ObjectName {
  const [kind, ...name] = reader.text(value, path).split("/");
  if (!isKind(kind) || name.length < 1 || name.length > 2)
    return reader.fail(path, `"${String(value)}" is not KIND/NAME or KIND/NAMESPACE/NAME`);
  return { kind, name: name.join("/") };
}

class ObjectReader {
  readonly #reader: ScenarioReader;
  readonly #folder: string;

  constructor(reader: ScenarioReader, folder: string) {
    this.#reader = reader;
    this.#folder = folder;
  }

  /** Each entry is an object, or the name of a file of objects beside the scenario. */
  read(value: unknown, path: Path): readonly ScenarioObject[] {
    return this.#reader.list(value, path).flatMap((entry, index) => {
      const at = [...path, index];
      if (typeof entry === "string") return this.#readFile(entry, at);
      const object = asObject(entry);
      return object === null ? this.#reader.fail(at, notAnObject(entry)) : [object];
    });
  }

  #readFile(name: string, path: Path): readonly ScenarioObject[] {
    const file = join(this.#folder, name);
    if (!existsSync(file)) this.#reader.fail(path, `there is no file "${name}" beside the scenario`);
    return parseManifests(readFileSync(file, "utf8")).map(
      (manifest) => asObject(manifest) ?? this.#reader.fail(path, `${name}: ${notAnObject(manifest)}`),
    );
  }
}

function notAnObject(value: unknown): string {
  const kind = isFields(value) ? value["kind"] : undefined;
  return isKind(kind)
    ? `the ${kind} needs metadata with a name`
    : "not an object of a kind that Bellman reads (Service, EndpointSlice, Node, BGPConfiguration, BGPPeer, BGPFilter)";
}
