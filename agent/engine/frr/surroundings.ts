// What runs beside bgpd, and how bgpd was started, as far as its directory of sockets tells.
import { readFile, stat } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";

const bgpPort = 179;

/** Does a daemon of FRR listen on its socket? */
export function isThere(sockets: string, daemon: "bfdd"): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(join(sockets, `${daemon}.vty`));
    const settle = (there: boolean) => {
      socket.destroy();
      resolve(there);
    };
    socket.once("connect", () => settle(true));
    socket.once("error", () => settle(false));
  });
}

/** When bgpd began to listen on its socket, in ms since the epoch; null: it cannot be told. */
export async function startOf(sockets: string): Promise<number | null> {
  try {
    return (await stat(join(sockets, "bgpd.vty"))).mtimeMs;
  } catch {
    return null;
  }
}

/**
 * TCP port on which bgpd accepts sessions, by its command line: 0 for none; null: it cannot be told, as from another
 * container.
 */
export async function listenPortOf(sockets: string): Promise<number | null> {
  try {
    const pid = (await readFile(join(sockets, "bgpd.pid"), "utf8")).trim();
    if (!/^[0-9]+$/.test(pid)) return null;
    return portOf((await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0"));
  } catch {
    return null;
  }
}

/** null: it is no command line of bgpd. */
export function portOf([program = "", ...args]: readonly string[]): number | null {
  if (!/(?:^|\/)bgpd$/.test(program)) return null;
  let port = bgpPort;
  args.forEach((arg, index) => {
    const [, joined] = /^(?:-p|--bgp_port=)([0-9]+)$/.exec(arg) ?? [];
    const value = joined ?? (arg === "-p" || arg === "--bgp_port" ? args[index + 1] : undefined);
    if (value !== undefined) port = Number(value);
  });
  return port;
}
