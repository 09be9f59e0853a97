// The proxy on the node, as far as its word counts: what it looks at, and what it tells.
import type { Family } from "./family.ts";

/** What of a service a node's proxy looks at: the Service itself, or its EndpointSlices. */
export type DataplanePart = "service" | "endpoints";

/**
 * What the proxy says of one family.
 *
 * - `at`: when it synced last, in ms since the epoch.
 * - `untold`: it does not say when.
 * - `starting`: it has not synced anything yet.
 */
export type SyncAnswer =
  { readonly t: "at"; readonly ms: number } | { readonly t: "untold" } | { readonly t: "starting" };

export type SyncAnswers = Readonly<Record<Family, SyncAnswer>>;
