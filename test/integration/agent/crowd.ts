// A node with as many neighbours and routes as anybody sane has: one BIRD plays all neighbours, each at an address and
// with a table of its own.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startDaemon } from "../../support/daemon.ts";
import { run, runIn } from "../../support/netns.ts";
import { nodeAddress as own } from "../../support/node-and-tor.ts";
import { until } from "../../support/until.ts";
import type { UntilOptions } from "../../support/until.ts";
import { asn, nodeRig } from "./node-rig.ts";
import type { NodeRig } from "./node-rig.ts";

export const crowdSize = { peers: 64, services: 100, addressesOfEach: 100 } as const;
/** With the range that they are in. */
export const crowdRoutes = crowdSize.services * crowdSize.addressesOfEach + 1;

const v3 = "projectcalico.org/v3";
const peers = Array.from({ length: crowdSize.peers }, (_, index) => ({
  name: `p${index}`,
  address: `192.168.1.${100 + index}`,
}));

/** What the neighbours tell of a session, in the order of their names. */
export interface CrowdSession {
  readonly name: string;
  readonly established: boolean;
  readonly routes: number;
  /** Since it came up: announcements and withdrawals. A session that comes up anew begins again. */
  readonly updates: number;
}

export interface Crowd {
  readonly rig: NodeRig;
  sessions(): Promise<readonly CrowdSession[]>;
  /** Waits until every neighbour has so many routes. */
  haveAll(routes: number, options: UntilOptions): Promise<void>;
  dispose(): Promise<void>;
}

/** Services with addresses that the node alone serves: a route for each. */
export function servicesOf(numbers: readonly number[]): readonly object[] {
  return numbers.flatMap((number) => {
    const metadata = { name: `s${number}`, namespace: "default" };
    const clusterIP = `10.0.0.${number + 1}`;
    const externalIPs = Array.from({ length: crowdSize.addressesOfEach }, (_, k) => `20.0.${number}.${k}`);
    const labels = { "kubernetes.io/service-name": metadata.name };
    const ready = { addresses: ["10.48.0.3"], nodeName: "n1", conditions: { ready: true } };
    return [
      {
        apiVersion: "v1",
        kind: "Service",
        metadata,
        spec: {
          type: "NodePort",
          clusterIP,
          clusterIPs: [clusterIP],
          externalTrafficPolicy: "Local",
          externalIPs,
        },
      },
      {
        apiVersion: "discovery.k8s.io/v1",
        kind: "EndpointSlice",
        metadata: { ...metadata, labels },
        addressType: "IPv4",
        endpoints: [ready],
      },
    ];
  });
}

/** @param prefix of its namespaces */
export async function startCrowd(prefix: string): Promise<Crowd> {
  const objects = [
    {
      apiVersion: v3,
      kind: "BGPConfiguration",
      metadata: { name: "default" },
      spec: { serviceExternalIPs: [{ cidr: "20.0.0.0/8" }] },
    },
    ...peers.map(({ name, address }) => ({
      apiVersion: v3,
      kind: "BGPPeer",
      metadata: { name },
      spec: { peerIP: address, asNumber: asn, keepaliveTime: "30s" },
    })),
    ...servicesOf(Array.from({ length: crowdSize.services }, (_, number) => number)),
  ];
  const rig = await nodeRig(prefix, [own.ipv4], objects, { neighbours: [] });
  const netns = `${prefix}-tor`;
  for (const { address } of peers) await runIn(netns, "ip", "address", "add", `${address}/24`, "dev", "eth0");
  const directory = join(rig.directory, "crowd");
  mkdirSync(directory);
  const [config, socket] = [join(directory, "bird.conf"), join(directory, "bird.ctl")];
  writeFileSync(config, birdConfig());
  const argv = ["bird", "-f", "-c", config, "-s", socket, "-P", join(directory, "bird.pid")];
  const bird = startDaemon("bird", argv, { netns, log: join(directory, "bird.log") });
  const sessions = async () => parseSessions(await run("birdc", "-s", socket, "show", "protocols", "all"));
  return {
    rig,
    sessions,
    haveAll: async (routes, options) => {
      await until(
        `all neighbours have ${routes} routes`,
        async () => {
          const complete = (await sessions()).filter((each) => each.established && each.routes === routes);
          if (complete.length < peers.length) throw new Error(`${complete.length} of ${peers.length} have`);
          return true;
        },
        options,
      );
    },
    dispose: async () => {
      await bird.stop();
      await rig.dispose();
    },
  };
}

/** BIRD has one session for each address and port: it waits for the node to connect, whatever the port. */
function birdConfig(): string {
  const sessions = peers.map(
    ({ name, address }, index) =>
      `ipv4 table of_${name};\n` +
      `protocol bgp ${name} { local ${address} as ${asn}; strict bind on; router id ${address}; ` +
      `neighbor ${own.ipv4} port ${2000 + index} as ${asn}; passive on; hold time 90; error wait time 1, 2; ` +
      `ipv4 { table of_${name}; import all; export none; }; }`,
  );
  return `log stderr all;\nrouter id 192.168.1.1;\nprotocol device {}\n${sessions.join("\n")}\n`;
}

function parseSessions(text: string): readonly CrowdSession[] {
  return text.split(/\n(?=\S)/).flatMap((block): readonly CrowdSession[] => {
    const name = /^(p\d+) +BGP /.exec(block)?.[1];
    if (name === undefined) return [];
    const received = [...block.matchAll(/Import (?:updates|withdraws): +(\d+)/g)].map(([, count]) =>
      Number(count),
    );
    return [
      {
        name,
        established: /BGP state: +Established/.test(block),
        routes: Number(/Routes: +(\d+) imported/.exec(block)?.[1] ?? 0),
        updates: received.reduce((sum, count) => sum + count, 0),
      },
    ];
  });
}
