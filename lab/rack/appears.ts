// Waiting for the socket of a daemon that was just started.
import { existsSync } from "node:fs";
import type { Daemon } from "../../test/support/daemon.ts";
import { until } from "../../test/support/until.ts";

/** @throws when the daemon ends instead, or opens no socket in ten seconds. */
export async function appears(socket: string, daemon: Daemon): Promise<void> {
  const outcome = await until(`${daemon.name} opens ${socket} (see ${daemon.log})`, () => {
    if (!daemon.running) return "ended";
    return existsSync(socket) && "there";
  });
  if (outcome === "ended") throw new Error(daemon.lastWords());
}
