// Sessions as they are: state, since when, what was agreed on, counters.
import { parseAddress } from "../../model/address.ts";
import { parseAsn } from "../../model/asn.ts";
import { families } from "../../model/family.ts";
import type { Family } from "../../model/family.ts";
import { sessionStates } from "../../model/peer.ts";
import type { SessionState } from "../../model/peer.ts";
import type { Negotiated, PeerStatus } from "../contract.ts";
import { findDetail, wordsOfInfo } from "./protocols.ts";
import type { Detail, Protocol } from "./protocols.ts";

/** @param sinceMs when it came into its state; null: not known. Returns null for what is no BGP session with an address. */
export function statusOf(protocol: Protocol, sinceMs: number | null): PeerStatus | null {
  const { details, channels, info } = protocol;
  const address = parseAddress(valueOf(details, "Neighbor address"));
  if (address === null) return null;
  const state = stateOf(valueOf(details, "BGP state"));
  const established = state === "established";
  const counts = (what: "imported" | "exported") =>
    Object.fromEntries(
      families.flatMap((family) => {
        const channel = channels.find(({ name }) => name === family);
        return channel === undefined || !established ? [] : [[family, channel[what]]];
      }),
    ) satisfies Partial<Record<Family, number>>;
  return {
    address,
    asn: parseAsn(Number(valueOf(details, "Neighbor AS"))),
    state,
    establishedAtMs: established ? sinceMs : null,
    lastError: lastErrorOf(details, info, established),
    negotiated: established ? negotiatedOf(details) : null,
    advertised: counts("exported"),
    accepted: counts("imported"),
  };
}

/** BIRD has states of its own besides: `Down`, `Passive`, `Close`. */
function stateOf(text: string): SessionState {
  const state = text.toLowerCase();
  return sessionStates.find((each) => each === state) ?? "idle";
}

function valueOf(details: readonly Detail[], name: string): string {
  return findDetail(details, name)?.value ?? "";
}

/** `Last error` is kept while a session is up; before, the summary says what is wrong now. */
function lastErrorOf(details: readonly Detail[], info: string, established: boolean): string | null {
  const last = valueOf(details, "Last error");
  if (last !== "") return last;
  return established ? null : wordsOfInfo(info);
}

/** null: it does not say. */
function negotiatedOf(details: readonly Detail[]): Negotiated | null {
  const hold = agreed(valueOf(details, "Hold timer"));
  const keepalive = agreed(valueOf(details, "Keepalive timer"));
  if (hold === null || keepalive === null) return null;
  const sides = ["Local capabilities", "Neighbor capabilities"].map(
    (name) => findDetail(details, name)?.below ?? [],
  );
  const both = (name: string) => sides.every((side) => side.some((each) => each.name === name));
  const speaks = (side: readonly Detail[], family: Family) =>
    (findDetail(side, "AF announced")?.value ?? "").split(" ").includes(family);
  return {
    holdTimeSeconds: hold,
    keepaliveSeconds: keepalive,
    families: families.filter((family) => sides.every((side) => speaks(side, family))),
    fourOctetAsn: both("4-octet AS numbers"),
    gracefulRestart: both("Graceful restart"),
  };
}

/** `7.483/9`: what is left of what was agreed on; no such timer runs with 0. */
function agreed(timer: string): number | null {
  const [, seconds] = /\/([0-9]+)$/.exec(timer) ?? [];
  return seconds === undefined ? null : Number(seconds);
}
