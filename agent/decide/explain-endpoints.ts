// The endpoints of a service as facts: slice by slice, on this node first.
import type { Endpoint, EndpointSlice } from "../model/endpoint-slice.ts";
import { compareText, quote } from "../model/problem.ts";
import type { Service } from "../model/service.ts";

/** Endpoints told one by one; of the others their number. */
const told = 20;

/** `EndpointSlice/default/web-1 (IPv4): 10.48.0.3 on n2 ready; on n1 none` */
export function endpointFacts(
  service: Service,
  slices: readonly EndpointSlice[],
  nodeName: string,
): readonly string[] {
  if (slices.length === 0)
    return [`no EndpointSlice has the label kubernetes.io/service-name of Service/${service.key}`];
  return [...slices]
    .sort((a, b) => compareText(a.key, b.key))
    .map((slice) => `EndpointSlice/${slice.key} (${familyText(slice)}): ${endpointsText(slice, nodeName)}`);
}

function endpointsText({ endpoints }: EndpointSlice, nodeName: string): string {
  if (endpoints.length === 0) return "no endpoints";
  const here = endpoints.filter((endpoint) => endpoint.nodeName === nodeName);
  const others = endpoints.filter((endpoint) => endpoint.nodeName !== nodeName);
  const all = [...here, ...others];
  const texts = all.slice(0, told).map(endpointText);
  if (all.length > told) texts.push(`${all.length - told} more`);
  return `${texts.join(", ")}${here.length === 0 ? `; on ${nodeName} none` : ""}`;
}

function endpointText({ address, nodeName, ...conditions }: Endpoint): string {
  const where = nodeName === null ? "on no known node" : `on ${plain(nodeName)}`;
  return `${plain(address)} ${where} ${conditionText(conditions)}`;
}

/** Foreign text: as it is when it looks like an address or a name. */
function plain(text: string): string {
  return /^[0-9A-Za-z.:-]{1,80}$/.test(text) ? text : quote(text);
}

function conditionText({ ready, serving, terminating }: Omit<Endpoint, "address" | "nodeName">): string {
  if (ready) return "ready";
  if (!terminating) return "not ready";
  return serving ? "terminating, still serving" : "terminating";
}

function familyText({ family }: EndpointSlice): string {
  switch (family) {
    case "ipv4":
      return "IPv4";
    case "ipv6":
      return "IPv6";
    case null:
      return "names";
  }
}
