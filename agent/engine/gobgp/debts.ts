// Routes that gobgpd was asked for and does not have as they were asked for: what is to be kept from a neighbour, or
// changed on its way there, would reach it as it is. Remembered until they are in place, so that it does not.
import type { Address } from "../../model/address.ts";
import type { Asn } from "../../model/asn.ts";
import type { Prefix } from "../../model/prefix.ts";
import type { Route } from "../../model/route.ts";
import { EngineError } from "../contract.ts";
import type { Rejection, SpeakerChange } from "../contract.ts";
import type { GobgpApi } from "./api.ts";
import { marksFor, marksOf } from "./marks.ts";
import type { Marks } from "./marks.ts";
import { readTable } from "./routes.ts";
import { rejected } from "./treatment.ts";

export class Debts {
  readonly #routes = new Map<Prefix, Route>();

  /** A change was applied, but for these. */
  note(
    { announce, withdraw }: Pick<SpeakerChange, "announce" | "withdraw">,
    rejections: readonly Rejection[],
  ): void {
    const refused = new Set(rejections.map(({ item }) => (item.t === "route" ? item.prefix : null)));
    for (const prefix of withdraw) if (!refused.has(prefix)) this.#routes.delete(prefix);
    for (const route of announce)
      if (refused.has(route.prefix)) this.#routes.set(route.prefix, route);
      else this.#routes.delete(route.prefix);
  }

  /**
   * Neighbours that would be sent something that they must not be, and what. They must have no session.
   *
   * @throws {EngineError}
   */
  async exposed(api: GobgpApi, localAsn: Asn): Promise<ReadonlyMap<Address, EngineError>> {
    const found = new Map<Address, EngineError>();
    const owed = [...this.#routes.values()].filter(
      ({ notTo, variants }) => notTo.length > 0 || variants.length > 0,
    );
    if (owed.length === 0) return found;
    const table = await readTable(api, localAsn);
    for (const route of owed) {
      const inTable = table.get(route.prefix);
      if (inTable === undefined) continue;
      for (const address of unseen(route, inTable, api.exports.marks, localAsn))
        found.set(address, exposure(address, route.prefix));
    }
    return found;
  }
}

/** The neighbours of a route that the table does not see to. */
function unseen(route: Route, inTable: Route | null, marks: Marks, localAsn: Asn): readonly Address[] {
  const carried = new Set(inTable === null ? [] : marksOf(inTable));
  const carries = (number: number | undefined) => number !== undefined && carried.has(number);
  const isKeptFrom = (neighbour: Address) => carries(marks.numberOf({ neighbour, treatment: rejected }));
  const wanted = marksFor(route, localAsn);
  const open =
    wanted === null
      ? [...route.notTo, ...route.variants.flatMap(({ to }) => to)]
      : wanted.filter((mark) => !carries(marks.numberOf(mark))).map(({ neighbour }) => neighbour);
  return open.filter((neighbour) => !isKeptFrom(neighbour));
}

function exposure(address: Address, prefix: Prefix): EngineError {
  return new EngineError(
    "refused",
    `${address} would be sent ${prefix} against its filters, which gobgpd could not be made to mind: no session until it can`,
  );
}
