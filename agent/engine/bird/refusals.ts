// What of a wish BIRD cannot be asked for.
import type { Peer } from "../../model/peer.ts";
import { compareText } from "../../model/problem.ts";
import type { Problem } from "../../model/problem.ts";
import type { WishedPeers } from "../contract.ts";
import { nothingTaken, sameAddressProblems } from "../honours.ts";

/** BIRD has no way to write these in a text, for it knows no escapes. */
const unwritable = /["\u0000-\u001f\u007f]/;

export function birdRefusals(wish: WishedPeers): readonly Problem[] {
  const { peers, instance = null } = wish;
  const problems: Problem[] = [...nothingTaken(wish, "BIRD"), ...sameAddressProblems(peers, "BIRD")];
  const refuse = (peer: Peer, field: string, message: string) =>
    problems.push({ object: `BGPPeer/${peer.name}`, field, severity: "error", message });
  for (const peer of [...peers].sort((a, b) => compareText(a.name, b.name))) {
    if (peer.password !== null && unwritable.test(peer.password.reveal()))
      refuse(
        peer,
        "spec.password",
        "BIRD takes no password with a quotation mark or a control character; the session is not brought up",
      );
    if (peer.bfdIntervalMs !== null && peer.multihop && peer.sourceAddress === null)
      refuse(
        peer,
        "spec.sourceAddress",
        "BIRD speaks BFD over more than one hop from a given source address only; the session is not brought up",
      );
  }
  if (instance !== null && instance.listenPort < 0)
    problems.push({
      object: "BGPConfiguration/default",
      field: "spec.listenPort",
      severity: "error",
      message: "BIRD cannot peer without listening: it accepts its sessions' neighbours on TCP port 179",
    });
  return problems;
}
