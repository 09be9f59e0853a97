// Texts of settings, parsed: each parser returns null for what it does not take.
import { familyOf, parseAddress } from "../model/address.ts";
import type { Address } from "../model/address.ts";
import { parseDuration } from "../model/duration.ts";
import { maxRestartSeconds, parseSeconds } from "./session-values.ts";
import { isPort } from "./values.ts";

/** Where the agent serves HTTP. */
export interface HttpAddress {
  /** An address, or `localhost`; null: every address of the machine. */
  readonly host: string | null;
  /** 0: any free port. */
  readonly port: number;
}

/** `127.0.0.1:9179`, `[::1]:9179`, `localhost:0`, or `:9179` for every address of the machine. */
export function parseHttpAddress(text: string): HttpAddress | null {
  const split = splitHostPort(text);
  if (split === null || !(split.port === 0 || isPort(split.port))) return null;
  if (split.host === "") return { host: null, port: split.port };
  return split.host === "localhost" || parseAddress(split.host) !== null ? split : null;
}

/** Where gobgpd listens, as gRPC takes it: `unix:///run/gobgp/gobgp.sock` or `host:port`. */
export function parseGrpcTarget(text: string): string | null {
  if (text.startsWith("unix:")) return /^unix:\/\/\/[^\s\0]+$/.test(text) ? text : null;
  const split = splitHostPort(text);
  if (split === null || !isPort(split.port)) return null;
  return parseAddress(split.host) !== null || isHostName(split.host) ? text : null;
}

/** Name of a Node object (RFC 1123, lower case). */
export function parseNodeName(text: string): string | null {
  return text === text.toLowerCase() && isHostName(text) ? text : null;
}

export function parseIPv4(text: string): Address | null {
  const address = parseAddress(text);
  return address !== null && familyOf(address) === "ipv4" ? address : null;
}

/** 1 to 65535, or -1 for none. */
export function parseListenPort(text: string): number | null {
  if (text === "-1") return -1;
  const port = parseNumber(text);
  return isPort(port) ? port : null;
}

/** A label of DNS (RFC 1123). */
export function parseNamespace(text: string): string | null {
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text) ? text : null;
}

/** `20s`, in seconds. */
export function parseRestartTime(text: string): number | null {
  return parseSeconds(text, maxRestartSeconds);
}

/** `300ms`, in ms: what speakers take for both directions. */
export function parseBfdInterval(text: string): number | null {
  const ms = parseDuration(text);
  return ms !== null && ms >= 10 && ms <= 60_000 ? ms : null;
}

/** Returns a parser that takes `off` as well. */
export function offOr<T>(parse: (text: string) => T | null): (text: string) => T | "off" | null {
  return (text) => (text === "off" ? text : parse(text));
}

/** A path of the file system. */
export function parsePath(text: string): string | null {
  return text.includes("\0") ? null : text;
}

/** A path that does not depend on where the agent was started. */
export function parseAbsolutePath(text: string): string | null {
  return text.startsWith("/") ? parsePath(text) : null;
}

/** Returns a parser that takes these words and no others. */
export function oneOf<Word extends string>(...words: readonly Word[]): (text: string) => Word | null {
  return (text) => words.find((word) => word === text) ?? null;
}

function splitHostPort(text: string): { host: string; port: number } | null {
  const [, v6, host, digits] = /^(?:\[([^\]]*)\]|([^:]*)):([0-9]{1,5})$/.exec(text) ?? [];
  if (digits === undefined || (v6 !== undefined && !v6.includes(":"))) return null;
  return { host: v6 ?? host ?? "", port: parseNumber(digits) };
}

function parseNumber(text: string): number {
  return /^(0|[1-9][0-9]{0,4})$/.test(text) ? Number(text) : NaN;
}

function isHostName(text: string): boolean {
  const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;
  return text.length <= 253 && text.split(".").every((part) => label.test(part));
}
