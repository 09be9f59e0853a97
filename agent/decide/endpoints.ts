// What a service's EndpointSlices say about who can serve, counted once per decision.
import { families } from "../model/family.ts";
import type { EndpointSlice } from "../model/endpoint-slice.ts";
import type { Family } from "../model/family.ts";

/** From where endpoints count: all of them, or those on this node. */
export type Scope = "cluster" | "local";

interface Counts {
  /** Ready; the API folds publishNotReadyAddresses into it. */
  readonly ready: number;
  /** Terminating, but still serving (KEP-1669), and not ready. */
  readonly draining: number;
}

export type UsableEndpoints = Readonly<Record<Scope, Readonly<Record<Family, Counts>>>>;

/** `draining`: nobody is ready, but pods that are about to end still serve. */
export type Serving = "ready" | "draining" | "none";

/** Counts over all slices of a service. An endpoint without a node name counts for the cluster only. */
export function usableEndpoints(slices: Iterable<EndpointSlice>, nodeName: string): UsableEndpoints {
  const zero = () => ({ ipv4: { ready: 0, draining: 0 }, ipv6: { ready: 0, draining: 0 } });
  const counts = { cluster: zero(), local: zero() };
  for (const { family, endpoints } of slices) {
    if (family === null) continue;
    for (const { ready, serving, terminating, nodeName: on } of endpoints) {
      const kind = ready ? "ready" : terminating && serving ? "draining" : null;
      if (kind === null) continue;
      counts.cluster[family][kind]++;
      if (on === nodeName) counts.local[family][kind]++;
    }
  }
  return counts;
}

/** How the endpoints of a scope and family serve. */
export function servingIn(usable: UsableEndpoints, scope: Scope, family: Family): Serving {
  const { ready, draining } = usable[scope][family];
  if (ready > 0) return "ready";
  return draining > 0 ? "draining" : "none";
}

/** Somebody serves, but only in other families. @param counts whether it is enough to serve like this. */
export function onlyOtherFamily(
  usable: UsableEndpoints,
  family: Family,
  counts: (serving: Serving) => boolean,
): boolean {
  const serves = (each: Family) => counts(servingIn(usable, "cluster", each));
  return !serves(family) && families.some(serves);
}
