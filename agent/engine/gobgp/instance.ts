// Makes gobgpd run our BGP instance and nothing else.
import { EngineError, PortTakenError } from "../contract.ts";
import { sameRouterId } from "../contract.ts";
import type { BgpInstance, RunningInstance } from "../contract.ts";
import type { GobgpAddress } from "./address.ts";
import type { GobgpApi } from "./api.ts";

export interface EnsuredInstance {
  readonly fresh: boolean;
  /** Why another instance was given up; null: none was. */
  readonly restarted: string | null;
}

/** @throws {EngineError} */
export async function ensureInstance(
  api: GobgpApi,
  wish: BgpInstance,
  address: GobgpAddress,
): Promise<EnsuredInstance> {
  const running = await api.instance();
  const restarted = running === null ? null : difference(running, wish);
  if (restarted !== null) await api.stop();
  const fresh = running === null || restarted !== null;
  if (fresh) await start(api, wish, address, restarted);
  // Must be in force before the first path and the first peer.
  await api.imports.refuse();
  return { fresh, restarted };
}

/** @param restarted why another instance was stopped for this one; null: none was */
async function start(
  api: GobgpApi,
  wish: BgpInstance,
  address: GobgpAddress,
  restarted: string | null,
): Promise<void> {
  try {
    await api.start(wish);
  } catch (error) {
    if (error instanceof EngineError && /address already in use/.test(error.message))
      throw new PortTakenError(
        `gobgpd at ${address.text} cannot listen on TCP port ${wish.listenPort}: another BGP speaker has it. Stop that one, choose another port, or --listen-port -1 to peer without listening`,
        { cause: error },
      );
    if (error instanceof EngineError && error.code === "unreachable" && restarted !== null)
      throw new EngineError("unreachable", `${restarted}; ${error.message}`, { cause: error });
    throw error;
  }
}

/**
 * To be asked again and again of a link: answers while our instance runs.
 *
 * @throws {EngineError} `unreachable` when somebody has stopped or replaced it.
 */
export async function assertInstance(api: GobgpApi, wish: BgpInstance, address: GobgpAddress): Promise<void> {
  const running = await api.instance();
  const changed = running === null ? "gobgpd runs no BGP" : difference(running, wish);
  if (changed !== null)
    throw new EngineError("unreachable", `another program changed gobgpd at ${address.text}: ${changed}`);
}

/** In words what is running instead of the wish; null: it is the wish. */
function difference(running: RunningInstance, wish: BgpInstance): string | null {
  const parts = [
    running.asn === wish.asn ? null : `AS ${running.asn} instead of ${wish.asn}`,
    sameRouterId(running.routerId, wish) ? null : `router ID ${running.routerId} instead of ${wish.routerId}`,
    running.listenPort === wish.listenPort
      ? null
      : `listen port ${running.listenPort} instead of ${wish.listenPort}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : `gobgpd ran ${parts.join(", ")}`;
}
