// A bgpd that has just started, as Debian's packages start it: it answers before `vtysh -b` has handed it its file. What
// was begun with meanwhile would get in the way of what is about to come, and end sessions that neighbours keep for it.
import type { Address } from "../../model/address.ts";
import { wait } from "../../time/clock.ts";
import type { Clock } from "../../time/clock.ts";
import { partOf } from "./config-part.ts";
import { neighborLinesOf, sameLines } from "./neighbor.ts";
import type { NeighborLines } from "./neighbor.ts";
import { networksOf } from "./networks.ts";
import { parseRunningConfig } from "./running-config.ts";
import type { RouterSection } from "./running-config.ts";
import type { Vty } from "./vty.ts";

/** So long after its start a bgpd that was handed nothing is not going to be. */
const graceMs = 5_000;
/** So long after the last line vtysh has come to its end. */
const stillMs = 1_000;
/** So long after its start a bgpd has what it was handed: vtysh takes 2 s for 10,000 routes. */
const youngMs = 60_000;
/** Between two looks. */
const pauseMs = 100;

export interface HandOver {
  readonly vty: Vty;
  readonly clock: Clock;
  /** What FRR begins with. */
  readonly file: string;
  /** Of bgpd, in ms since the epoch. */
  readonly startedAtMs: number;
  readonly signal: AbortSignal;
  /** Does bgpd show a neighbour of ours so, though that is not how it was written? Default: never. */
  readonly knows?: (address: Address, lines: NeighborLines) => boolean;
}

/** Resolves once bgpd has what the file holds of ours, or is not going to get it. @throws {EngineError} */
export async function awaitHandOver({
  vty,
  clock,
  file,
  startedAtMs,
  signal,
  knows = () => false,
}: HandOver): Promise<void> {
  const wanted = parseRunningConfig(partOf(file) ?? "").router;
  const ageMs = Math.max(0, clock.now() - startedAtMs);
  if (wanted === null || ageMs > youngMs) return;
  const last = clock.monotonic() + youngMs - ageMs;
  let shown = await vty.show("show running-config");
  let deadline = clock.monotonic() + (isBegun(shown) ? stillMs : graceMs - ageMs);
  while (isMissing(wanted, shown, knows) && clock.monotonic() < deadline && !signal.aborted) {
    await wait(clock, pauseMs, signal);
    const before = shown;
    shown = await vty.show("show running-config");
    if (shown !== before) deadline = Math.min(clock.monotonic() + stillMs, last);
  }
}

/** Is something of ours there, or something that ours goes into? */
function isBegun(shown: string): boolean {
  const { router, stanzas } = parseRunningConfig(shown);
  return router !== null || stanzas.size > 0;
}

/** Networks come last, neighbours before them. */
function isMissing(wanted: RouterSection, shown: string, knows: Required<HandOver>["knows"]): boolean {
  const { router } = parseRunningConfig(shown);
  if (router === null) return true;
  // Then it is not what comes out of this file.
  if (router.asn !== wanted.asn) return false;
  const there = neighborLinesOf(router);
  const held = new Map(networksOf(router).map(({ prefix, routeMap }) => [prefix, routeMap]));
  const isThere = ([address, lines]: readonly [Address, NeighborLines]) => {
    const found = there.get(address);
    return found !== undefined && (sameLines(lines, found) || knows(address, found));
  };
  return !(
    [...neighborLinesOf(wanted)].every(isThere) &&
    networksOf(wanted).every(({ prefix, routeMap }) => held.get(prefix) === routeMap)
  );
}
