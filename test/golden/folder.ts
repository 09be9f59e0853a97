import { fileURLToPath } from "node:url";

/** Where the files stand that an engine writes for a wish; without a wish: the folders of all. */
export function goldenFolder(engine: string, model = ""): string {
  return fileURLToPath(new URL(`./${engine}/${model}`, import.meta.url));
}
