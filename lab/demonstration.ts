// What the lab shows: the same steps for a person to follow and for `--check` to assert.
import { families } from "../agent/model/family.ts";
import type { Connections } from "./rack/client.ts";
import { nodeNames } from "./rack/layout.ts";
import type { NodeName } from "./rack/layout.ts";
import type { Rack } from "./rack/rack.ts";
import { asPrinted } from "./rack/kernel-routes.ts";
import { alike, receivedPaths, showsPaths } from "./rack/received-paths.ts";
import type { RouteMonitor } from "./rack/route-monitor.ts";
import type { Tor } from "./rack/tor.ts";
import type { Show } from "./show.ts";

const aggregates = ["10.49.0.0/16", "192.168.3.0/24", "192.168.5.0/24", "fd00:10:49::/112"];
const nginx = { ipv4: "10.49.62.131", ipv6: "fd00:10:49::6283" } as const;
const hostRoutes = [`${nginx.ipv4}/32`, `${nginx.ipv6}/128`];
const port = 80;
const connections = 300;
const exclusionLabel = "node.kubernetes.io/exclude-from-external-load-balancers";

export async function demonstrate(rack: Rack, show: Show): Promise<void> {
  const lab = new Demonstration(rack, show);
  await lab.sessions();
  await lab.aggregates();
  await lab.localService();
  await lab.attributes();
  await lab.connections(["n1", "n2"]);
  await lab.restartAgent();
  await lab.loseTor();
  await lab.excludeNode();
  await lab.connections(["n2"]);
  await lab.includeNode();
  await lab.clusterService();
  await lab.sessionsNeverLost();
}

class Demonstration {
  readonly #rack: Rack;
  readonly #show: Show;
  readonly #sessionsAtStart = new Map<Tor, unknown>();

  constructor(rack: Rack, show: Show) {
    this.#rack = rack;
    this.#show = show;
  }

  async sessions(): Promise<void> {
    const { tors } = this.#rack;
    const programs = this.#rack.nodes.map(({ name, speaker }) => `${name}'s ${speaker.program}`).join(", ");
    this.#show.title(`${programs}: each has a session to ${tors.length === 1 ? "the ToR" : "both ToRs"}.`);
    for (const tor of tors) await this.#expectSessions(tor);
    for (const tor of tors) {
      this.#sessionsAtStart.set(tor, await tor.sessions());
      const line = tor.router.name === "frr" ? "show bgp ipv4 unicast summary" : "show protocols";
      this.#show.command(`${tor.router.shell.join(" ")} '${line}'`, await tor.router.command(line));
    }
  }

