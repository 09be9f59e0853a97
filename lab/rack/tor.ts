// The ToR: what its kernel routes, what its router says of the sessions.
import { runIn } from "../../test/support/netns.ts";
import { asPrinted, kernelRoutes } from "./kernel-routes.ts";
import type { KernelRoutes } from "./kernel-routes.ts";
import type { Family } from "../../agent/model/family.ts";
import type { NodeName } from "./layout.ts";
import { RouteMonitor } from "./route-monitor.ts";
import type { Router, Session } from "./router.ts";

export class Tor {
  readonly netns: string;
  readonly router: Router;
  readonly #monitors: RouteMonitor[] = [];

  constructor(netns: string, router: Router) {
    this.netns = netns;
    this.router = router;
  }

  /** Next hops of a prefix in the ToR's kernel, sorted as text; empty: no such route. */
  async routes(prefix: string): Promise<readonly string[]> {
    const all = await this.allRoutes(prefix.includes(":") ? "ipv6" : "ipv4");
    return all.get(asPrinted(prefix)) ?? [];
  }

  /** Every route that came by BGP. Host routes are written without their length. */
  allRoutes(family: Family): Promise<KernelRoutes> {
    return kernelRoutes(this.netns, family);
  }

  sessions(): Promise<Readonly<Record<NodeName, Session>>> {
    return this.router.sessions();
  }

  /** Starts to record route events; resolves once it is listening. Ends with the rack at the latest. */
  async monitor(): Promise<RouteMonitor> {
    const monitor = await RouteMonitor.start(this.netns);
    this.#monitors.push(monitor);
    return monitor;
  }

  /** Runs a command on the ToR and returns what it prints. */
  exec(...argv: readonly string[]): Promise<string> {
    return runIn(this.netns, ...argv);
  }

  async close(): Promise<void> {
    for (const monitor of this.#monitors.splice(0)) await monitor.stop();
  }
}
