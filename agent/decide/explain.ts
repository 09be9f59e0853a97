// Why a service's addresses are announced or not: walks the gates that decide, and tells what each looked at.
import type { AddressSource } from "../config/node-config.ts";
import type { Address } from "../model/address.ts";
import type { EndpointSlice } from "../model/endpoint-slice.ts";
import { hostPrefix } from "../model/prefix.ts";
import type { Prefix } from "../model/prefix.ts";
import type { Reason, RefusalReason } from "../model/reason.ts";
import type { Service } from "../model/service.ts";
import { addressGates, judge, makeCase } from "./address-gates.ts";
import type { AddressGateName } from "./address-gates.ts";
import { claimsOf } from "./claim.ts";
import type { Claim } from "./claim.ts";
import { usableEndpoints } from "./endpoints.ts";
import { addressFacts, serviceFacts } from "./explain-facts.ts";
import { nextSteps } from "./explain-next-steps.ts";
import { serviceGates } from "./service-gates.ts";
import type { ServiceGateName } from "./service-gates.ts";
import type { View } from "./view.ts";

/** One gate that was asked; the last one asked is the one that refused, if any did. */
export interface Step {
  readonly gate: ServiceGateName | AddressGateName;
  /** null: it let the address pass. */
  readonly refused: RefusalReason | null;
  /** Objects and their values, for people. */
  readonly facts: readonly string[];
}

/** What is said of one address from one field of the service. */
export interface ClaimExplanation {
  /** Both null: the service has no address at all. */
  readonly address: Address | null;
  readonly prefix: Prefix | null;
  readonly source: AddressSource | null;
  readonly announce: boolean;
  readonly reason: Reason;
  readonly steps: readonly Step[];
  /** What would change the answer, or what keeps it. */
  readonly next: readonly string[];
}

/** Where a configured CIDR is written, such as `BGPConfiguration/default spec.serviceClusterIPs[0].cidr`. */
export type PlaceOf = (source: AddressSource, entry: Prefix) => string;

/** One explanation per address and source, in the order in which `decide` asks. */
export function explainService(
  service: Service,
  slices: readonly EndpointSlice[],
  view: View,
  placeOf: PlaceOf,
): readonly ClaimExplanation[] {
  const { steps, reason } = walkService(service);
  const claims = [...claimsOf(service)];
  if (reason !== null) {
    const next = nextSteps(reason, { service, source: null, nodeName: view.nodeName });
    const refused = { announce: false, reason, steps, next } as const;
    if (claims.length === 0) return [{ address: null, prefix: null, source: null, ...refused }];
    return claims.map(({ address, source }) => ({
      address,
      prefix: hostPrefix(address),
      source,
      ...refused,
    }));
  }
  return claims.map((claim) => explainClaim(service, claim, slices, view, placeOf, steps));
}

function walkService(service: Service): {
  readonly steps: readonly Step[];
  readonly reason: RefusalReason | null;
} {
  const steps: Step[] = [];
  for (const { name, refuse } of serviceGates) {
    const refused = refuse(service);
    steps.push({ gate: name, refused, facts: serviceFacts[name](service) });
    if (refused !== null) return { steps, reason: refused };
  }
  return { steps, reason: null };
}

function explainClaim(
  service: Service,
  claim: Claim,
  slices: readonly EndpointSlice[],
  view: View,
  placeOf: PlaceOf,
  before: readonly Step[],
): ClaimExplanation {
  const it = makeCase(service, claim, usableEndpoints(slices, view.nodeName), view);
  const { announce, reason } = judge(it);
  const steps = [...before];
  for (const { name, refuse } of addressGates) {
    const refused = refuse(it);
    steps.push({ gate: name, refused, facts: addressFacts[name](it, { slices, placeOf }) });
    if (refused !== null) break;
  }
  const { address, source } = claim;
  const next = nextSteps(reason, { service, source, nodeName: view.nodeName });
  return { address, prefix: hostPrefix(address), source, announce, reason, steps, next };
}
