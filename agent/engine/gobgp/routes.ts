// Routes to gobgpd and back: encoding, applying with the culprits found, reading what it originates.
import type { Address } from "../../model/address.ts";
import type { Asn } from "../../model/asn.ts";
import { parseLargeCommunity } from "../../model/community.ts";
import { families } from "../../model/family.ts";
import { prefixFamily } from "../../model/prefix.ts";
import type { Prefix } from "../../model/prefix.ts";
import { plainRoute } from "../../model/route.ts";
import type { Route } from "../../model/route.ts";
import type { Clock } from "../../time/clock.ts";
import { EngineError } from "../contract.ts";
import type { Rejection } from "../contract.ts";
import { markText } from "../marks.ts";
import { decodeRoute } from "../wire/decode-route.ts";
import { encodeRoute } from "../wire/encode-route.ts";
import { decodePrefix, encodePrefix } from "../wire/nlri.ts";
import { WireError } from "../wire/wire-error.ts";
import { leavingNumber, marked, marksFor, marksOf, unmarked } from "./marks.ts";
import type { Mark } from "./marks.ts";
import type { GobgpApi, PathChange, WirePath } from "./api.ts";

/** A route with what it needs of the export policy. */
export interface Prepared {
  readonly route: Route;
  /** null: no marks can say what is asked for. */
  readonly marks: readonly Mark[] | null;
}

/** Sees to the marks of routes before they are announced. Returns why some could not be had; null: all could. */
export async function prepare(
  api: GobgpApi,
  localAsn: Asn,
  routes: readonly Route[],
): Promise<{ readonly prepared: readonly Prepared[]; readonly obstacle: EngineError | null }> {
  const prepared = routes.map((route) => ({ route, marks: marksFor(route, localAsn) }));
  const used = async () => {
    const held = [...(await readTable(api, localAsn)).values()];
    return held.reduce((highest, route) => Math.max(highest, ...(route === null ? [] : marksOf(route))), 0);
  };
  const wanted = prepared.flatMap(({ marks }) => marks ?? []);
  return { prepared, obstacle: await api.exports.enforce(wanted, used) };
}

/**
 * Announces first, then withdraws: a prefix that moves to another attribute or length leaves no hole. A route that no
 * marks can say is announced to nobody; of one that lacks a mark the others get what they may.
 */
export async function applyRoutes(
  api: GobgpApi,
  clock: Clock,
  localAsn: Asn,
  announce: readonly Prepared[],
  withdraw: readonly Prefix[],
): Promise<readonly Rejection[]> {
  const rejections: Rejection[] = [];
  const announcements: PathChange[] = [];
  for (const { route, marks } of announce) {
    if (marks === null) {
      rejections.push(rejection(route.prefix, unspeakable(route)));
      continue;
    }
    const numbers = marks.map((mark) => api.exports.marks.numberOf(mark));
    const inTable = marked(
      route,
      numbers.filter((number) => number !== undefined),
    );
    try {
      announcements.push(toPath(route.prefix, encodeRoute(inTable, localAsn), false));
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      rejections.push(rejection(route.prefix, new EngineError("refused", error.message, { cause: error })));
    }
  }
  // A neighbour's route takes the place of one that is withdrawn, and gobgpd may not tell others of the end of ours then.
  const left = api.exports.guarded ? withdraw.map((prefix) => leaving(prefix, localAsn)) : [];
  const withdrawals = withdraw.map((prefix) => toPath(prefix, [], true));
  const before = announcements.length > 0 && withdrawals.length > 0 ? await api.updatesSent() : null;
  await send(api, announcements, rejections);
  if (before !== null) await underWay(api, clock, before);
  await send(api, left, []);
  await send(api, withdrawals, rejections);
  return rejections;
}

/** The guard keeps it from everybody, so that it is withdrawn from those that have it. */
function leaving(prefix: Prefix, localAsn: Asn): PathChange {
  const mark = parseLargeCommunity(markText(leavingNumber));
  const largeCommunities = mark === null ? [] : [mark];
  return toPath(prefix, encodeRoute({ ...plainRoute(prefix), largeCommunities }, localAsn), false);
}

function unspeakable({ prefix }: Route): EngineError {
  return new EngineError(
    "refused",
    `${prefix} has a large community like those that tell neighbours apart, or would have to lose attributes on its way to some`,
  );
}

