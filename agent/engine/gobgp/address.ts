// Where gobgpd serves its API.
import { isIPv6 } from "node:net";

export interface GobgpAddress {
  /** As the user wrote it, for messages. */
  readonly text: string;
  /** The name grpc-js dials. */
  readonly target: string;
}

/** Parses `unix:///absolute/path`, `host:port` or `[v6]:port`. Returns null for anything else. */
export function parseGobgpAddress(text: string): GobgpAddress | null {
  if (text.startsWith("unix:")) {
    const path = /^unix:\/\/(\/[^\0]+)$/.exec(text)?.[1];
    // Longer paths do not fit into sockaddr_un.
    return path === undefined || Buffer.byteLength(path) > 107 ? null : { text, target: `unix:${path}` };
  }
  const [, bracketed, name, digits] =
    /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):([0-9]{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (!(port >= 1 && port <= 65535)) return null;
  if (bracketed !== undefined)
    return isIPv6(bracketed) ? { text, target: `ipv6:[${bracketed}]:${port}` } : null;
  return name === undefined ? null : { text, target: `dns:${name}:${port}` };
}
