// "Did you mean …?": the known word that a mistyped one comes closest to.

/** At most so many letters may be wrong, missing, swapped or too many. */
const maxEdits = 2;

/** The candidate nearest to `word`, letter case and separators aside; null when none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  const wanted = bare(word);
  let best: { candidate: string; edits: number } | null = null;
  for (const candidate of candidates) {
    const target = bare(candidate);
    if (Math.abs(target.length - wanted.length) > maxEdits) continue;
    const edits = editDistance(wanted, target);
    // In a word of three letters, two other letters make another word.
    if (edits > maxEdits || edits * 3 > target.length) continue;
    if (best === null || edits < best.edits) best = { candidate, edits };
  }
  return best?.candidate ?? null;
}

/** `; did you mean …?` with its separator, or nothing: to be put behind a message. */
export function didYouMean(
  word: string,
  candidates: Iterable<string>,
  show = (found: string) => found,
): string {
  const found = nearest(word, candidates);
  return found === null ? "" : `; did you mean ${show(found)}?`;
}

function bare(word: string): string {
  return word.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** Insertions, deletions, substitutions and swaps of neighbours that lead from `a` to `b`. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let edits = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        edits = Math.min(edits, (beforeLast[j - 2] ?? 0) + 1);
      row.push(edits);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
