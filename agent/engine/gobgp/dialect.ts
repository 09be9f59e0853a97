// What differs between the versions of GoBGP's API. All else of the driver is the same for both.
import { fromAny, fromOneof } from "./capabilities.ts";
import type { ReadCapability } from "./capabilities.ts";
import { isUnknownCall } from "./errors.ts";
import { GobgpApi } from "./proto/gobgp-v3.pb.ts";
import { GoBgpService } from "./proto/gobgp-v4.pb.ts";
import type { Rpc } from "./rpc.ts";

export interface Dialect {
  readonly version: "v3" | "v4";
  readonly call: typeof GobgpApi.method;
  /** TableType of the table that holds the best paths, the daemon's own among them. */
  readonly globalTable: number;
  /** Direction of a soft reset that judges received routes anew. */
  readonly resetIn: number;
  /** Direction of a soft reset that sends routes anew. */
  readonly resetOut: number;
  readonly policy: PolicyNumbers;
  /** How the neighbour of a path that has none is printed. */
  readonly noNeighbour: string;
  /** Does it pack all changes that wait for a peer into messages with the withdrawals first? */
  readonly withdrawsFirst: boolean;
  /** From 4.8 on; an older v4 is found out when a session is added. */
  readonly speaksBfd: boolean;
  readonly readCapability: ReadCapability;
}

/** What policies are written with. */
export interface PolicyNumbers {
  /** DefinedType of sets of prefixes. */
  readonly prefixes: number;
  /** DefinedType of sets of neighbours. */
  readonly neighbours: number;
  /** DefinedType of sets of expressions for AS paths. */
  readonly asPaths: number;
  /** DefinedType of sets of communities. */
  readonly communities: number;
  /** DefinedType of sets of large communities. */
  readonly largeCommunities: number;
  /** MatchSet's type that is content with one of the set. */
  readonly any: number;
  /** MatchSet's type that is content with none of the set. */
  readonly invert: number;
  /** CommunityAction's types. */
  readonly add: number;
  readonly remove: number;
  /** MedAction's type. */
  readonly replace: number;
}

/** gobgpd 3.10 (Debian 12) to 3.37 (Debian 13 has 3.36). */
export const v3: Dialect = {
  version: "v3",
  call: GobgpApi.method,
  globalTable: 0,
  resetIn: 0,
  resetOut: 1,
  policy: {
    prefixes: 0,
    neighbours: 1,
    asPaths: 3,
    communities: 4,
    largeCommunities: 6,
    any: 0,
    invert: 2,
    add: 0,
    remove: 1,
    replace: 1,
  },
  noNeighbour: "<nil>",
  withdrawsFirst: false,
  speaksBfd: false,
  readCapability: fromAny,
};

/** gobgpd 4.8. Enumerations begin at 1 where 0 had a meaning: it now stands for "unspecified". */
export const v4: Dialect = {
  version: "v4",
  call: GoBgpService.method,
  globalTable: 1,
  resetIn: 1,
  resetOut: 2,
  policy: {
    prefixes: 1,
    neighbours: 2,
    asPaths: 4,
    communities: 5,
    largeCommunities: 7,
    any: 1,
    invert: 3,
    add: 1,
    remove: 2,
    replace: 2,
  },
  noNeighbour: "",
  withdrawsFirst: true,
  speaksBfd: true,
  readCapability: fromOneof,
};

/**
 * Asks, and never goes by a version number. A daemon that does not know v4 is taken for v3: whether it is that, its
 * first call shows.
 *
 * @throws {EngineError}
 */
export async function detectDialect(rpc: Rpc): Promise<Dialect> {
  try {
    await rpc.unary(v4.call.getBgp, {});
    return v4;
  } catch (error) {
    if (isUnknownCall(error)) return v3;
    throw error;
  }
}
