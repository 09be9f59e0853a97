// `bellman render`: the configuration that a speaker would be given, as text.
import type { ConfigurationFile, FileEngine } from "../engine/rendering.ts";
import { compareProblems, hasError } from "../model/problem.ts";
import { problemJson } from "../plan/json.ts";
import { decideOnce } from "../reconcile/offline.ts";
import { renderDesired } from "../reconcile/render.ts";
import {
  commandSettings,
  commonOptions,
  parseArguments,
  settingOptions,
  settingsUsage,
  sourceOptions,
  speakerOptions,
  speakerUsage,
} from "./arguments.ts";
import { fileEngineOf } from "./engine.ts";
import { usageError } from "./errors.ts";
import type { ExitCode } from "./errors.ts";
import type { Io } from "./io.ts";
import { parseFormat, render } from "./output.ts";
import { filePaths, readPicture } from "./picture.ts";

const usage = `bellman render [-f PATH…] [--node NAME] --engine frr|bird [--templates DIR] [-o table|json|yaml]
               [--SETTING VALUE…]

  What the agent on that node would write for its speaker: each file under a comment with its path, as made
  by the agent's own code from its own templates, or from those in --templates DIR. Nothing is written, and
  no speaker is asked. From manifests: files, directories, or - for standard input; without -f: from the
  cluster, by default for the node that the agent would work for. Problems are told on stderr.
  In place of a password there is (secret), whatever it is.
  Every neighbour counts as on the node's link: no "multihop" is shown that the agent may add for another.
  Exit code 1: a problem is an error, or there is no such node. 2: also for a template that cannot be used.
  3: the API cannot be reached.

  --engine frr|bird
      the speaker; for gobgp nothing is written, as it is told everything by its API

  Settings as of bellman agent, also from its environment variables:
${speakerUsage}${settingsUsage}`;

export async function renderCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  const { values, positionals } = parseArguments("render", argv, {
    ...settingOptions,
    ...speakerOptions,
    ...sourceOptions,
    engine: { type: "string" },
    ...commonOptions,
  });
  if (values.help === true) {
    io.stdout(usage);
    return 0;
  }
  const format = parseFormat(values.output);
  const paths = filePaths("render", values.filename, positionals);
  if (paths !== null && values.node === undefined) throw usageError("render: which node? give --node NAME");
  const settings = await commandSettings(values, io);
  const engine: FileEngine = await fileEngineOf(settings);
  const desired = decideOnce(await readPicture(paths ?? settings, io), settings);
  const { files, problems: found } = renderDesired(desired, engine);
  const problems = [...found].sort(compareProblems);
  const answer = { files: files.map(fileJson), problems: problems.map(problemJson) };
  io.stdout(render(format, answer, () => files.map(fileText).join("\n")));
  if (format === "table" || format === "wide")
    for (const { severity, object, field, message } of problems)
      io.stderr(`${severity}: ${field === "" ? object : `${object} ${field}`}: ${message}\n`);
  return hasError({ problems }) ? 1 : 0;
}

/** The mode as chmod takes it. */
function modeText(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

function fileJson({ path, mode, text }: ConfigurationFile): object {
  return { path, mode: modeText(mode), text };
}

function fileText({ path, mode, text, comment }: ConfigurationFile): string {
  return `${comment} ${path} (mode ${modeText(mode)})\n${text}`;
}
