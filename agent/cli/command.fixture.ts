// Running a command in a test: its own streams, and a directory of manifests.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { CommandError } from "./errors.ts";
import type { ExitCode } from "./errors.ts";
import type { Io } from "./io.ts";

type Command = (argv: readonly string[], io: Io) => Promise<ExitCode>;

/** stdout, stderr and exit code; for a command that failed, `stderr` is its one line. */
export interface Outcome {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

export async function runCommand(
  command: Command,
  argv: readonly string[],
  { stdin = "", env = {} }: { stdin?: string; env?: Io["env"] } = {},
): Promise<Outcome> {
  let stdout = "";
  let stderr = "";
  const io: Io = {
    stdout: (text) => void (stdout += text),
    stderr: (text) => void (stderr += text),
    stdin: Readable.from([stdin]),
    env,
    terminal: false,
  };
  try {
    return { code: await command(argv, io), stdout, stderr };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { code: error.code, stdout, stderr: error.message };
  }
}

/** A new directory with these files; to be removed by the test. */
export function writeManifests(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), "bellman-command-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return directory;
}

/** n1 and n2, a configuration, a ToR and the Local service default/web with its only ready endpoint on n2. */
export const rackManifests = `
apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata: {name: default}
spec:
  serviceClusterIPs: [{}, {cidr: 10.49.0.0/16}]
  serviceExternalIPs: [{cidr: 192.168.3.0/24}]
---
apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata: {name: tor1}
spec: {peerIP: 192.168.1.1, asNumber: 64512}
---
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {addresses: [{type: InternalIP, address: 192.168.1.10}]}
---
apiVersion: v1
kind: Node
metadata: {name: n2}
status: {addresses: [{type: InternalIP, address: 192.168.1.11}]}
---
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: default
  annotations: {bellman.bgp/communities: "64512:100", bellman.bgp/med: "50"}
spec: {type: NodePort, clusterIPs: [10.49.0.1], externalTrafficPolicy: Local}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-abc, namespace: default, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
endpoints: [{addresses: [10.48.0.3], nodeName: n2, conditions: {ready: true}}]
`;
