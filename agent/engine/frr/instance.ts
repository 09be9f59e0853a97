// Makes bgpd run our BGP instance, and leaves alone one that is not ours.
import type { Problem } from "../../model/problem.ts";
import { EngineError, PortTakenError, sameRouterId } from "../contract.ts";
import type { BgpInstance, EngineErrorCode } from "../contract.ts";
import { foreignRouterIn } from "./config-part.ts";
import { markerGroup, ours } from "./names.ts";
import { isOurs, neighborLinesOf } from "./neighbor.ts";
import { networksOf } from "./networks.ts";
import type { Rendering } from "./rendering.ts";
import { parseRunningConfig } from "./running-config.ts";
import { instanceLines, routerHeadOf } from "./running-config.ts";
import type { RouterSection, RunningConfig } from "./running-config.ts";
import type { Shown } from "./shown.ts";
import type { Vty } from "./vty.ts";

export interface EnsuredInstance {
  readonly fresh: boolean;
  /** Why another instance was given up; null: none was. */
  readonly restarted: string | null;
  /** It is somebody else's, which we have joined. */
  readonly shared: boolean;
  /** Of ours. */
  readonly routerId: string;
  /** As it was found or started. */
  readonly running: RunningConfig;
}

export interface InstanceOptions {
  readonly vty: Vty;
  readonly rendering: Rendering;
  readonly wish: BgpInstance;
  /** May a `router bgp` of somebody else be joined? */
  readonly adopt: boolean;
  /** How messages call this bgpd. */
  readonly place: string;
  /** What FRR begins with, as it stands on disk; null: nobody knows. */
  readonly file: FrrFile | null;
  /** We have run this very instance a moment ago: whoever runs another one since wants it so. */
  readonly contested: boolean;
  readonly shown: Shown;
}

export interface FrrFile {
  readonly path: string;
  readonly text: string;
}

/** A `router bgp` that is not ours keeps us out: somebody has to settle that. */
export class ForeignRouterError extends EngineError {
  readonly problem: Problem;

  constructor(code: EngineErrorCode, setting: "frr-adopt" | "frr-config", message: string) {
    super(code, message);
    this.problem = { object: `Setting/${setting}`, field: "", severity: "error", message };
  }
}

export async function readRunning(vty: Vty): Promise<RunningConfig> {
  return parseRunningConfig(await vty.show("show running-config"));
}

/** @throws {EngineError} */
export async function ensureInstance(options: InstanceOptions): Promise<EnsuredInstance> {
  const { vty, wish, adopt } = options;
  const running = await readRunning(vty);
  const { router } = running;
  if (router === null) {
    assertRead(options);
    await start(options);
    return started(options, null);
  }
  if (isLeftover(router, options.shown)) {
    await vty.configure([`no router bgp ${router.asn}`]);
    await start(options);
    return started(
      options,
      `another program took the router bgp ${router.asn} out of bgpd, but for its rest`,
    );
  }
  if (!isMarked(router)) {
    if (!adopt) throw foreign(options, router);
    assertJoinable(options, router);
    return { fresh: false, restarted: null, shared: true, routerId: wish.routerId, running };
  }
  if (isJustBegun(router, wish)) {
    await configureInstance(options, wish.routerId, null);
    return started(options, null);
  }
  const restarted = difference(router, wish);
  if (restarted === null) {
    const routerId = routerIdOf(router) ?? wish.routerId;
    await configureInstance(options, routerId, restartSecondsOf(router));
    return { fresh: false, restarted, shared: false, routerId, running };
  }
  if (options.contested) throw contested(options, restarted);
  if (options.shown.misfit === restarted) throw misfit(options, restarted);
  await vty.configure([`no router bgp ${router.asn}`]);
  await start(options);
  return started(options, restarted);
}

async function started(options: InstanceOptions, restarted: string | null): Promise<EnsuredInstance> {
  const { vty, wish, shown } = options;
  const running = await readRunning(vty);
  // Begun anew it would be no other one.
  shown.misfit = running.router === null ? null : difference(running.router, wish);
  if (shown.misfit !== null) throw misfit(options, shown.misfit);
  return { fresh: true, restarted, shared: false, routerId: wish.routerId, running };
}

/** Why it is not the instance that we run or have joined any more; null: it is. */
export function changedInstance(
  { router }: RunningConfig,
  wish: BgpInstance,
  shared: boolean,
): string | null {
  if (router === null) return "bgpd runs no BGP";
  if (shared) return router.asn === wish.asn ? null : `bgpd runs AS ${router.asn} instead of ${wish.asn}`;
  return isMarked(router) ? difference(router, wish) : "its router bgp is another one";
}

async function start(options: InstanceOptions): Promise<void> {
  const { vty, wish, place } = options;
  // Without the word of its neighbours a group would be active for IPv4.
  const lines = [
    `router bgp ${wish.asn}`,
    "no bgp default ipv4-unicast",
    `neighbor ${markerGroup} peer-group`,
  ];
  try {
    const [refused] = await vty.configure(lines);
    if (refused !== undefined)
      throw new EngineError(
        "refused",
        `bgpd at ${place} refused "${refused.line}": ${refused.says}. Is a router bgp there that is not shown?`,
      );
  } catch (error) {
    // bgpd binds its port now, and ends itself when it cannot.
    if (error instanceof EngineError && error.code === "unreachable")
      throw new PortTakenError(
        `bgpd at ${place} ended when it was to begin with BGP: another BGP speaker seems to have its TCP port. Stop that one, or start bgpd with another port (-p)`,
        { cause: error },
      );
    throw error;
  }
  await configureInstance(options, wish.routerId, null);
}

