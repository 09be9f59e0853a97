// The routes that a `router bgp` originates: its lines `network PREFIX route-map NAME`.
import { families } from "../../model/family.ts";
import { parsePrefix } from "../../model/prefix.ts";
import type { Prefix } from "../../model/prefix.ts";
import type { RouterSection } from "./running-config.ts";

export interface Network {
  readonly prefix: Prefix;
  /** null: without, or with something more that no network of ours has. */
  readonly routeMap: string | null;
}

export function networksOf(router: RouterSection): readonly Network[] {
  return families.flatMap((family) =>
    router.families[family].flatMap((line) => {
      const network = parseNetwork(line);
      return network === null ? [] : [network];
    }),
  );
}

export function isNetwork(line: string): boolean {
  return line.startsWith("network ");
}

function parseNetwork(line: string): Network | null {
  if (!isNetwork(line)) return null;
  const [, text = "", , ...rest] = line.split(" ");
  const prefix = parsePrefix(text)?.prefix;
  if (prefix === undefined) return null;
  const [routeMap, ...more] = rest;
  return { prefix, routeMap: more.length === 0 && line.includes(" route-map ") ? (routeMap ?? null) : null };
}
