// What of a session FRR cannot be asked for, told before it is.
import type { Peer } from "../../model/peer.ts";
import { compareText } from "../../model/problem.ts";
import type { Problem } from "../../model/problem.ts";
import type { BgpInstance } from "../contract.ts";
import { unhonoured } from "../honours.ts";
import type { Honours } from "../honours.ts";

/** What runs beside bgpd. */
export interface Companions {
  /** null: it may be about to start, or nobody has looked yet. */
  readonly bfdd: boolean | null;
}

/** Of a TCP MD5 signature, in Linux and so in FRR. */
const maxPasswordBytes = 80;
/** Of `allowas-in`. */
const maxAllowedLocalAsns = 10;
/** Of `bfd`; the longest is 60 s. */
const minBfdIntervalMs = 50;

/** Each is a reason not to bring the session up. */
export function sessionProblems(peer: Peer, { bfdd }: Companions): readonly Problem[] {
  const problem = (field: string, says: string): Problem => ({
    object: `BGPPeer/${peer.name}`,
    field,
    severity: "error",
    message: `FRR ${says}; the session is not brought up`,
  });
  const honours: Honours = {
    holdTimeSeconds: true,
    keepaliveSeconds: true,
    password: true,
    sourceAddress: true,
    multihop: true,
    ttlSecurityHops: true,
    allowedLocalAsns: true,
    gracefulRestartSeconds: true,
    bfdIntervalMs: true,
  };
  const password = peer.password?.reveal() ?? "";
  return [
    ...unhonoured(peer, "FRR", honours),
    ...(isOneWord(password)
      ? []
      : [
          problem(
            "spec.password",
            `takes a password of one word, up to ${maxPasswordBytes} bytes without spaces`,
          ),
        ]),
    ...(peer.allowedLocalAsns > maxAllowedLocalAsns
      ? [
          problem(
            "spec.numAllowedLocalASNumbers",
            `lets the local AS number stand in received paths at most ${maxAllowedLocalAsns} times`,
          ),
        ]
      : []),
    ...(peer.bfdIntervalMs !== null && peer.bfdIntervalMs < minBfdIntervalMs
      ? [problem("spec", `sends BFD packets every ${minBfdIntervalMs} ms at most`)]
      : []),
    ...(peer.bfdIntervalMs !== null && bfdd === false
      ? [problem("spec", "speaks BFD by its daemon bfdd, which does not run here")]
      : []),
  ];
}

/** Several words would be several words of a line of configuration. */
function isOneWord(password: string): boolean {
  return /^[^\s\p{Cc}]*$/u.test(password) && Buffer.byteLength(password) <= maxPasswordBytes;
}

/** FRR offers one restart time to all its neighbours: the first one, by name, says which. */
export function restartProblems(peers: readonly Peer[]): readonly Problem[] {
  const graceful = peers
    .filter((peer) => peer.gracefulRestartSeconds !== null)
    .sort((a, b) => compareText(a.name, b.name));
  const [first, ...others] = graceful;
  if (first === undefined) return [];
  return others
    .filter((peer) => peer.gracefulRestartSeconds !== first.gracefulRestartSeconds)
    .map((peer) => ({
      object: `BGPPeer/${peer.name}`,
      field: "spec.maxRestartTime",
      severity: "error",
      message: `FRR offers all its neighbours one restart time, and BGPPeer/${first.name} has ${String(first.gracefulRestartSeconds)} s; the session is not brought up`,
    }));
}

/**
 * @param running what bgpd was started with; 0: it does not listen; null: it cannot be told
 */
export function listenProblems({ listenPort }: BgpInstance, running: number | null): readonly Problem[] {
  if (running === null || Math.max(0, listenPort) === running) return [];
  const [has, wants] = [running, Math.max(0, listenPort)].map((port) =>
    port === 0 ? "on no TCP port" : `on TCP port ${port}`,
  );
  return [
    {
      object: "BGPConfiguration/default",
      field: "spec.listenPort",
      severity: "error",
      message: `FRR's bgpd listens ${has ?? ""} and not ${wants ?? ""}, as it was started: only its command line (-p) can change that`,
    },
  ];
}

/** @param says what bgpd does not take of what every neighbour needs, and why; null: it has it all */
export function undefinedProblems(says: string | null): readonly Problem[] {
  if (says === null) return [];
  const message = `${says}; what bgpd had before stays`;
  return [{ object: "Setting/templates", field: "", severity: "error", message }];
}