/** @throws {EngineError} when a line is refused: then it is no instance of ours. */
export async function configureInstance(
  {
    vty,
    rendering,
    wish,
    place,
    shown,
  }: Pick<InstanceOptions, "vty" | "rendering" | "wish" | "place" | "shown">,
  routerId: BgpInstance["routerId"] | string,
  restartSeconds: number | null,
): Promise<void> {
  const lines = rendering.instance({ asn: wish.asn, routerId }, restartSeconds).split("\n");
  // FRR 10.7 resets sessions with graceful restart for a line of it that changes nothing.
  const held = instanceLines(await readRunning(vty));
  if (shown.isStanza(routerHeadOf(wish.asn), lines, held)) return;
  const missing = lines.filter((line) => !held.includes(line.trim()));
  if (missing.length === 0) return;
  const [refused] = await vty.configure([`router bgp ${wish.asn}`, ...missing, "exit"]);
  if (refused !== undefined)
    throw new EngineError(
      "refused",
      `bgpd at ${place} refused "${refused.line.trim()}": ${refused.says}. The line comes from the template instance`,
    );
  const now = instanceLines(await readRunning(vty));
  if (lines.every((line) => now.includes(line.trim()))) shown.forgetStanza(routerHeadOf(wish.asn));
  else shown.learnStanza(routerHeadOf(wish.asn), lines, now);
}

function isMarked({ lines }: RouterSection): boolean {
  return lines.includes(`neighbor ${markerGroup} peer-group`);
}

/** Another agent is about to begin with it, or was killed when it was. */
function isJustBegun(router: RouterSection, wish: BgpInstance): boolean {
  const held = neighborLinesOf(router).size + networksOf(router).length;
  return router.asn === wish.asn && routerIdOf(router) === null && held === 0;
}

/**
 * What comes of a change that meets a bgpd whose `router bgp` has just been taken out: `router bgp` makes a new one,
 * without the mark, and nothing but ours is in it.
 */
function isLeftover(router: RouterSection, shown: Shown): boolean {
  const neighbors = neighborLinesOf(router);
  const networks = networksOf(router);
  return (
    neighbors.size + networks.length > 0 &&
    [...neighbors].every(([address, lines]) => isOurs(lines) || shown.isPeer(address)) &&
    networks.every(({ routeMap }) => routeMap?.startsWith(ours) === true) &&
    router.lines.every((line) => line.startsWith("neighbor ") && !line.endsWith(" peer-group"))
  );
}

/**
 * Where vtysh hands bgpd its file (`vtysh -b`, as in Debian's packages), bgpd answers before it has it. A router bgp of
 * ours that was begun then would take in what the file says of somebody else's.
 *
 * @throws {EngineError}
 */
function assertRead({ file, place }: InstanceOptions): void {
  const head = file === null ? null : foreignRouterIn(file.text);
  if (file === null || head === null) return;
  throw new ForeignRouterError(
    "unreachable",
    "frr-config",
    `bgpd at ${place} has not read ${file.path} yet: "${head}" stands there, not the agent's, and bgpd runs no BGP. Should bgpd not begin with that file, take it out there`,
  );
}

function misfit({ place }: InstanceOptions, other: string): EngineError {
  return new EngineError(
    "refused",
    `bgpd at ${place} was begun with anew, and is not what it was to be: ${other}. Look at the template instance`,
  );
}

function foreign({ place }: InstanceOptions, { asn }: RouterSection): ForeignRouterError {
  return new ForeignRouterError(
    "refused",
    "frr-adopt",
    `bgpd at ${place} has a router bgp ${asn} that is not the agent's: nothing is changed there. Remove it, or let the agent join it with --frr-adopt`,
  );
}

/** Each time all sessions end: two that want different instances must not take turns as fast as they can. */
function contested({ place }: InstanceOptions, difference: string): EngineError {
  return new EngineError(
    "refused",
    `${difference.replace("bgpd ran", `bgpd at ${place} runs`)}, just after the agent has begun with the latter: does another agent speak with it?`,
  );
}

/** @throws {ForeignRouterError} when our routes would not be what they are to be, and we may not change that. */
function assertJoinable({ place, wish }: InstanceOptions, { asn, lines }: RouterSection): void {
  const where = `the router bgp ${asn} of bgpd at ${place}, which the agent is to join,`;
  const refuse = (why: string) => new ForeignRouterError("refused", "frr-adopt", `${where} ${why}`);
  if (asn !== wish.asn) throw refuse(`has another AS number than the node, ${wish.asn}`);
  if (!lines.includes("no bgp network import-check"))
    throw refuse(
      'announces nothing that the node has no route for: give it the line "no bgp network import-check"',
    );
}

function routerIdOf({ lines }: RouterSection): string | null {
  return lines.find((line) => line.startsWith("bgp router-id "))?.slice("bgp router-id ".length) ?? null;
}

export function restartSecondsOf({ lines }: RouterSection): number | null {
  const prefix = "bgp graceful-restart restart-time ";
  const line = lines.find((each) => each.startsWith(prefix));
  return line === undefined ? null : Number(line.slice(prefix.length));
}

/** In words what is running instead of the wish; null: it is the wish. */
function difference(router: RouterSection, wish: BgpInstance): string | null {
  const routerId = routerIdOf(router) ?? "none";
  const parts = [
    router.asn === wish.asn ? null : `AS ${router.asn} instead of ${wish.asn}`,
    sameRouterId(routerId, wish) ? null : `router ID ${routerId} instead of ${wish.routerId}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : `bgpd ran ${parts.join(", ")}`;
}
