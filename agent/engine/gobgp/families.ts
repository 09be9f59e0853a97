// Address families by their numbers (RFC 4760 §6: AFI 1 and 2, SAFI 1 is unicast).
import { families } from "../../model/family.ts";
import type { Family } from "../../model/family.ts";

export const familyNumbers = {
  ipv4: { afi: 1, safi: 1 },
  ipv6: { afi: 2, safi: 1 },
} as const satisfies Record<Family, { afi: number; safi: number }>;

/** null: a family Bellman does not speak. */
export function familyOfNumbers(numbers: { afi: number; safi: number } | undefined): Family | null {
  const same = (family: Family) =>
    familyNumbers[family].afi === numbers?.afi && familyNumbers[family].safi === numbers.safi;
  return families.find(same) ?? null;
}
