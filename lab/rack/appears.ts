// Waiting for a daemon that was just started to listen on its socket.
import { createConnection } from "node:net";
import type { Daemon } from "../../test/support/daemon.ts";
import { until } from "../../test/support/until.ts";

/** @throws when the daemon ends instead, or does not listen in ten seconds. */
export async function appears(socket: string, daemon: Daemon): Promise<void> {
  const outcome = await until(`${daemon.name} opens ${socket} (see ${daemon.log})`, async () => {
    if (!daemon.running) return "ended";
    return (await listens(socket)) && "there";
  });
  if (outcome === "ended") throw new Error(daemon.lastWords());
}

/** A file alone says nothing: one that was killed leaves its socket behind. */
function listens(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = createConnection(socket, () => {
      connection.destroy();
      resolve(true);
    });
    connection.once("error", () => resolve(false));
  });
}
