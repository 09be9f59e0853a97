// The settings that choose a BGP speaker, and say where it is.
import type { SettingsTable } from "./setting.ts";
import { oneOf, parseAbsolutePath, parseGrpcTarget, parsePath } from "./settings-values.ts";

export const engineNames = ["gobgp", "frr", "bird"] as const;
export type EngineName = (typeof engineNames)[number];

export interface EngineSettings {
  readonly engine: EngineName;
  /** gRPC target. */
  readonly gobgpAddress: string;
  /** Directory of `bgpd.vty`. */
  readonly frrSockets: string;
  /** The file that FRR reads when it starts. */
  readonly frrConfig: string;
  /** Our neighbours and networks may join a `router bgp` that somebody else has configured. */
  readonly frrAdopt: boolean;
  /** Control socket. */
  readonly birdSocket: string;
  /** Directory that bird.conf includes. */
  readonly birdDir: string;
  /** Directory with `frr/` and `bird/`, whose templates go before those that come along; null: none. */
  readonly templates: string | null;
}

export const engineSettingsTable: SettingsTable<EngineSettings> = {
  engine: {
    parse: oneOf("gobgp", "frr", "bird"),
    fallback: () => "gobgp",
    placeholder: "gobgp|frr|bird",
    allowed: "gobgp, frr or bird",
    help: "BGP speaker on this node",
    otherwise: "gobgp",
  },
  gobgpAddress: {
    parse: parseGrpcTarget,
    fallback: () => "unix:///run/gobgp/gobgp.sock",
    placeholder: "ADDRESS",
    allowed: "unix:///PATH or HOST:PORT",
    help: "where gobgpd serves its API: unix:///PATH or HOST:PORT",
    otherwise: "unix:///run/gobgp/gobgp.sock",
  },
  frrSockets: {
    parse: parseAbsolutePath,
    fallback: () => "/var/run/frr",
    placeholder: "DIR",
    allowed: "an absolute path",
    help: "directory with bgpd.vty, the socket of FRR's bgpd",
    otherwise: "/var/run/frr",
  },
  frrConfig: {
    parse: parseAbsolutePath,
    fallback: () => "/etc/frr/frr.conf",
    placeholder: "FILE",
    allowed: "an absolute path",
    help: "what FRR reads when it starts: the agent keeps its own part of it complete",
    otherwise: "/etc/frr/frr.conf",
  },
  frrAdopt: {
    parse: (text) => (text === "true" ? true : text === "false" ? false : null),
    fallback: () => false,
    placeholder: "[true|false]",
    allowed: "true or false",
    help: "join a router bgp that somebody else has configured, and leave alone what is there",
    otherwise: "false: refuse it",
    bare: true,
  },
  birdSocket: {
    parse: parseAbsolutePath,
    fallback: () => "/run/bird/bird.ctl",
    placeholder: "PATH",
    allowed: "an absolute path",
    help: "BIRD's control socket",
    otherwise: "/run/bird/bird.ctl",
  },
  birdDir: {
    parse: parseAbsolutePath,
    fallback: () => "/etc/bird/bellman.d",
    placeholder: "DIR",
    allowed: "an absolute path",
    help: "directory of the agent's own that bird.conf includes",
    otherwise: "/etc/bird/bellman.d",
  },
  templates: {
    parse: parsePath,
    fallback: () => null,
    placeholder: "DIR",
    allowed: "a path",
    help: "directory with frr/ and bird/, whose templates go before those that come along",
    otherwise: "none",
  },
};
