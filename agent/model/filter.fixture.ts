// The rule that asks for nothing, for tests that are about one field of it, or about what it does.
import type { FilterAction, FilterRule } from "./filter.ts";

export function anyRoute(action: FilterAction["t"]): FilterRule {
  return {
    prefix: null,
    remoteOnly: false,
    interface: null,
    peerType: null,
    community: null,
    asPathPrefix: [],
    priority: null,
    action: action === "reject" ? { t: "reject" } : { t: "accept", operations: [] },
  };
}
