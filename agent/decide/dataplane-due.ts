// Which addresses of a service the node's proxy has its say in, and what it is asked about each.
import { familyOf } from "../model/address.ts";
import type { Address } from "../model/address.ts";
import type { EndpointSlice } from "../model/endpoint-slice.ts";
import type { Service } from "../model/service.ts";
import type { Verdict } from "../model/verdict.ts";
import type { Asking, Due } from "./dataplane.ts";
import { servingIn, usableEndpoints } from "./endpoints.ts";

/** Addresses that are announced, or would be if the proxy had no say. */
export function dueAddresses(
  service: Service,
  slices: Iterable<EndpointSlice>,
  verdicts: readonly Verdict[],
  nodeName: string,
): readonly Due[] {
  return verdicts.flatMap(({ address, announce, reason }) =>
    address !== null && (announce || reason === "DataplaneNotReady")
      ? [{ address, asking: asking(service, slices, address, nodeName) }]
      : [],
  );
}

/** The port counts ready endpoints on the node: of those that terminate it says nothing. */
function asking(
  { type, externalTrafficPolicy, healthCheckNodePort: port }: Service,
  slices: Iterable<EndpointSlice>,
  address: Address,
  nodeName: string,
): Asking {
  if (type !== "LoadBalancer" || externalTrafficPolicy !== "Local" || port === null) return { t: "sync" };
  const serving = servingIn(usableEndpoints(slices, nodeName), "local", familyOf(address));
  return serving === "ready" ? { t: "healthCheck", port } : { t: "sync" };
}
