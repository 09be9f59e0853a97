// The answer to "does this node announce this address of this service?", with the reason.
import type { Address } from "./address.ts";
import { compareAddresses } from "./address.ts";
import type { Prefix } from "./prefix.ts";
import { compareText } from "./problem.ts";
import type { AnnounceReason, RefusalReason } from "./reason.ts";
import type { ServiceKey } from "./service.ts";

export type Verdict =
  | {
      readonly service: ServiceKey;
      readonly address: Address;
      readonly prefix: Prefix;
      readonly announce: true;
      readonly reason: AnnounceReason;
    }
  | {
      readonly service: ServiceKey;
      /** Both null: the service has no address at all. */
      readonly address: Address | null;
      readonly prefix: Prefix | null;
      readonly announce: false;
      readonly reason: RefusalReason;
    };

/** Orders by service, then by address. */
export function compareVerdicts(a: Verdict, b: Verdict): number {
  return compareText(a.service, b.service) || compareNullable(a.address, b.address);
}

function compareNullable(a: Address | null, b: Address | null): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return compareAddresses(a, b);
}
