// What keeps one address of a service from being announced, in the order in which it is looked at.
import type { AllowEntry } from "../config/node-config.ts";
import { familyOf } from "../model/address.ts";
import type { AnnounceReason, RefusalReason } from "../model/reason.ts";
import { isReserved } from "../model/reserved.ts";
import type { Service } from "../model/service.ts";
import type { Claim } from "./claim.ts";
import { onlyOtherFamily, servingIn } from "./endpoints.ts";
import type { Serving, UsableEndpoints } from "./endpoints.ts";
import { hostRule } from "./host-rule.ts";
import type { HostRule } from "./host-rule.ts";
import type { View } from "./view.ts";

/** All that the gates look at for one claim; the last three are worked out once. */
export interface Case {
  readonly service: Service;
  readonly claim: Claim;
  readonly usable: UsableEndpoints;
  readonly view: View;
  /** Entries of the list for this source that hold the address. */
  readonly entries: readonly AllowEntry[];
  readonly rule: HostRule | null;
  /** By the endpoints that the rule asks for. */
  readonly serving: Serving;
}

export type AddressGateName =
  | "ipMode"
  | "class"
  | "reserved"
  | "configured"
  | "allowList"
  | "node"
  | "hostRoute"
  | "family"
  | "endpoints"
  | "dataplane";

export interface AddressGate {
  readonly name: AddressGateName;
  /** null: nothing against it. */
  readonly refuse: (it: Case) => RefusalReason | null;
}

export const addressGates: readonly AddressGate[] = [
  { name: "ipMode", refuse: ({ claim }) => (claim.ipMode === "Proxy" ? "IpModeProxy" : null) },
  { name: "class", refuse: (it) => (isOtherClass(it) ? "ClassMismatch" : null) },
  {
    name: "reserved",
    refuse: ({ claim, view }) => (isReserved(claim.address) || isNodesOwn(claim, view) ? "Reserved" : null),
  },
  {
    name: "configured",
    refuse: ({ claim, view }) =>
      (view.config.allow[claim.source] ?? []).length === 0 ? "NotConfigured" : null,
  },
  { name: "allowList", refuse: ({ entries }) => (entries.length === 0 ? "OutsideAllowList" : null) },
  { name: "node", refuse: ({ view }) => view.nodeRefusal },
  { name: "hostRoute", refuse: ({ rule }) => (rule === null ? "CoveredByAggregate" : null) },
  {
    name: "family",
    refuse: ({ claim, usable, view }) => {
      const counts = (serving: Serving) => effective(serving, view) !== "none";
      return onlyOtherFamily(usable, familyOf(claim.address), counts) ? "WrongFamily" : null;
    },
  },
  {
    name: "endpoints",
    refuse: ({ rule, serving }) =>
      serving !== "none" ? null : rule?.scope === "local" ? "NoLocalEndpoints" : "NoEndpoints",
  },
  {
    name: "dataplane",
    refuse: ({ service, claim, view }) =>
      view.dataplane.serves(service.key, claim.address) ? null : "DataplaneNotReady",
  },
];

/** `passed` counts the gates behind the claim: of two refusals the one that came further tells more. */
export type Judgement =
  | { readonly announce: true; readonly reason: AnnounceReason }
  | { readonly announce: false; readonly reason: RefusalReason; readonly passed: number };

export function judgeClaim(service: Service, claim: Claim, usable: UsableEndpoints, view: View): Judgement {
  return judge(makeCase(service, claim, usable, view));
}

export function makeCase(service: Service, claim: Claim, usable: UsableEndpoints, view: View): Case {
  const entries = (view.config.allow[claim.source] ?? []).filter((entry) => entry.contains(claim.address));
  const rule = hostRule(service, claim, entries, view);
  const serving =
    rule === null ? "none" : effective(servingIn(usable, rule.scope, familyOf(claim.address)), view);
  return { service, claim, usable, view, entries, rule, serving };
}

/** Asks the gates in their order; the first that objects decides. */
export function judge(it: Case): Judgement {
  for (const [passed, gate] of addressGates.entries()) {
    const reason = gate.refuse(it);
    if (reason !== null) return { announce: false, reason, passed };
  }
  const { rule, serving, view } = it;
  // Without a rule a gate has refused; naming the reason here keeps that known to the compiler.
  if (rule === null) return { announce: false, reason: "CoveredByAggregate", passed: addressGates.length };
  return { announce: true, reason: view.draining || serving === "draining" ? "Draining" : rule.reason };
}

/** What terminating endpoints count for, by the setting. */
function effective(serving: Serving, { settings }: View): Serving {
  if (serving !== "draining") return serving;
  switch (settings.terminating) {
    case "deprefer":
      return "draining";
    case "keep":
      return "ready";
    case "withdraw":
      return "none";
  }
}

function isOtherClass({ claim, service, view: { settings } }: Case): boolean {
  if (claim.source !== "loadBalancerIPs" || settings.loadBalancerClasses.length === 0) return false;
  return (
    service.loadBalancerClass === null || !settings.loadBalancerClasses.includes(service.loadBalancerClass)
  );
}

function isNodesOwn(claim: Claim, view: View): boolean {
  return view.node?.addresses.includes(claim.address) ?? false;
}
