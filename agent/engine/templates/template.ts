// Templates in Handlebars. Nothing is escaped, for configurations know no HTML: only texts of validated model types may
// reach a template. What a template names is checked before it is first used.
import Handlebars from "handlebars";
import { checkTemplate } from "./check-template.ts";
import { TemplateError } from "./template-error.ts";

export interface TemplateText {
  /** How messages call it: a path. */
  readonly place: string;
  readonly text: string;
}

/** @throws {TemplateError} when it looks into something that is not there, such as a field of null */
export type Template<Context> = (context: Context) => string;

/** An environment of its own: nobody else's helpers and partials. */
const handlebars = Handlebars.create();
const options = { noEscape: true, strict: true, knownHelpersOnly: true } as const;

/**
 * @param sample a context with everything in it: no list is empty, nothing is null that has fields. What it does not
 * name, no template can.
 * @throws {TemplateError} when it is no template, asks for what there is not, or cannot be filled with the sample
 */
export function compileTemplate<Context>({ place, text }: TemplateText, sample: Context): Template<Context> {
  const render = attempt(place, () => {
    const program = handlebars.parse(text);
    checkTemplate(place, program, sample);
    return handlebars.compile<Context>(program, options);
  });
  const template = (context: Context) => attempt(place, () => render(context));
  if (template(sample).includes("[object "))
    throw new TemplateError(place, null, "it prints something whole that has fields; print the fields");
  return template;
}

function attempt<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof TemplateError) throw cause;
    throw new TemplateError(place, lineOf(cause), messageOf(cause), { cause });
  }
}

/** Handlebars says `… - 3:4` of what it evaluates, `Parse error on line 3:` of what it parses. */
function lineOf(error: unknown): number | null {
  const message = error instanceof Error ? error.message : "";
  const [, evaluated, parsed] = / - ([0-9]+):[0-9]+$|^Parse error on line ([0-9]+)/.exec(message) ?? [];
  const line = evaluated ?? parsed;
  return line === undefined ? null : Number(line);
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [, parse] = /^Parse error on line [0-9]+:\n[^]*\n([^\n]+)$/.exec(message) ?? [];
  return (parse ?? message)
    .replace(/ - [0-9]+:[0-9]+$/, "")
    .replace(/"([^"]*)" not defined in .*$/s, 'there is no "$1" here')
    .replace(/\s*\n\s*/g, " ");
}
