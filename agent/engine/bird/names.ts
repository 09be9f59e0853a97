// What our things are called in BIRD's configuration: all begin with `bellman_`, in letters, digits and underscores.
import type { Address } from "../../model/address.ts";
import type { Family } from "../../model/family.ts";

export const ours = "bellman_";

export const staticNames = {
  ipv4: "bellman_static4",
  ipv6: "bellman_static6",
} as const satisfies Record<Family, string>;

export const bfdName = "bellman_bfd";

/** `192.168.1.1` → `192_168_1_1`, `fd01::1` → `fd01__1`: no two addresses alike, as they are canonical. */
export function idOf(address: Address): string {
  return address.replace(/[.:]/g, "_");
}

/** Of the session with this neighbour. */
export function sessionName(address: Address): string {
  return `${ours}${idOf(address)}`;
}
