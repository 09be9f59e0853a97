// Node (v1) as the API writes it → the model's Node.
import { parseAddress } from "../../model/address.ts";
import type { Address } from "../../model/address.ts";
import type { Node, Taint } from "../../model/node.ts";
import { parsePrefix } from "../../model/prefix.ts";
import type { Prefix } from "../../model/prefix.ts";
import { reportUnknownAnnotations } from "./annotations.ts";
import { isAbsent, isFields, show } from "./fields.ts";
import type { Fields, Reader } from "./fields.ts";
import { readMetadata } from "./metadata.ts";

/** @throws {DecodeError} when the object has no proper name. */
export function decodeNode(object: unknown): Node {
  const { wire, metadata, reader } = readMetadata("Node", object);
  const spec = reader.fields(wire["spec"], "spec");
  const status = reader.fields(wire["status"], "status");
  return {
    name: metadata.name,
    uid: metadata.uid,
    labels: reader.strings(metadata.labels, "metadata.labels"),
    ...readAddresses(reader, status),
    podCIDRs: readPodCIDRs(reader, spec),
    networkUnavailable: readNetworkUnavailable(reader, status),
    taints: readTaints(reader, spec),
    drainRequested: readDrain(reader, metadata.annotations),
    deleting: metadata.deleting,
    problems: reader.problems,
  };
}

function readAddresses(reader: Reader, status: Fields): Pick<Node, "internalIPs" | "addresses"> {
  const internalIPs = new Set<Address>();
  const addresses = new Set<Address>();
  for (const [index, entry] of reader.list(status["addresses"], "status.addresses").entries()) {
    const field = `status.addresses[${index}]`;
    const { type, address: text } = reader.fields(entry, field);
    // Entries of the other types (Hostname, InternalDNS, ExternalDNS) are names, but may be addresses as well.
    const mustParse = type === "InternalIP" || type === "ExternalIP";
    const address = mustParse
      ? reader.address(text, `${field}.address`)
      : parseAddress(typeof text === "string" ? text : "");
    if (address === null) continue;
    addresses.add(address);
    if (type === "InternalIP") internalIPs.add(address);
  }
  return { internalIPs: [...internalIPs], addresses: [...addresses] };
}

function readPodCIDRs(reader: Reader, spec: Fields): readonly Prefix[] {
  const list = reader.list(spec["podCIDRs"], "spec.podCIDRs");
  const single = spec["podCIDR"];
  if (list.length === 0 && !isAbsent(single) && single !== "") {
    const prefix = readPrefix(reader, single, "spec.podCIDR");
    return prefix === null ? [] : [prefix];
  }
  const prefixes = list.map((value, index) => readPrefix(reader, value, `spec.podCIDRs[${index}]`));
  return [...new Set(prefixes)].filter((prefix) => prefix !== null);
}

function readPrefix(reader: Reader, value: unknown, field: string): Prefix | null {
  const parsed = typeof value === "string" ? parsePrefix(value) : null;
  if (parsed === null) reader.report(field, `${show(value)} is not a CIDR; it is left out`);
  else if (parsed.hadHostBits)
    reader.report(field, `${show(value)} has host bits; ${parsed.prefix} is taken`, "warning");
  return parsed?.prefix ?? null;
}

function readNetworkUnavailable(reader: Reader, status: Fields): boolean {
  return reader
    .list(status["conditions"], "status.conditions")
    .some((entry) => isFields(entry) && entry["type"] === "NetworkUnavailable" && entry["status"] === "True");
}

function readTaints(reader: Reader, spec: Fields): readonly Taint[] {
  return reader.list(spec["taints"], "spec.taints").flatMap((entry, index): readonly Taint[] => {
    const field = `spec.taints[${index}]`;
    const fields = reader.fields(entry, field);
    const [key, value, effect] = ["key", "value", "effect"].map((name) =>
      reader.text(fields[name], `${field}.${name}`),
    );
    return key == null || key === "" ? [] : [{ key, value: value ?? "", effect: effect ?? "" }];
  });
}

const drainAnnotation = "bellman.bgp/drain";

function readDrain(reader: Reader, annotations: Fields): boolean {
  reportUnknownAnnotations(reader, annotations, [drainAnnotation]);
  const drain = reader.strings(annotations, "metadata.annotations", [drainAnnotation])[drainAnnotation];
  if (drain !== undefined && drain !== "true" && drain !== "false")
    reader.report(
      `metadata.annotations[${drainAnnotation}]`,
      `${show(drain)} is neither "true" nor "false"; the node is not drained by it`,
    );
  return drain === "true";
}
