// Since when sessions are established.
import type { Address } from "../../model/address.ts";
import type { PeerStatus } from "../contract.ts";

/** bgpd works the start out anew each time, from whole seconds on two clocks. */
const roundingMs = 1_000;

/** What was told first of a session stays, as long as it differs by rounding alone. */
export class Starts {
  readonly #known = new Map<Address, number>();

  steady(status: PeerStatus): PeerStatus {
    const { address, establishedAtMs } = status;
    if (establishedAtMs === null) {
      this.#known.delete(address);
      return status;
    }
    const known = this.#known.get(address);
    if (known !== undefined && Math.abs(known - establishedAtMs) <= roundingMs)
      return { ...status, establishedAtMs: known };
    this.#known.set(address, establishedAtMs);
    return status;
  }
}
