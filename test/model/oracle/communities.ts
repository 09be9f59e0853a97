// Communities, standard and large, as the oracle reads and orders them.

export interface Communities {
  readonly standard: readonly string[];
  readonly large: readonly string[];
}

/** null: not a community. */
export function readCommunity(text: unknown): Communities | null {
  if (typeof text !== "string" || !/^[0-9]+(:[0-9]+){1,2}$/.test(text)) return null;
  const numbers = text.split(":").map(Number);
  const standard = numbers.length === 2;
  if (numbers.some((number) => number > (standard ? 65535 : 4294967295))) return null;
  const canonical = numbers.join(":");
  return standard ? { standard: [canonical], large: [] } : { standard: [], large: [canonical] };
}

export function unite(all: readonly Communities[]): Communities {
  return {
    standard: sorted(all.flatMap(({ standard }) => standard)),
    large: sorted(all.flatMap(({ large }) => large)),
  };
}

function sorted(communities: readonly string[]): readonly string[] {
  const weight = (community: string) =>
    community.split(":").reduce((sum, part) => sum * 4294967296n + BigInt(part), 0n);
  return [...new Set(communities)].sort(
    (a, b) => Number(weight(a) > weight(b)) - Number(weight(a) < weight(b)),
  );
}
