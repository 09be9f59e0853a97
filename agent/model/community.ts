// BGP communities: standard `aa:nn` (RFC 1997) and large `aa:nn:mm` (RFC 8092), as canonical text.

declare const brand: unique symbol;

export type Community = string & { readonly [brand]: "Community" };
export type LargeCommunity = string & { readonly [brand]: "LargeCommunity" };

/** A community of either kind. */
export type AnyCommunity =
  | { readonly t: "standard"; readonly community: Community }
  | { readonly t: "large"; readonly community: LargeCommunity };

/** GRACEFUL_SHUTDOWN (RFC 8326). */
export const gracefulShutdown = "65535:0" as Community;

/** Returns null for anything but two decimal numbers of 16 bits. */
export function parseCommunity(text: string): Community | null {
  const numbers = parseNumbers(text, 0xffff);
  return numbers?.length === 2 ? (numbers.join(":") as Community) : null;
}

/** Returns null for anything but three decimal numbers of 32 bits. */
export function parseLargeCommunity(text: string): LargeCommunity | null {
  const numbers = parseNumbers(text, 0xffff_ffff);
  return numbers?.length === 3 ? (numbers.join(":") as LargeCommunity) : null;
}

/** The numbers a community of either kind is made of. */
export function communityNumbers(community: Community | LargeCommunity): readonly number[] {
  return community.split(":").map(Number);
}

/** Sorted numerically, each once, so that equal sets are equal lists. */
export function uniqueCommunities<T extends Community | LargeCommunity>(
  communities: Iterable<T>,
): readonly T[] {
  return [...new Set(communities)].sort((a, b) => {
    const [left, right] = [communityNumbers(a), communityNumbers(b)];
    const at = left.findIndex((number, index) => number !== right[index]);
    return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
  });
}

function parseNumbers(text: string, max: number): readonly number[] | null {
  const parts = text.split(":");
  if (!parts.every((part) => /^[0-9]{1,10}$/.test(part))) return null;
  const numbers = parts.map(Number);
  return numbers.every((number) => number <= max) ? numbers : null;
}
