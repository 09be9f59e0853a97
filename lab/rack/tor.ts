// A ToR: what its kernel routes, what its router says of the sessions.
import { runIn } from "../../test/support/netns.ts";
import { asPrinted, kernelRoutes } from "./kernel-routes.ts";
import type { KernelRoutes } from "./kernel-routes.ts";
import type { Family } from "../../agent/model/family.ts";
import { sides } from "./layout.ts";
import type { NodeName, TorName } from "./layout.ts";
import { RouteMonitor } from "./route-monitor.ts";
import type { Router, Session } from "./router.ts";

export class Tor {
  readonly name: TorName;
  readonly netns: string;
  readonly router: Router;
  readonly #monitors: RouteMonitor[] = [];

  constructor(name: TorName, netns: string, router: Router) {
    this.name = name;
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

  /** Its router ends and its cables go dead; sessions see their connection close. */
  async powerOff(): Promise<void> {
    await this.router.stop();
    for (const side of sides) await this.exec("ip", "link", "set", side, "down");
  }

  async powerOn(): Promise<void> {
    for (const side of sides) await this.exec("ip", "link", "set", side, "up");
    await this.router.start();
  }

  /** Runs a command on the ToR and returns what it prints. */
  exec(...argv: readonly string[]): Promise<string> {
    return runIn(this.netns, ...argv);
  }

  async close(): Promise<void> {
    for (const monitor of this.#monitors.splice(0)) await monitor.stop();
  }
}
