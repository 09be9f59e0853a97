// Announces and withdraws: which lines a difference needs, and which routes bgpd refused.
import type { Asn } from "../../model/asn.ts";
import type { Clock } from "../../time/clock.ts";
import { familyOf } from "../../model/address.ts";
import type { Address } from "../../model/address.ts";
import { prefixFamily } from "../../model/prefix.ts";
import type { Prefix } from "../../model/prefix.ts";
import type { Route } from "../../model/route.ts";
import { EngineError } from "../contract.ts";
import type { Rejection } from "../contract.ts";
import { isMark } from "../marks.ts";
import { addNetworks, isAbsent, refusalText, Script } from "./change.ts";
import type { NetworkChange, Refusal } from "./change.ts";
import { addressesOf, stanzasOf } from "./ledger.ts";
import type { Ledger, Unit } from "./ledger.ts";
import type { AttributesMap } from "./rendering.ts";
import { clearAway, define } from "./stanzas.ts";
import { showNeighbors, updatesSent } from "./status.ts";
import { tryStanzas } from "./trial.ts";
import type { Vty } from "./vty.ts";

/** bgpd reads its file by lines of at most 4096 bytes, and cuts longer ones. */
const maxLineBytes = 4_000;

export interface ApplyContext {
  readonly vty: Vty;
  readonly ledger: Ledger;
  readonly asn: Asn;
  readonly clock: Clock;
}

/** A route that can be announced, and its route-map. */
export interface Announcement {
  readonly route: Route;
  readonly map: AttributesMap;
}

/** Those that bgpd can be asked for; why not is told of the others. */
export function announcements(
  ledger: Ledger,
  routes: readonly Route[],
  rejections: Rejection[],
): readonly Announcement[] {
  return routes.flatMap((route): readonly Announcement[] => {
    const map = ledger.maps.get(route);
    const obstacle = obstacleTo(ledger, route, map);
    if (obstacle === null) return [{ route, map }];
    rejections.push(rejectedRoute(route.prefix, obstacle));
    return [];
  });
}

function obstacleTo(ledger: Ledger, { prefix, nextHop, largeCommunities }: Route, map: AttributesMap) {
  if (nextHop !== null && familyOf(nextHop) !== prefixFamily(prefix))
    return `${prefix} cannot have the next hop ${nextHop}: it is of the other address family`;
  if (largeCommunities.some(isMark))
    return `${prefix} has a large community like those that keep routes from neighbours`;
  if (map.width > maxLineBytes)
    return `${prefix} has more attributes than fit into a line of FRR's configuration`;
  if (ledger.foreignNetworks.has(prefix))
    return `${prefix} stands in router bgp already, without being the agent's`;
  return null;
}

/** What is refused of it leaves out whom it is for: those are returned. */
export interface Undefined {
  /** Names of attribute maps. */
  readonly maps: ReadonlyMap<string, string>;
  readonly neighbours: ReadonlyMap<Address, string>;
  /** What everybody needs. */
  readonly base: string | null;
}

export const nothingUndefined: Undefined = { maps: new Map(), neighbours: new Map(), base: null };

/** Defines what these maps and neighbours need and what is not there yet. @throws {EngineError} */
export async function defineFor(
  context: ApplyContext,
  maps: readonly AttributesMap[],
  neighbours: readonly Address[],
): Promise<Undefined> {
  const failed = await defineUnits(context, context.ledger.units(maps, neighbours));
  const failedMaps = new Set([...failed.keys()].map((unit) => (unit.t === "attributes" ? unit.name : null)));
  for (const map of maps) if (!failedMaps.has(map.name)) context.ledger.setDefined(map);
  return undefinedOf(failed);
}

/** Returns those that bgpd refused, with its words: of them it keeps what it had. @throws {EngineError} */
export async function defineUnits(
  { vty, ledger }: Pick<ApplyContext, "vty" | "ledger">,
  units: readonly Unit[],
): Promise<ReadonlyMap<Unit, string>> {
  const missing = units
    .map((unit) => ({ unit, stanzas: ledger.missing(unit.rendered.stanzas) }))
    .filter(({ stanzas }) => stanzas.size > 0);
  // A new route-map of attributes is nobody's yet; the others are in use, and half of one would be worse than the old.
  const failed = new Map(
    await tryStanzas(
      vty,
      missing.filter(({ unit }) => unit.t !== "attributes"),
    ),
  );
  const sound = missing.filter(({ unit }) => !failed.has(unit));
  const script = new Script();
  sound.forEach(({ stanzas }, index) =>
    script.add({ t: "unit", unit: index }, ...define(stanzas, ledger.stanzas)),
  );
  if (script.empty) return failed;
  for (const { owner, line } of await script.send(vty)) {
    const unit = owner.t === "unit" ? sound[owner.unit]?.unit : undefined;
    if (unit !== undefined && !failed.has(unit)) failed.set(unit, refusalText(line));
  }
  for (const { unit, stanzas } of sound) if (!failed.has(unit)) ledger.defined(stanzas);
  return failed;
}

