// The user's own templates, each in place of the one of that name that comes along.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { quote } from "../../model/problem.ts";
import { didYouMean } from "../../model/suggest.ts";
import { TemplateError } from "./template-error.ts";
import type { TemplateText } from "./template.ts";

/** By name, without `.hbs`. */
export type Overrides = ReadonlyMap<string, TemplateText>;

/**
 * Reads DIRECTORY/ENGINE/NAME.hbs, for whichever of the names there is one; no such folder: for none.
 *
 * @throws {TemplateError} for a directory or file that cannot be read, and for a template of another name
 */
export async function readOverrides(
  directory: string,
  engine: string,
  names: readonly string[],
): Promise<Overrides> {
  await attempt(directory, () => readdir(directory));
  const folder = join(directory, engine);
  const found = new Map<string, TemplateText>();
  for (const file of await templateFiles(folder)) {
    const place = join(folder, file);
    const name = file.replace(/\.hbs$/, "");
    if (!names.includes(name))
      throw new TemplateError(place, null, `there is no template ${quote(name)}${didYouMean(name, names)}`);
    found.set(name, { place, text: await attempt(place, () => readFile(place, "utf8")) });
  }
  return found;
}

/** Dot files and other kinds of files are nobody's business: editors and ConfigMap volumes leave them. */
async function templateFiles(folder: string): Promise<readonly string[]> {
  const names = await attempt(folder, () => readdir(folder).catch(noneIfMissing));
  return names.filter((name) => name.endsWith(".hbs") && !name.startsWith("."));
}

function noneIfMissing(error: unknown): string[] {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
  throw error;
}

async function attempt<T>(place: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new TemplateError(place, null, cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
