// `bellman validate`: every problem in the manifests, in one run.
import { compareProblems } from "../model/problem.ts";
import type { Problem } from "../model/problem.ts";
import { problemJson } from "../plan/json.ts";
import { validate } from "../reconcile/validate.ts";
import {
  commandSettings,
  commonOptions,
  parseArguments,
  settingOptions,
  settingsUsage,
} from "./arguments.ts";
import { engineOf } from "./engine.ts";
import type { ExitCode } from "./errors.ts";
import type { Io } from "./io.ts";
import { parseFormat, render } from "./output.ts";
import { filePaths, pictureOf, readPicture, readTexts } from "./picture.ts";
import { problemTable } from "./problem-table.ts";
import { sections } from "./table.ts";
import { unreadKinds } from "./unread-kinds.ts";

const usage = `bellman validate [-f PATH…] [--strict] [--engine gobgp|bird] [-o table|json|yaml] [--SETTING VALUE…]

  Every problem in manifests (files, directories, or - for standard input), with object and field, for all
  nodes that the objects are or mention. Without -f: in the objects of the cluster.
  Exit code 1: a problem is an error. 3: the API cannot be reached.

  --strict
      warnings count as errors
  --engine gobgp|bird
      also what that speaker cannot honour
  --templates DIR
      with --engine: also whether the templates there can be used

  Settings as of bellman agent, also from its environment variables:
${settingsUsage}`;

export async function validateCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  const { values, positionals } = parseArguments("validate", argv, {
    ...settingOptions,
    filename: { type: "string", short: "f", multiple: true },
    strict: { type: "boolean" },
    engine: { type: "string" },
    templates: { type: "string" },
    ...commonOptions,
  });
  if (values.help === true) {
    io.stdout(usage);
    return 0;
  }
  const format = parseFormat(values.output);
  const paths = filePaths("validate", values.filename, positionals);
  // Where the objects name no node, any will do: the answer must not depend on this machine's name.
  const options = await commandSettings({ ...values, node: "any" }, io);
  const engine = values.engine === undefined ? null : await engineOf(options);
  const texts = paths === null ? [] : await readTexts(paths, io);
  const cluster = paths === null ? await readPicture({ ...options, nodeName: null }, io) : pictureOf(texts);
  const problems = [...validate({ cluster, options, engine }), ...unreadKinds(texts)].sort(compareProblems);
  const bad = problems.filter(({ severity }) => values.strict === true || severity === "error");
  const answer = { valid: bad.length === 0, problems: problems.map(problemJson) };
  io.stdout(render(format, answer, () => validateTable(problems)));
  return answer.valid ? 0 : 1;
}

function validateTable(problems: readonly Problem[]): string {
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const counts = [count(errors, "error"), count(problems.length - errors, "warning")].filter(
    (text) => text !== "",
  );
  return sections(problemTable(problems), `${counts.join(", ") || "no problem found"}\n`);
}

function count(number: number, noun: string): string {
  return number === 0 ? "" : `${number} ${noun}${number === 1 ? "" : "s"}`;
}
