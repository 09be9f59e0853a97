// A route with the reason for it and the services behind it.
import type { AnnounceReason } from "../model/reason.ts";
import type { Route } from "../model/route.ts";
import type { ServiceKey } from "../model/service.ts";

export interface PlannedRoute extends Route {
  readonly reason: AnnounceReason;
  /** Services that announce it, by key; empty for aggregates. */
  readonly services: readonly ServiceKey[];
}
