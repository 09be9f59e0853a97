// How soon the agent knows that its speaker died, and how soon the routes are back after the speaker is.
import type { RackNode } from "../lab/rack/rack.ts";
import { until } from "../test/support/until.ts";

export interface Recovery {
  /** kill -9 → the agent's log tells of it. */
  readonly noticedMs: number;
  /** The speaker's socket is there again → the agent has replayed all routes and added the sessions. */
  readonly replayedMs: number;
}

export async function measureRecovery({ agent, speaker }: RackNode): Promise<Recovery> {
  const saidAfter = (sinceMs: number, text: string) =>
    until(`the agent says "${text}"`, () =>
      agent
        .log()
        .map(({ msg, time }) => ({ msg: String(msg), atMs: Date.parse(String(time)) }))
        .find(({ msg, atMs }) => atMs >= sinceMs && msg.includes(text)),
    );
  const killedAtMs = Date.now();
  await speaker.kill();
  const noticed = await saidAfter(killedAtMs, "trying again");
  await speaker.start();
  const backAtMs = Date.now();
  const replayed = await saidAfter(backAtMs, "holds what is wanted");
  return { noticedMs: noticed.atMs - killedAtMs, replayedMs: replayed.atMs - backAtMs };
}
