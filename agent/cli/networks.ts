// The networks that this machine is on.
import type { NetworkInterfaceInfo } from "node:os";
import { parsePrefix } from "../model/prefix.ts";
import type { Prefix } from "../model/prefix.ts";

/** @param interfaces as node:os tells them */
export function networksOf(
  interfaces: Readonly<Record<string, readonly Pick<NetworkInterfaceInfo, "cidr">[] | undefined>>,
): readonly Prefix[] {
  const all = Object.values(interfaces).flatMap((addresses) => addresses ?? []);
  return all.flatMap(({ cidr }) => parsePrefix(cidr ?? "")?.prefix ?? []);
}
