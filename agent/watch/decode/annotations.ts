// Annotations that look meant for Bellman and mean nothing to it: a slip of the pen must not pass in silence.
import { didYouMean, nearest } from "../../model/suggest.ts";
import { entryPath } from "./fields.ts";
import type { Fields, Reader } from "./fields.ts";

/** Whatever begins so is ours. */
const ownPrefix = "bellman.bgp/";
/** Others mean much by these, so that only what is nearly one of the known is told. */
const calicoPrefix = "projectcalico.org/";

/** @param known annotations that have a meaning on objects of this kind */
export function reportUnknownAnnotations(
  reader: Reader,
  annotations: Fields,
  known: readonly string[],
): void {
  for (const name in annotations) {
    if (!name.startsWith(ownPrefix) && !name.startsWith(calicoPrefix)) continue;
    if (known.includes(name) || !(name.startsWith(ownPrefix) || nearest(name, known) !== null)) continue;
    const message = `there is no such annotation here, and it has no effect${didYouMean(name, known)}`;
    reader.report(entryPath("metadata.annotations", name), message, "warning");
  }
}
