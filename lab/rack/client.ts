// The outside client behind the ToR: connections, and who answered them.
import { join } from "node:path";
import { runIn } from "../../test/support/netns.ts";
import { until } from "../../test/support/until.ts";
import { at, items } from "./json.ts";
import { isNodeName, nodeAddresses, nodeNames } from "./layout.ts";
import type { NodeName } from "./layout.ts";
import { projectRoot } from "../../test/support/paths.ts";

export interface Connections {
  /** How many connections came in by each node: the next hop the ToR took. */
  readonly byNode: Readonly<Record<NodeName, number>>;
  /** How many each pod answered. */
  readonly byPod: Readonly<Record<string, number>>;
  /** How many pods saw the client's own address. */
  readonly clientSeen: number;
  /** Error of each connection that failed. */
  readonly failures: readonly string[];
}

export class Client {
  readonly netns: string;

  constructor(netns: string) {
    this.netns = netns;
  }

  /** Opens that many TCP connections, each with one request, and counts the answers. */
  async connect(address: string, port: number, count: number): Promise<Connections> {
    const printed = await runIn(this.netns, ...this.argv(address, port, count), "--json");
    return countAnswers(JSON.parse(printed));
  }

  /** Waits until connections are answered: twenty in a row. */
  async reaches(address: string, port: number, timeoutMs = 15_000): Promise<void> {
    await until(
      `the client reaches ${address} port ${port}`,
      async () => {
        const { failures } = await this.connect(address, port, 20);
        if (failures.length > 0) throw new Error(failures.join(", "));
        return true;
      },
      { timeoutMs, everyMs: 100 },
    );
  }

  /** Command line of the load, to be run in the client's namespace. */
  argv(address: string, port: number, count: number): readonly string[] {
    return [process.execPath, join(projectRoot, "lab/connect.mjs"), address, `${port}`, `${count}`];
  }
}

/** @param answers what lab/connect.mjs prints. */
export function countAnswers(answers: unknown): Connections {
  const byNode: Record<NodeName, number> = { n1: 0, n2: 0, n3: 0 };
  const byPod: Record<string, number> = {};
  const failures: string[] = [];
  let clientSeen = 0;
  for (const answer of items(answers)) {
    const pod = at(answer, "pod");
    const node = at(answer, "node");
    if (typeof pod !== "string" || !isNodeName(node)) {
      failures.push(String(at(answer, "error")));
      continue;
    }
    const client = String(at(answer, "client"));
    const translator = nodeOf(client);
    byPod[pod] = (byPod[pod] ?? 0) + 1;
    byNode[translator ?? node]++;
    if (translator === null) clientSeen++;
  }
  const sorted = Object.fromEntries(Object.entries(byPod).sort(([a], [b]) => a.localeCompare(b)));
  return { byNode, byPod: sorted, clientSeen, failures };
}

/** A node that passes a connection on to another's pod puts its own address in the client's place. */
function nodeOf(client: string): NodeName | null {
  return (
    nodeNames.find((node) => Object.values(nodeAddresses[node]).some((address) => address === client)) ?? null
  );
}
