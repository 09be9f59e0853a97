// What the lab shows: the same steps for a person to follow and for `--check` to assert.
import { families } from "../agent/model/family.ts";
import type { Connections } from "./rack/client.ts";
import { nodeNames } from "./rack/layout.ts";
import type { NodeName } from "./rack/layout.ts";
import type { Rack } from "./rack/rack.ts";
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
  await lab.connections(["n1", "n2"]);
  await lab.excludeNode();
  await lab.connections(["n2"]);
  await lab.includeNode();
  await lab.clusterService();
  await lab.sessionsNeverLost();
}

class Demonstration {
  readonly #rack: Rack;
  readonly #show: Show;
  #sessionsAtStart: unknown = null;

  constructor(rack: Rack, show: Show) {
    this.#rack = rack;
    this.#show = show;
  }

  async sessions(): Promise<void> {
    const { router } = this.#rack.tor;
    this.#show.title("Every node's gobgpd has a session to the ToR.");
    await this.#show.expect(
      "sessions from n1, n2 and n3 are established",
      async () => {
        const sessions = await this.#rack.tor.sessions();
        return nodeNames.filter((node) => sessions[node].established);
      },
      nodeNames,
    );
    this.#sessionsAtStart = await this.#rack.tor.sessions();
    const line = router.name === "frr" ? "show bgp ipv4 unicast summary" : "show protocols";
    this.#show.command(`${router.shell.join(" ")} '${line}'`, await router.command(line));
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
    await this.#edit("Service", "nginx", { spec: { externalTrafficPolicy: "Local" } });
    for (const prefix of hostRoutes)
      await this.#expectRoute(prefix, ["n1", "n2"], "the nodes with a ready endpoint");
    for (const prefix of aggregates) await this.#expectRoute(prefix, nodeNames);
    await this.#showRoutes();
  }

  /** Connections from outside arrive by exactly these nodes, and none fails. */
  async connections(by: readonly NodeName[]): Promise<void> {
    const { client } = this.#rack;
    this.#show.title(`${connections} connections from the client, counted by the node they come in at.`);
    for (const family of families) {
      const address = nginx[family];
      await client.reaches(address, port);
      const counted = await client.connect(address, port, connections);
      this.#show.command(
        `ip netns exec ${client.netns} ${client.argv(address, port, connections).join(" ")}`,
        summary(counted),
      );
      await this.#show.expect(
        `${connections} connections to ${address} come in by ${by.join(" and ")}, none fails`,
        () => ({
          nodes: nodeNames.filter((node) => counted.byNode[node] > 0),
          failures: counted.failures,
        }),
        { nodes: by, failures: [] },
        0,
      );
    }
  }

  async excludeNode(): Promise<void> {
    this.#show.title(`n1 gets the label ${exclusionLabel}: it attracts nothing any more, its session stays.`);
    await this.#edit("Node", "n1", { metadata: { labels: { [exclusionLabel]: "" } } });
    for (const prefix of aggregates) await this.#expectRoute(prefix, ["n2", "n3"]);
    for (const prefix of hostRoutes) await this.#expectRoute(prefix, ["n2"]);
    await this.#show.expect(
      "the session to n1 is established",
      async () => (await this.#rack.tor.sessions()).n1.established,
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
    await this.#show.expect(
      "the ToR's session counters are what they were at the start",
      () => this.#rack.tor.sessions(),
      this.#sessionsAtStart,
      0,
    );
  }

  async #edit(kind: string, name: string, patch: Readonly<Record<string, unknown>>): Promise<void> {
    this.#show.text(`$ ${await this.#rack.patch(kind, name, patch)}`);
  }

  async #expectRoute(prefix: string, nodes: readonly NodeName[], why?: string): Promise<void> {
    const family = prefix.includes(":") ? "ipv6" : "ipv4";
    const wanted = nodes.map((node) => this.#rack.node(node).addresses[family]);
    const over = nodes.length > 0 ? `is at the ToR over exactly ${nodes.join(", ")}` : "is not at the ToR";
    await this.#show.expect(
      `${prefix} ${over}${why === undefined ? "" : ` (${why})`}`,
      () => this.#rack.tor.routes(prefix),
      wanted,
    );
  }

  async #showRoutes(): Promise<void> {
    for (const ip of [
      ["ip", "route"],
      ["ip", "-6", "route"],
    ]) {
      const { netns } = this.#rack.tor;
      const argv = [...ip, "show", "proto", this.#rack.tor.router.name === "frr" ? "bgp" : "bird"];
      this.#show.command(`ip netns exec ${netns} ${argv.join(" ")}`, await this.#rack.tor.exec(...argv));
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
