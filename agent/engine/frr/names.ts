// How what is ours is called in FRR's configuration: so it is told from what is not.
import { createHash } from "node:crypto";
import type { Address } from "../../model/address.ts";

/** Every route-map and community list of ours begins like this. */
export const ours = "BELLMAN-";

/** A peer group without members: marks a `router bgp` as started by us. */
export const markerGroup = "BELLMAN";

export const importMap = `${ours}IN`;
export const anyMarkList = `${ours}MARKS`;

const attributesPrefix = `${ours}ROUTE-`;
const markListPrefix = `${ours}MARK-`;

/** Of a neighbour, be it one now or not. */
export function exportMap(address: Address): string {
  return `${ours}OUT-${address}`;
}

/** null: another kind of route-map. */
export function neighbourOfExportMap(name: string): string | null {
  const prefix = exportMapPrefix;
  return name.startsWith(prefix) ? name.slice(prefix.length) : null;
}

const exportMapPrefix = `${ours}OUT-`;

/** @param text all that the route-map does */
export function attributesMap(text: string): string {
  return attributesPrefix + digest(text).toString("hex").slice(0, 16);
}

export function isAttributesMap(name: string): boolean {
  return name.startsWith(attributesPrefix);
}

/** Number of the mark of every route of ours: what else a router bgp holds that we have joined is for others alone. */
export const ownMark = 1;

export function markList(number: number): string {
  return `${markListPrefix}${number}`;
}

/**
 * The number of a mark says what it asks for, so that it is the same in every run: with a few hundred of them, two are
 * alike once in 100,000 nodes.
 *
 * @returns 32 bits
 */
export function markNumber(meaning: string): number {
  return digest(meaning).readUInt32BE(0);
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
