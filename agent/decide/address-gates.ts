// What keeps one address of a service from being announced, in the order in which it is looked at.
import type { AllowEntry } from "../config/node-config.ts";
import { familyOf } from "../model/address.ts";
import type { AnnounceReason, RefusalReason } from "../model/reason.ts";
import { isReserved } from "../model/reserved.ts";
import type { Service } from "../model/service.ts";
import type { Claim } from "./claim.ts";
import { onlyOtherFamily } from "./endpoints.ts";
import type { UsableEndpoints } from "./endpoints.ts";
import { hostRule } from "./host-rule.ts";
import type { HostRule } from "./host-rule.ts";
import type { View } from "./view.ts";

/** All that the gates look at for one claim; the last two are worked out once. */
interface Case {
  readonly service: Service;
  readonly claim: Claim;
  readonly usable: UsableEndpoints;
  readonly view: View;
  /** Entries of the list for this source that hold the address. */
  readonly entries: readonly AllowEntry[];
  readonly rule: HostRule | null;
}

type AddressGate = (it: Case) => RefusalReason | null;

const gates: readonly AddressGate[] = [
  ({ claim }) => (claim.ipMode === "Proxy" ? "IpModeProxy" : null),
  ({ claim, view }) => (isReserved(claim.address) || isNodesOwn(claim, view) ? "Reserved" : null),
  ({ claim, view }) => ((view.config.allow[claim.source] ?? []).length === 0 ? "NotConfigured" : null),
  ({ entries }) => (entries.length === 0 ? "OutsideAllowList" : null),
  ({ view }) => view.nodeRefusal,
  ({ rule }) => (rule === null ? "CoveredByAggregate" : null),
  ({ claim, usable }) => (onlyOtherFamily(usable, familyOf(claim.address)) ? "WrongFamily" : null),
  ({ claim, usable, rule }) =>
    rule?.scope === "local" && usable.onNode[familyOf(claim.address)] === 0 ? "NoLocalEndpoints" : null,
  ({ claim, usable }) => (usable.anywhere[familyOf(claim.address)] === 0 ? "NoEndpoints" : null),
];

/** `passed` counts the gates behind the claim: of two refusals the one that came further tells more. */
export type Judgement =
  | { readonly announce: true; readonly reason: AnnounceReason }
  | { readonly announce: false; readonly reason: RefusalReason; readonly passed: number };

export function judgeClaim(service: Service, claim: Claim, usable: UsableEndpoints, view: View): Judgement {
  const entries = (view.config.allow[claim.source] ?? []).filter((entry) => entry.contains(claim.address));
  const rule = hostRule(service, claim, entries);
  for (const [passed, gate] of gates.entries()) {
    const reason = gate({ service, claim, usable, view, entries, rule });
    if (reason !== null) return { announce: false, reason, passed };
  }
  // Without a rule a gate has refused; naming the reason here keeps that known to the compiler.
  return rule === null
    ? { announce: false, reason: "CoveredByAggregate", passed: gates.length }
    : { announce: true, reason: rule.reason };
}

function isNodesOwn(claim: Claim, view: View): boolean {
  return view.node?.addresses.includes(claim.address) ?? false;
}
