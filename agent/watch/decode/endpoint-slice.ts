// EndpointSlice (discovery.k8s.io/v1) as the API writes it → the model's EndpointSlice.
import { familyOf, parseAddress } from "../../model/address.ts";
import type { Endpoint, EndpointSlice } from "../../model/endpoint-slice.ts";
import type { Family } from "../../model/family.ts";
import { isObjectName } from "../../model/object-name.ts";
import type { ServiceKey } from "../../model/service.ts";
import { isAbsent, isFields, show } from "./fields.ts";
import type { Reader } from "./fields.ts";
import { keyOf, readMetadata } from "./metadata.ts";
import type { Metadata } from "./metadata.ts";
import { StringPool } from "./string-pool.ts";

const serviceLabel = "kubernetes.io/service-name";
const triggerAnnotation = "endpoints.kubernetes.io/last-change-trigger-time";
const noEndpoints: readonly Endpoint[] = [];

/** Every endpoint names its node: a few names, many times. */
const nodeNames = new StringPool(8192);

/** @throws {DecodeError} when the object has no proper name. */
export function decodeEndpointSlice(object: unknown): EndpointSlice {
  const { wire, metadata, reader } = readMetadata("EndpointSlice", object);
  const family = readFamily(reader, wire["addressType"]);
  return {
    key: keyOf(metadata.namespace, metadata.name),
    uid: metadata.uid,
    service: readService(reader, metadata),
    family,
    endpoints: readEndpoints(reader, wire["endpoints"], family),
    triggeredAtMs: readTrigger(reader, metadata),
    problems: reader.problems,
  };
}

function readService(reader: Reader, { namespace, labels }: Metadata): ServiceKey | null {
  const name = labels[serviceLabel];
  if (isAbsent(name) || name === "") return null;
  if (isObjectName(name)) return keyOf(namespace, name);
  reader.report(
    `metadata.labels[${serviceLabel}]`,
    `${show(name)} cannot name a service; the slice has none`,
  );
  return null;
}

function readFamily(reader: Reader, value: unknown): Family | null {
  if (value === "IPv4") return "ipv4";
  if (value === "IPv6") return "ipv6";
  if (value !== "FQDN")
    reader.report("addressType", `${show(value)} is none of IPv4, IPv6, FQDN; the slice serves nobody`);
  return null;
}

function readEndpoints(reader: Reader, value: unknown, family: Family | null): readonly Endpoint[] {
  const entries = reader.list(value, "endpoints");
  if (entries.length === 0) return noEndpoints;
  const endpoints: Endpoint[] = [];
  for (let index = 0; index < entries.length; index += 1) {
    const endpoint = readEndpoint(reader, entries[index], index, family);
    if (endpoint !== null) endpoints.push(endpoint);
  }
  // A copy has no spare room, which a list that grew by push has: 16 places, for a handful of endpoints.
  return endpoints.slice();
}

/** null: what is there cannot be trusted to serve; `reader` knows why. */
function readEndpoint(reader: Reader, value: unknown, index: number, family: Family | null): Endpoint | null {
  const field = () => `endpoints[${index}]`;
  if (!isFields(value)) {
    reader.report(field(), `${show(value)} is not an endpoint; it is left out`);
    return null;
  }
  const address = readAddress(value["addresses"], family);
  if (address === null) {
    reader.report(
      `${field()}.addresses`,
      "holds no address of the slice's addressType; the endpoint is left out",
    );
    return null;
  }
  // The API's defaults: what does not say otherwise is ready and serves.
  const conditions = value["conditions"] ?? {};
  const { ready, serving, terminating } = isFields(conditions) ? conditions : { ready: conditions };
  if (!isCondition(ready) || !isCondition(serving) || !isCondition(terminating)) {
    reader.report(`${field()}.conditions`, "are not true, false or null; the endpoint is left out");
    return null;
  }
  return {
    address,
    nodeName: readNodeName(reader, value["nodeName"], field),
    ready: ready ?? true,
    serving: serving ?? true,
    terminating: terminating ?? false,
  };
}

function readAddress(value: unknown, family: Family | null): string | null {
  const first: unknown = Array.isArray(value) ? value[0] : undefined;
  if (typeof first !== "string") return null;
  if (family === null) return isObjectName(first) || parseAddress(first) !== null ? first : null;
  const address = parseAddress(first);
  return address !== null && familyOf(address) === family ? address : null;
}

function readNodeName(reader: Reader, value: unknown, field: () => string): string | null {
  if (isAbsent(value) || value === "") return null;
  if (isObjectName(value)) return nodeNames.share(value);
  reader.report(`${field()}.nodeName`, `${show(value)} cannot name a node; the endpoint counts for none`);
  return null;
}

function isCondition(value: unknown): value is boolean | null | undefined {
  return typeof value === "boolean" || isAbsent(value);
}

function readTrigger(reader: Reader, { annotations }: Metadata): number | null {
  const value = annotations[triggerAnnotation];
  if (isAbsent(value)) return null;
  const atMs = typeof value === "string" && value.length < 64 ? Date.parse(value) : NaN;
  if (Number.isFinite(atMs)) return atMs;
  reader.report(
    `metadata.annotations[${triggerAnnotation}]`,
    `${show(value)} is not a time; left out`,
    "warning",
  );
  return null;
}
