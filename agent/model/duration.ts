// Durations as Go and Kubernetes write them: `5s`, `300ms`, `1m30s`, `0`.

const unitMs = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;

/** Finer units are not of use here, and longer times are slips of the pen. */
const maxMs = 24 * unitMs.h;

/** In milliseconds, 0 to one day; null for any other text. No sign, no fraction of a millisecond, no bare number but 0. */
export function parseDuration(text: string): number | null {
  if (text === "0") return 0;
  if (text.length > 32 || !/^(?:[0-9]+(?:\.[0-9]+)?(?:h|ms|m|s))+$/.test(text)) return null;
  let ms = 0;
  for (const [, digits = "", unit = ""] of text.matchAll(/([0-9.]+)(h|ms|m|s)/g))
    ms += Number(digits) * (isUnit(unit) ? unitMs[unit] : NaN);
  // 0.3 s is 300 ms, whatever the bits of the sum say.
  const rounded = Math.round(ms);
  return Math.abs(ms - rounded) < 1e-6 && rounded <= maxMs ? rounded : null;
}

function isUnit(text: string): text is keyof typeof unitMs {
  return Object.hasOwn(unitMs, text);
}

/** `1h30m`, `5s`, `1.5s`, `0s`: what `parseDuration` takes, as short as it gets. */
export function durationText(ms: number): string {
  const hours = Math.floor(ms / unitMs.h);
  const minutes = Math.floor((ms % unitMs.h) / unitMs.m);
  const rest = ms % unitMs.m;
  const small = rest < unitMs.s ? `${rest}ms` : `${rest / unitMs.s}s`;
  const parts = [hours > 0 ? `${hours}h` : "", minutes > 0 ? `${minutes}m` : "", rest > 0 ? small : ""];
  return parts.join("") || "0s";
}
