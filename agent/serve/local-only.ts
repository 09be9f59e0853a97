// Who may change something over HTTP: a program on this machine that means to, and nobody else. Whoever can log in to
// the node, or forward a port to it, is trusted; the network and pages in a browser on the node are not.
import type { IncomingHttpHeaders } from "node:http";

/** What is looked at of a request. */
export interface Caller {
  readonly method: "POST" | "DELETE";
  /** Address of the other end of the connection, as the kernel tells it. */
  readonly remoteAddress: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

export interface Refusal {
  readonly status: 403 | 415;
  readonly error: string;
}

/** Set by proxies: what comes through one may come from anywhere. */
const proxyHeaders = ["forwarded", "via", "x-forwarded-for", "x-real-ip"] as const;

/** Set by browsers, whatever the page wants; undici's fetch sends none of them. */
const browserHeaders = ["origin", "referer", "sec-fetch-site", "cookie"] as const;

/** null: nothing against it. */
export function refuseWrite({ method, remoteAddress, headers }: Caller): Refusal | null {
  if (!isLoopback(remoteAddress))
    return forbidden(
      `taken from this machine only, over 127.0.0.1 or ::1, and not from ${remoteAddress ?? "nobody"}: use bellman on the node, or kubectl port-forward`,
    );
  const proxy = proxyHeaders.find((name) => headers[name] !== undefined);
  if (proxy !== undefined) return forbidden(`not taken through a proxy (header ${proxy})`);
  // A name that an attacker has pointed at 127.0.0.1 (DNS rebinding) is no name of ours.
  if (!isLocalHost(headers.host))
    return forbidden("asked by another name than localhost, 127.0.0.1 or [::1]");
  const browser = browserHeaders.find((name) => headers[name] !== undefined);
  if (browser !== undefined) return forbidden(`not taken from a page in a browser (header ${browser})`);
  // A page may send forms and plain text to other sites without asking them first; JSON it may not.
  if (method === "POST" && !/^application\/json(?:;.*)?$/i.test(headers["content-type"] ?? ""))
    return { status: 415, error: "takes content-type application/json only" };
  return null;
}

function forbidden(error: string): Refusal {
  return { status: 403, error };
}

/** 127.0.0.0/8, also as an IPv6 socket sees it, and ::1. */
function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:(?:::ffff:)?127(?:\.[0-9]{1,3}){3}|::1)$/.test(address);
}

function isLocalHost(host: string | undefined): boolean {
  return /^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]{1,5})?$/i.test(host ?? "");
}