function undefinedOf(failed: ReadonlyMap<Unit, string>): Undefined {
  const maps = new Map<string, string>();
  const neighbours = new Map<Address, string>();
  let base: string | null = null;
  for (const [unit, says] of failed)
    if (unit.t === "attributes") maps.set(unit.name, says);
    else if (unit.t === "export") neighbours.set(unit.address, says);
    else base = says;
  return { maps, neighbours, base };
}

/** Takes out those that something is missing for. */
export function definedOnly(
  announcing: readonly Announcement[],
  { maps, neighbours }: Undefined,
  rejections: Rejection[],
): readonly Announcement[] {
  return announcing.filter(({ route, map }) => {
    const says =
      maps.get(map.name) ??
      addressesOf(route)
        .map((address) => neighbours.get(address))
        .find((each) => each !== undefined);
    if (says !== undefined) rejections.push(rejectedRoute(route.prefix, `bgpd refused ${says}`));
    return says === undefined;
  });
}

/**
 * Announces first: a service that moves to another prefix leaves no hole. Of what bgpd gathers in its 50 ms it would send
 * the withdrawals first.
 *
 * @throws {EngineError}
 */
export async function changeNetworks(
  context: ApplyContext,
  announcing: readonly Announcement[],
  withdraw: readonly Prefix[],
  rejections: Rejection[],
): Promise<void> {
  const announced = announcing.map(({ route, map }): NetworkChange => [route.prefix, map.name]);
  const withdrawn = withdraw
    .filter((prefix) => !context.ledger.foreignNetworks.has(prefix))
    .map((prefix): NetworkChange => [prefix, null]);
  if (announced.length === 0 || withdrawn.length === 0) {
    await send(context, [...announced, ...withdrawn], rejections);
    return;
  }
  const before = updatesSent(await context.vty.show(showNeighbors));
  await send(context, announced, rejections);
  await underWay(context, before);
  await send(context, withdrawn, rejections);
}

async function send(
  { vty, ledger, asn }: ApplyContext,
  changes: readonly NetworkChange[],
  rejections: Rejection[],
): Promise<void> {
  const refusals = await addNetworks(new Script(), asn, changes).send(vty);
  const refused = new Map<Prefix, Refusal["line"]>();
  for (const { owner, line } of refusals)
    if (owner.t === "route" && !isAbsent(line)) refused.set(owner.prefix, line);
  for (const [prefix, name] of changes) {
    const line = refused.get(prefix);
    if (line !== undefined) rejections.push(rejectedRoute(prefix, `bgpd refused ${prefix}: ${line.says}`));
    else if (name === null) ledger.removeNetwork(prefix);
    else ledger.setNetwork(prefix, name);
  }
}

/**
 * Waits until the announcements are on their way to every neighbour: until each was sent something more, and nothing
 * more goes out. bgpd gathers for 50 ms. A neighbour that gets none of them is waited for in vain, but not for long.
 */
async function underWay({ vty, clock }: ApplyContext, before: ReadonlyMap<string, number>): Promise<void> {
  let last = before;
  for (let looks = 0; looks < 30; looks++) {
    await new Promise((resolve) => clock.schedule(10, () => resolve(undefined)));
    const sent = updatesSent(await vty.show(showNeighbors));
    const quiet = [...sent].every(([peer, count]) => count === last.get(peer) && count !== before.get(peer));
    if (quiet) return;
    last = sent;
  }
}

/**
 * Clears away what nothing of ours needs any more.
 *
 * @param renew reads bgpd again: another agent may have found a use for it
 * @returns whether there was anything
 * @throws {EngineError}
 */
export async function clearUnused(
  { vty, ledger }: Pick<ApplyContext, "vty" | "ledger">,
  renew: () => Promise<void>,
): Promise<boolean> {
  const needed = () => new Map([...ledger.referred(), ...stanzasOf(ledger.units([], []))]);
  if (!ledger.hasUnused && clearAway(needed(), ledger.stanzas).length === 0) return false;
  await renew();
  ledger.forgetUnused();
  const wanted = needed();
  const script = new Script().add({ t: "unit", unit: 0 }, ...clearAway(wanted, ledger.stanzas));
  if (script.empty) return false;
  // What is refused stays, harms nobody, and is tried again.
  const refused = (await script.send(vty)).map(({ line }) => line.line.slice("no ".length));
  ledger.cleared(new Set([...wanted.keys(), ...refused]));
  return true;
}

export function rejectedRoute(prefix: Prefix, message: string): Rejection {
  return { item: { t: "route", prefix }, error: new EngineError("refused", message) };
}
