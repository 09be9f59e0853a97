// What a service's EndpointSlices say about who can serve, counted once per decision.
import { families } from "../model/family.ts";
import type { EndpointSlice } from "../model/endpoint-slice.ts";
import type { Family } from "../model/family.ts";

/** Endpoints that are ready, per family; the API folds publishNotReadyAddresses into ready. */
export interface UsableEndpoints {
  readonly anywhere: Readonly<Record<Family, number>>;
  readonly onNode: Readonly<Record<Family, number>>;
}

/** Counts over all slices of a service. An endpoint without a node name counts anywhere, not on the node. */
export function usableEndpoints(slices: Iterable<EndpointSlice>, nodeName: string): UsableEndpoints {
  const anywhere = { ipv4: 0, ipv6: 0 };
  const onNode = { ipv4: 0, ipv6: 0 };
  for (const { family, endpoints } of slices) {
    if (family === null) continue;
    for (const endpoint of endpoints) {
      if (!endpoint.ready) continue;
      anywhere[family]++;
      if (endpoint.nodeName === nodeName) onNode[family]++;
    }
  }
  return { anywhere, onNode };
}

/** Ready endpoints exist, but only of other families. */
export function onlyOtherFamily(usable: UsableEndpoints, family: Family): boolean {
  return usable.anywhere[family] === 0 && families.some((other) => usable.anywhere[other] > 0);
}
