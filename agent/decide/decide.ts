// The decision: (service, its endpoints, node and configuration) → one verdict per address. Pure.
//
// Gates are asked in the order of docs/reference/decisions.md: service, address, node, is a host route due,
// endpoints, the node's proxy. The first that objects gives the reason.
import type { Address } from "../model/address.ts";
import type { EndpointSlice } from "../model/endpoint-slice.ts";
import { hostPrefix } from "../model/prefix.ts";
import type { RefusalReason } from "../model/reason.ts";
import type { Service } from "../model/service.ts";
import { compareVerdicts } from "../model/verdict.ts";
import type { Verdict } from "../model/verdict.ts";
import { judgeClaim } from "./address-gates.ts";
import type { Judgement } from "./address-gates.ts";
import { claimsOf } from "./claim.ts";
import { usableEndpoints } from "./endpoints.ts";
import { serviceRefusal } from "./service-gates.ts";
import type { View } from "./view.ts";

/**
 * Judges every address of a service.
 *
 * An address claimed from several sources (externalIPs and load balancer, say) is announced if one of them allows
 * it. A service without any address gets one verdict with address and prefix null.
 */
export function decide(service: Service, slices: Iterable<EndpointSlice>, view: View): readonly Verdict[] {
  const refusal = serviceRefusal(service);
  const usable = usableEndpoints(slices, view.nodeName);
  const judgements = new Map<Address, Judgement>();
  for (const claim of claimsOf(service)) {
    const now: Judgement =
      refusal === null
        ? judgeClaim(service, claim, usable, view)
        : { announce: false, reason: refusal, passed: 0 };
    const before = judgements.get(claim.address);
    judgements.set(claim.address, before === undefined ? now : better(before, now));
  }
  if (judgements.size === 0) return [withoutAddress(service, refusal ?? "NoAddress")];
  return [...judgements]
    .map(([address, judgement]) => verdict(service, address, judgement))
    .sort(compareVerdicts);
}

function better(a: Judgement, b: Judgement): Judgement {
  if (a.announce && b.announce) return a.reason === "Draining" ? b : a;
  if (a.announce || b.announce) return a.announce ? a : b;
  return b.passed > a.passed ? b : a;
}

function verdict(service: Service, address: Address, judgement: Judgement): Verdict {
  const subject = { service: service.key, address, prefix: hostPrefix(address) };
  return judgement.announce
    ? { ...subject, announce: true, reason: judgement.reason }
    : { ...subject, announce: false, reason: judgement.reason };
}

function withoutAddress(service: Service, reason: RefusalReason): Verdict {
  return { service: service.key, address: null, prefix: null, announce: false, reason };
}
