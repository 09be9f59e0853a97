// What the commands' arguments have in common: output, where the objects come from, settings, the agent to ask.
import { parseArgs } from "node:util";
import type { ParseArgsConfig } from "node:util";
import { flagName } from "../config/settings-names.ts";
import { settingsTable } from "../config/settings-table.ts";
import type { Settings, WrittenSettings } from "../config/settings-table.ts";
import { didYouMean } from "../model/suggest.ts";
import { quote } from "../model/problem.ts";
import { oneLine, usageError } from "./errors.ts";
import type { Io } from "./io.ts";
import { loadSettings } from "./settings.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;

/** Of every command. */
export const commonOptions = {
  output: { type: "string", short: "o", default: "table" },
  "no-color": { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const satisfies Options;

/** Of commands that look at objects for one node. */
export const sourceOptions = {
  filename: { type: "string", short: "f", multiple: true },
  node: { type: "string" },
} as const satisfies Options;

export const agentOptions = { agent: { type: "string" } } as const satisfies Options;

/** Settings of the agent on which a plan depends; the commands take them under the same names. */
const planSettings = [
  "kubeconfig",
  "peerSelector",
  "namespace",
  "gracefulRestart",
  "bfd",
  "excludeLabel",
  "terminating",
  "drainTaints",
  "loadBalancerClasses",
  "podCidrs",
] as const satisfies readonly (keyof Settings)[];

/** Those on which it depends as well what a speaker is asked for, and where that is written. */
const speakerSettings = [
  "routerId",
  "listenPort",
  "localAddress",
  "frrConfig",
  "birdDir",
  "templates",
] as const satisfies readonly (keyof Settings)[];

type SettingOptions = Readonly<Record<string, { readonly type: "string" }>>;

const optionsOf = (flags: readonly string[]): SettingOptions =>
  Object.fromEntries(flags.map((flag) => [flag, { type: "string" }]));

const settingFlags = [...planSettings.map(flagName), "config"];

export const settingOptions: SettingOptions = optionsOf(settingFlags);

export const speakerOptions: SettingOptions = optionsOf(speakerSettings.map(flagName));

/** The flags of settings among the values, as they are written. */
export function givenSettings(values: Readonly<Record<string, unknown>>): readonly string[] {
  return settingFlags.filter((flag) => values[flag] !== undefined).map((flag) => `--${flag}`);
}

const usageOf = (names: readonly (keyof WrittenSettings)[]): string =>
  names
    .map(
      (name) =>
        `  --${flagName(name)} ${settingsTable[name].placeholder}\n      ${settingsTable[name].help}\n`,
    )
    .join("");

/** Lines for the help. */
export const settingsUsage: string = `${usageOf(planSettings)}  --config FILE\n      the agent's settings, from its file\n`;
export const speakerUsage: string = usageOf(speakerSettings);

/** @throws {CommandError} usage: names what was mistyped, and what may have been meant. */
export function parseArguments<T extends Options>(command: string, argv: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options });
  } catch (cause) {
    const message = oneLine(cause);
    const [, unknown] = /^Unknown option '(-[^']*)'/.exec(message) ?? [];
    if (unknown === undefined) throw usageError(`${command}: ${message}`, cause);
    const near = didYouMean(unknown, Object.keys(options), (found) => `--${found}`);
    throw usageError(
      `${command}: unknown option ${quote(unknown)}${near}; see bellman ${command} --help`,
      cause,
    );
  }
}

/**
 * The settings that hold for a command: its flags, else the environment and file that the agent would read.
 *
 * @param values as parsed: `settingOptions`, and perhaps `speakerOptions`, `node` and `engine`.
 */
export async function commandSettings(
  values: Readonly<Record<string, unknown>>,
  io: Pick<Io, "env">,
): Promise<Settings> {
  const given = [...settingFlags, ...Object.keys(speakerOptions), "engine"].flatMap((flag) => {
    const text = values[flag];
    return typeof text === "string" ? [`--${flag}=${text}`] : [];
  });
  const node = values["node"];
  if (typeof node === "string") {
    if (settingsTable.nodeName.parse(node) === null)
      throw usageError(`--node: ${quote(node)} is not ${settingsTable.nodeName.allowed}`);
    given.push(`--node-name=${node}`);
  }
  return loadSettings(given, io);
}