  async aggregates(): Promise<void> {
    this.#show.title(
      "The configured ranges come from every node: the ToR spreads connections over all of them.",
    );
    for (const prefix of aggregates) await this.#expectRoute(prefix, nodeNames);
    for (const prefix of hostRoutes)
      await this.#expectRoute(prefix, [], "while externalTrafficPolicy is Cluster");
    await this.#showRoutes();
  }

  async localService(): Promise<void> {
    this.#show.title("externalTrafficPolicy: Local: only nodes with a ready endpoint attract the service.");
    const monitors = await this.#monitors(this.#rack.tors);
    await this.#edit("Service", "nginx", { spec: { externalTrafficPolicy: "Local" } });
    for (const prefix of hostRoutes)
      await this.#expectRoute(prefix, ["n1", "n2"], "the nodes with a ready endpoint");
    for (const prefix of aggregates) await this.#expectRoute(prefix, nodeNames);
    await this.#expectNoEvents(monitors, "of other prefixes", hostRoutes);
    await this.#showRoutes();
  }

  /** Were they not the same, the ToR would leave nodes out. */
  async attributes(): Promise<void> {
    this.#show.title("Whichever engine a route comes from, it comes with the same attributes.");
    for (const { router } of this.#rack.tors) {
      const line = showsPaths(router.name, "10.49.0.0/16");
      this.#show.command(`${router.shell.join(" ")} '${line}'`, await router.command(line));
    }
    for (const prefix of aggregates) await this.#expectAlike(prefix, nodeNames);
    for (const prefix of hostRoutes) await this.#expectAlike(prefix, ["n1", "n2"]);
  }

  /** Connections from outside arrive by exactly these nodes, and none fails, whichever ToR they come over. */
  async connections(by: readonly NodeName[]): Promise<void> {
    const { client, tors } = this.#rack;
    this.#show.title(`${connections} connections from the client, counted by the node they come in at.`);
    for (const tor of tors) {
      if (tors.length > 1) await this.#rack.sendOver([tor]);
      for (const family of families) {
        const address = nginx[family];
        await client.reaches(address, port);
        const counted = await client.connect(address, port, connections);
        this.#show.command(
          `ip netns exec ${client.netns} ${client.argv(address, port, connections).join(" ")}`,
          summary(counted),
        );
        await this.#show.expect(
          `${connections} connections to ${address}${this.#over(tor)} come in by ${by.join(" and ")}, none fails`,
          () => ({
            nodes: nodeNames.filter((node) => counted.byNode[node] > 0),
            failures: counted.failures,
          }),
          { nodes: by, failures: [] },
          0,
        );
      }
    }
    if (tors.length > 1) await this.#rack.sendOver(tors);
  }

  async restartAgent(): Promise<void> {
    this.#show.title(
      "Every agent is killed with -9 and started again: the speakers hold the routes meanwhile.",
    );
    const monitors = await this.#monitors(this.#rack.tors);
    for (const { agent } of this.#rack.nodes) await agent.stop("SIGKILL");
    for (const { agent } of this.#rack.nodes) agent.start();
    for (const { agent } of this.#rack.nodes) await agent.ready();
    await this.#expectNoEvents(monitors, "while all agents are killed and started again");
  }

  /** With two ToRs the last one loses its power. */
  async loseTor(): Promise<void> {
    const lost = this.#rack.tors.at(-1);
    const left = this.#rack.tors.filter((tor) => tor !== lost);
    if (lost === undefined || left.length === 0) return;
    this.#show.title(`${lost.name} loses its power: what the other ToR has stays as it is.`);
    const monitors = await this.#monitors(left);
    await lost.powerOff();
    await this.#rack.sendOver(left);
    for (const family of families) await this.#rack.client.reaches(nginx[family], port);
    for (const tor of left) {
      for (const prefix of hostRoutes) await this.#expectRouteAt(tor, prefix, ["n1", "n2"]);
      for (const prefix of aggregates) await this.#expectRouteAt(tor, prefix, nodeNames);
    }
    this.#show.title(`${lost.name} is back, and so are its routes.`);
    await lost.powerOn();
    await this.#expectSessions(lost);
    for (const prefix of hostRoutes) await this.#expectRouteAt(lost, prefix, ["n1", "n2"]);
    for (const prefix of aggregates) await this.#expectRouteAt(lost, prefix, nodeNames);
    this.#sessionsAtStart.set(lost, await lost.sessions());
    await this.#rack.sendOver(this.#rack.tors);
    await this.#expectNoEvents(monitors, `while ${lost.name} is lost and comes back`);
  }

  async excludeNode(): Promise<void> {
    this.#show.title(`n1 gets the label ${exclusionLabel}: it attracts nothing any more, its session stays.`);
    await this.#edit("Node", "n1", { metadata: { labels: { [exclusionLabel]: "" } } });
    for (const prefix of aggregates) await this.#expectRoute(prefix, ["n2", "n3"]);
    for (const prefix of hostRoutes) await this.#expectRoute(prefix, ["n2"]);
    for (const tor of this.#rack.tors)
      await this.#show.expect(
        `the session from n1 to ${this.#called(tor)} is established`,
        async () => (await tor.sessions()).n1.established,
        true,
      );
    await this.#showRoutes();
  }

  async includeNode(): Promise<void> {
    this.#show.title("Without the label n1 is back.");
    await this.#edit("Node", "n1", { metadata: { labels: { [exclusionLabel]: null } } });
    for (const prefix of aggregates) await this.#expectRoute(prefix, nodeNames);
    for (const prefix of hostRoutes) await this.#expectRoute(prefix, ["n1", "n2"]);
  }

  async clusterService(): Promise<void> {
    this.#show.title("externalTrafficPolicy: Cluster: the ranges are enough again.");
    await this.#edit("Service", "nginx", { spec: { externalTrafficPolicy: "Cluster" } });
    for (const prefix of hostRoutes) await this.#expectRoute(prefix, []);
    for (const prefix of aggregates) await this.#expectRoute(prefix, nodeNames);
  }

  async sessionsNeverLost(): Promise<void> {
    this.#show.title("Through all of this no session was lost.");
    for (const tor of this.#rack.tors)
      await this.#show.expect(
        `${this.#called(tor)}'s session counters are what they were at the start`,
        () => tor.sessions(),
        this.#sessionsAtStart.get(tor),
        0,
      );
  }

  async #edit(kind: string, name: string, patch: Readonly<Record<string, unknown>>): Promise<void> {
    this.#show.text(`$ ${await this.#rack.patch(kind, name, patch)}`);
  }

  #expectSessions(tor: Tor): Promise<void> {
    return this.#show.expect(
      `sessions from n1, n2 and n3 to ${this.#called(tor)} are established`,
      async () => {
        const sessions = await tor.sessions();
        return nodeNames.filter((node) => sessions[node].established);
      },
      nodeNames,
    );
  }

  async #expectRoute(prefix: string, nodes: readonly NodeName[], why?: string): Promise<void> {
    for (const tor of this.#rack.tors) await this.#expectRouteAt(tor, prefix, nodes, why);
  }

  async #expectRouteAt(tor: Tor, prefix: string, nodes: readonly NodeName[], why?: string): Promise<void> {
    const family = prefix.includes(":") ? "ipv6" : "ipv4";
    const wanted = nodes.map((node) => this.#rack.node(node).addresses[family]);
    const at = this.#called(tor);
    const over = nodes.length > 0 ? `is at ${at} over exactly ${nodes.join(", ")}` : `is not at ${at}`;
    await this.#show.expect(
      `${prefix} ${over}${why === undefined ? "" : ` (${why})`}`,
      () => tor.routes(prefix),
      wanted,
    );
  }

  async #expectAlike(prefix: string, nodes: readonly NodeName[]): Promise<void> {
    for (const tor of this.#rack.tors)
      await this.#show.expect(
        `${prefix} has come to ${this.#called(tor)} from ${nodes.join(", ")} with the same attributes`,
        async () => {
          const [first, ...others] = alike(await receivedPaths(tor, prefix));
          return others.length === 0 ? first?.nodes : [first, ...others];
        },
        nodes,
      );
  }

  async #monitors(tors: readonly Tor[]): Promise<ReadonlyMap<Tor, RouteMonitor>> {
    const monitors = new Map<Tor, RouteMonitor>();
    for (const tor of tors) monitors.set(tor, await tor.monitor());
    return monitors;
  }

  /** What the ToRs' kernels were told since the monitors started: nothing, but for some prefixes. */
  async #expectNoEvents(
    monitors: ReadonlyMap<Tor, RouteMonitor>,
    when: string,
    except: readonly string[] = [],
  ): Promise<void> {
    for (const [tor, monitor] of monitors) {
      await this.#show.expect(
        `not one route event at ${this.#called(tor)} ${when}`,
        async () =>
          (await monitor.events())
            .filter(({ prefix }) => !except.map(asPrinted).includes(prefix))
            .map(({ text }) => text),
        [],
        0,
      );
      await monitor.stop();
    }
  }

  #called({ name }: Tor): string {
    return this.#rack.tors.length === 1 ? "the ToR" : name;
  }

  #over(tor: Tor): string {
    return this.#rack.tors.length === 1 ? "" : ` over ${tor.name}`;
  }

  async #showRoutes(): Promise<void> {
    for (const tor of this.#rack.tors)
      for (const ip of [
        ["ip", "route"],
        ["ip", "-6", "route"],
      ]) {
        const argv = [...ip, "show", "proto", tor.router.name === "frr" ? "bgp" : "bird"];
        this.#show.command(`ip netns exec ${tor.netns} ${argv.join(" ")}`, await tor.exec(...argv));
      }
  }
}

function summary({ byNode, byPod, clientSeen, failures }: Connections): string {
  const counts = (of: Readonly<Record<string, number>>) =>
    Object.entries(of)
      .map(([name, count]) => `${name} ${count}`)
      .join(", ");
  return [
    `came in by    ${counts(byNode)}`,
    `answered by   ${counts(byPod)}`,
    `client's own address seen by the pod: ${clientSeen}; failed: ${failures.length}`,
  ].join("\n");
}