/**
 * Waits until the announcements are on their way to every peer: until each was sent something more, and nothing more
 * goes out. A peer that gets none of them is waited for in vain, but not for long.
 */
async function underWay(api: GobgpApi, clock: Clock, before: ReadonlyMap<string, bigint>): Promise<void> {
  let last = before;
  for (let looks = 0; looks < 20; looks++) {
    await new Promise((resolve) => clock.schedule(3, () => resolve(undefined)));
    const sent = (await api.updatesSent()) ?? before;
    const quiet = [...sent].every(([peer, count]) => count === last.get(peer) && count !== before.get(peer));
    if (quiet) return;
    last = sent;
  }
}

/**
 * Sends changes in order. gobgpd drops the message that holds a bad path, and those after it, without a word which it
 * was: both halves are then sent anew until the culprit stands alone. What is applied already is no change again.
 */
async function send(api: GobgpApi, changes: readonly PathChange[], rejections: Rejection[]): Promise<void> {
  const [first] = changes;
  if (first === undefined) return;
  try {
    await (changes.length === 1 ? api.changePath(first) : api.changePaths(changes));
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== "refused") throw error;
    if (changes.length === 1) {
      rejections.push(rejection(decodePrefix(first.family, first.nlri), error));
      return;
    }
    const half = Math.ceil(changes.length / 2);
    await send(api, changes.slice(0, half), rejections);
    await send(api, changes.slice(half), rejections);
  }
}

/**
 * What gobgpd originates. Marks that no route carries are cleared away with it, but for those that keep routes from a
 * neighbour that there is: they are needed again and again.
 *
 * @param neighbours that there are
 * @throws {EngineError}
 */
export async function readRoutes(
  api: GobgpApi,
  localAsn: Asn,
  neighbours: ReadonlySet<Address>,
): Promise<ReadonlyMap<Prefix, Route | null>> {
  const marks = await api.exports.read();
  const table = await readTable(api, localAsn);
  if (marks.byNumber.size === 0) return table;
  const routes = new Map<Prefix, Route | null>();
  const used = new Set<number>();
  for (const [prefix, inTable] of table) {
    for (const number of inTable === null ? [] : marksOf(inTable)) used.add(number);
    routes.set(prefix, inTable === null ? null : unmarked(inTable, marks, localAsn));
  }
  const idle = [...marks.byNumber].filter(
    ([number, { neighbour, treatment }]) =>
      !used.has(number) && (treatment.t === "change" || !neighbours.has(neighbour)),
  );
  await api.exports.forget(idle.map(([number]) => number));
  return routes;
}

/** Routes as they stand in the table, with their marks. */
export async function readTable(api: GobgpApi, localAsn: Asn): Promise<ReadonlyMap<Prefix, Route | null>> {
  const routes = new Map<Prefix, Route | null>();
  for (const family of families)
    for (const path of await api.originated(family)) {
      const prefix = readPrefix(path);
      if (prefix !== null) routes.set(prefix, readRoute(prefix, path, localAsn));
    }
  return routes;
}

/** Takes back everything gobgpd originates, known to us or not. @throws {EngineError} */
export async function withdrawAll(api: GobgpApi): Promise<void> {
  for (const family of families) {
    const paths = await api.originated(family);
    await send(
      api,
      paths.map(({ nlri }) => ({ family, nlri, attributes: [], withdraw: true })),
      [],
    );
  }
}

function toPath(prefix: Prefix, attributes: readonly Uint8Array[], withdraw: boolean): PathChange {
  return { family: prefixFamily(prefix), nlri: encodePrefix(prefix), attributes, withdraw };
}

export function rejection(prefix: Prefix, error: EngineError): Rejection {
  return { item: { t: "route", prefix }, error };
}

/** null: no prefix at all. It cannot be named, so it cannot be withdrawn either; the others go on. */
function readPrefix({ family, nlri }: WirePath): Prefix | null {
  try {
    return decodePrefix(family, nlri);
  } catch (error) {
    if (error instanceof WireError) return null;
    throw error;
  }
}

/** null: not one of ours, and to be replaced or withdrawn. */
function readRoute(prefix: Prefix, path: WirePath, localAsn: Asn): Route | null {
  try {
    return decodeRoute(prefix, path.attributes, localAsn);
  } catch (error) {
    if (error instanceof WireError) return null;
    throw error;
  }
}
