// How soon the agent knows that its speaker died, and how soon its session is up after the speaker is back.
import type { RackNode } from "../lab/rack/rack.ts";
import { until } from "../test/support/until.ts";

export interface Recovery {
  /** kill -9 → the agent's log tells of it. */
  readonly noticedMs: number;
  /** The speaker's socket is there again → its session is up, as the agent's log has it. */
  readonly establishedMs: number;
}

export async function measureRecovery({ agent, speaker }: RackNode): Promise<Recovery> {
  const saidAfter = (sinceMs: number, text: string) =>
    until(
      `the agent says "${text}"`,
      () =>
        agent
          .log()
          .map(({ msg, time }) => ({ msg: String(msg), atMs: Date.parse(String(time)) }))
          .find(({ msg, atMs }) => atMs >= sinceMs && msg.includes(text)),
      { timeoutMs: 30_000 },
    );
  const killedAtMs = Date.now();
  await speaker.kill();
  const noticed = await saidAfter(killedAtMs, "trying again");
  await speaker.start();
  const backAtMs = Date.now();
  const established = await saidAfter(backAtMs, "is established");
  return { noticedMs: noticed.atMs - killedAtMs, establishedMs: established.atMs - backAtMs };
}
