// What a decision asks of the proxy on the node, and what can be told of the answer.
import type { Address } from "../model/address.ts";
import type { ServiceKey } from "../model/service.ts";

/**
 * Why a host route needs no (further) word from the proxy.
 *
 * - `held`: the speaker held it before it was asked for.
 * - `confirmed`: the proxy has what the route stands on.
 * - `untold`: the proxy does not tell when it synced.
 * - `silent`: nothing answers where a proxy would.
 * - `overdue`: the maximum wait was over.
 */
export type Passage = "held" | "confirmed" | "untold" | "silent" | "overdue";

/** What the proxy is asked: its health, or the service's health check node port as well. */
export type Asking = { readonly t: "sync" } | { readonly t: "healthCheck"; readonly port: number };

/** Where an address stands; times are in ms since the epoch. `unknown`: the proxy is not asked about it. */
export type Standing =
  | { readonly t: "unknown" }
  | { readonly t: "passed"; readonly how: Passage; readonly atMs: number }
  | {
      readonly t: "waiting";
      readonly asking: Asking;
      /** When that changed which the proxy has to have; null: before the agent began to look. */
      readonly changedAtMs: number | null;
      readonly beganMs: number;
      readonly untilMs: number;
    };

export interface Dataplane {
  /** Whether the node forwards what arrives for the address, as far as that is asked. */
  serves(service: ServiceKey, address: Address): boolean;
  standing(service: ServiceKey, address: Address): Standing;
}

/** An address that only the proxy may still keep from being announced. */
export interface Due {
  readonly address: Address;
  readonly asking: Asking;
}

/** One that is told of each decision, for it has to know what would be announced if the proxy had no say. */
export interface ToldDataplane extends Dataplane {
  /** Returns whether the service is to be decided again: an address is served that was not before. */
  follow(service: ServiceKey, due: readonly Due[]): boolean;
  /** The service is gone. */
  forget(service: ServiceKey): void;
}

/** Every address counts as served: offline, and where the gate is off. */
export const unasked: ToldDataplane = {
  serves: () => true,
  standing: () => ({ t: "unknown" }),
  follow: () => false,
  forget: () => undefined,
};
