// Address families, under the names that the metrics and the API show.

export type Family = "ipv4" | "ipv6";

/** Every family, in the order in which routes are listed. */
export const families = ["ipv4", "ipv6"] as const satisfies readonly Family[];

/** Length of an address in bits. */
export const addressBits = { ipv4: 32, ipv6: 128 } as const satisfies Record<Family, number>;
