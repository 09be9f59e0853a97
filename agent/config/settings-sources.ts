// Where settings are written: flags, environment variables, a YAML file. All become texts by flag name.
import { parse as parseYaml } from "yaml";
import { quote } from "../model/problem.ts";
import { SettingsError } from "./settings-error.ts";
import { envName, flagName, laterFlags } from "./settings-names.ts";
import { settingsTable } from "./settings-table.ts";
import { isRecord } from "./spec.ts";
import { didYouMean } from "../model/suggest.ts";

/** A setting as it was found. */
export interface Written {
  readonly text: string;
  /** How the place is called in a message: `--http`, `BELLMAN_HTTP`, `http in /etc/bellman.yaml`. */
  readonly place: string;
}

export type Source = ReadonlyMap<string, Written>;

const settingFlags: readonly string[] = [...Object.keys(settingsTable).map(flagName), ...laterFlags];
const allFlags: readonly string[] = [...settingFlags, "config"];
const flagsThat = (are: "list" | "bare"): readonly string[] =>
  Object.entries(settingsTable).flatMap(([name, setting]) => (setting[are] === true ? [flagName(name)] : []));
const listFlags = flagsThat("list");
const bareFlags = flagsThat("bare");

/** `--name value` and `--name=value`, or just `--name` where that says `true`; the last one counts. */
export function fromArgv(argv: readonly string[]): Source {
  const found = new Map<string, Written>();
  const rest = argv.values();
  for (const argument of rest) {
    const [, name, attached] = /^--([^=]+)(?:=([^]*))?$/.exec(argument) ?? [];
    if (name === undefined)
      throw new SettingsError(
        "unknown",
        `unexpected argument ${quote(argument)}: settings are given as --name VALUE`,
      );
    if (!allFlags.includes(name))
      throw unknown(`flag ${quote(`--${name}`)}`, name, allFlags, (flag) => `--${flag}`);
    const text = attached ?? (bareFlags.includes(name) ? "true" : rest.next().value);
    if (text === undefined || text === "" || (attached === undefined && text.startsWith("--")))
      throw new SettingsError("value", `--${name} needs a value`);
    found.set(name, { text, place: `--${name}` });
  }
  return found;
}

/** Variables that begin with BELLMAN_; an empty one counts as not set. */
export function fromEnv(env: Readonly<Record<string, string | undefined>>): Source {
  const flagOf = new Map(allFlags.map((flag) => [envName(flag), flag]));
  const found = new Map<string, Written>();
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith("BELLMAN_") || text === undefined || text === "") continue;
    const flag = flagOf.get(name);
    if (flag !== undefined) found.set(flag, { text, place: name });
    else if (!isForeign(name, text))
      throw unknown(`environment variable ${quote(name)}`, name, flagOf.keys(), (known) => known);
  }
  return found;
}

/**
 * Variables of that prefix that nobody wrote for the agent: those that Kubernetes sets for every service whose name
 * begins with "bellman" (`BELLMAN_PORT=tcp://10.96.0.7:9179`), and those for the project's own tests.
 */
function isForeign(name: string, text: string): boolean {
  if (/_(SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/.test(name))
    return true;
  return (name.endsWith("_PORT") && /^(tcp|udp|sctp):\/\//.test(text)) || name.startsWith("BELLMAN_TEST_");
}

/** @param path names the file in messages. */
export function fromFile(path: string, text: string): Source {
  const found = new Map<string, Written>();
  const content = parseFile(path, text);
  for (const [key, value] of Object.entries(content)) {
    if (!settingFlags.includes(key)) throw unknown(`key ${quote(key)} in ${quote(path)}`, key, settingFlags);
    const place = `${key} in ${quote(path)}`;
    const text = textOf(value, place, listFlags.includes(key));
    if (text !== "") found.set(key, { text, place });
  }
  return found;
}

/** Empty: not set. */
function textOf(value: unknown, place: string, mayBeList: boolean): string {
  if (value === null) return "";
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return String(value);
  if (!mayBeList || !Array.isArray(value))
    throw new SettingsError(
      "value",
      `${place}: ${quote(value)} is not one value${mayBeList ? ", or a list" : ""}`,
    );
  const entries: readonly unknown[] = value;
  return entries.map((entry) => textOf(entry, place, false)).join(",");
}

function parseFile(path: string, text: string): Readonly<Record<string, unknown>> {
  let content: unknown;
  try {
    content = parseYaml(text, { logLevel: "error", prettyErrors: false });
  } catch (cause) {
    const [reason] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
    throw new SettingsError("file", `${quote(path)} is not valid YAML: ${quote(reason)}`, { cause });
  }
  if (content === null || content === undefined) return {};
  if (isRecord(content)) return content;
  throw new SettingsError(
    "file",
    `${quote(path)} must hold settings as "name: value", not ${quote(content)}`,
  );
}

function unknown(
  what: string,
  name: string,
  known: Iterable<string>,
  show?: (found: string) => string,
): SettingsError {
  return new SettingsError("unknown", `unknown ${what}${didYouMean(name, known, show)}`);
}
