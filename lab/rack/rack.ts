// The rack as a library, for the lab's own demonstration, for the tests in test/lab and for the bench.
//
//   const rack = await startRack({ prefix: `t${process.pid}`, tor: "bird" });
//   rack.tors                                   the ToR, or both; rack.tor is the first
//   rack.tor.routes("10.49.0.0/16")             next hops in the ToR's kernel: ["192.168.1.10", …], [] when there are none
//   rack.tor.allRoutes("ipv6")                  every BGP route in the kernel; host routes are written without length
//   rack.tor.sessions()                         { n1: { established, ups, downs }, … }: counters since the router started
//   rack.tor.monitor()                          records route events, already listening; `.events()` is complete up to the call
//   rack.tor.router.announce(["203.0.113.0/24"])   lets the ToR announce routes; `.clear()`, `.stop()`, `.start()`, `.command()`
//   rack.tor.powerOff(), .powerOn()             ends and starts the whole machine
//   rack.sendOver([rack.tor])                   the client's and the nodes' way out from now on
//   rack.node("n1").agent                       `.start()`, `.stop(signal)`, `.restart(signal)`, `.ready()`, `.api("routes")`, `.get(path)`, `.log()`
//   rack.node("n1").speaker                     gobgpd, bgpd or bird: `.start()`, `.stop(signal)`, `.kill()`, `.freeze()`, `.socket`
//   rack.node("n1").exec("ip", "route")         runs a command on the node
//   rack.apply(yamlText | objects)              creates or replaces objects, status included
//   rack.patch("Service", "nginx", { spec: … }) merge patch; "namespace/name" where it is not `default`
//   rack.setPods("nginx", [{ pod, node, ready }])   the pods behind a service: real processes, and the slices that tell of them
//   rack.delete("Service", "nginx")
//   rack.client.connect("10.49.62.131", 80, 300)    { byNode, byPod, clientSeen, failures }; `.reaches()` waits for answers
//   rack.controlPlane                           with cluster "kubernetes": `.killApiServer()`, `.startApiServer()`, `.kubectl()`
//   await rack.down()                           removes all that was made
//
// Waiting is the caller's: `until()` of test/support/until.ts around any of these.
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run, runIn } from "../../test/support/netns.ts";
import { startControlPlane } from "../../test/support/control-plane.ts";
import type { ControlPlane } from "../../test/support/control-plane.ts";
import type { Cluster, PodSpec } from "../cluster/cluster.ts";
import { KubernetesCluster } from "../cluster/kubernetes.ts";
import { asManifest, parseManifests } from "../cluster/manifest.ts";
import type { MergePatch } from "../cluster/manifest.ts";
import { ManifestsCluster } from "../cluster/manifests.ts";
import { Agent } from "./agent.ts";
import { Bird } from "./bird.ts";
import { byNode } from "./by-node.ts";
import { Client } from "./client.ts";
import { Frr } from "./frr.ts";
import {
  agentNamespace,
  controlPlaneAddresses,
  nodeAddresses,
  nodeNames,
  serviceCidrs,
  torNames,
} from "./layout.ts";
import type { Addresses, NodeName, TorName } from "./layout.ts";
import { buildNetwork, netnsOf, sendClientOver, sendNodesOver } from "./network.ts";
import { projectRoot } from "../../test/support/paths.ts";
import { Pods } from "./pods.ts";
import { peerManifests, routerConfig, torAsn } from "./shape.ts";
import type { RackShape, RouterName } from "./shape.ts";
import type { FrrForm } from "./speaker-frr.ts";
import type { Speaker } from "./speaker.ts";
import { makeSpeaker } from "./speakers.ts";
import type { RackEngines } from "./speakers.ts";
import { LabState, removeLab } from "./state.ts";
import { Tor } from "./tor.ts";

export interface RackOptions {
  /** Of namespaces and of the run directory; unique on the machine. Default `bellman`. */
  readonly prefix?: string;
  /** Router of the ToR, or of each of two. Default `frr`. */
  readonly tor?: RouterName | RackShape["routers"];
  /** Every node in an AS of its own, not in the ToR's. Default false. */
  readonly ebgp?: boolean;
  /** Changes what a ToR's router is configured with, before it starts. Default: as docs/guides/tor has it. */
  readonly torConfig?: RackShape["torConfig"];
  /** What speaks BGP on the nodes. Default `gobgp`. */
  readonly engine?: RackEngines;
  /** Folder of another gobgpd and gobgp. Default: that of BELLMAN_TEST_GOBGP, otherwise the system's. */
  readonly gobgp?: string;
  /** What FRR on a node consists of. Default: bgpd alone, and where all nodes have FRR zebra as well on n1. */
  readonly frr?: FrrForm;
  /** Default `manifests`. */
  readonly cluster?: "manifests" | "kubernetes";
  /** Folders of YAML files, applied before the agents start; default: those of lab/manifests that fit the rack. */
  readonly manifests?: readonly string[];
  /** Starts the agents and waits until they are ready. Default true. */
  readonly agents?: boolean;
  /** Starts what translates service addresses on every node. Default true. */
  readonly proxies?: boolean;
  /** Further flags of the agents. */
  readonly agentSettings?: readonly string[];
  /** With cluster `kubernetes`: further flags of the API server. */
  readonly apiServerFlags?: Readonly<Record<string, string>>;
  /** Told before each step. */
  readonly say?: (step: string) => void;
  /** Gives up between two steps. */
  readonly signal?: AbortSignal;
}

export interface RackNode {
  readonly name: NodeName;
  readonly netns: string;
  readonly addresses: Addresses;
  readonly agent: Agent;
  readonly speaker: Speaker;
  /** Runs a command on the node and returns what it prints. */
  exec(...argv: readonly string[]): Promise<string>;
}

export class Rack {
  readonly prefix: string;
  /** Logs, sockets, state; with cluster `manifests` also `manifests/`, which the agents follow. */
  readonly directory: string;
  readonly tors: readonly Tor[];
  readonly client: Client;
  readonly cluster: Cluster;
  /** Only with cluster `kubernetes`. */
  readonly controlPlane: ControlPlane | null;
  readonly #state: LabState;
  readonly #nodes: Readonly<Record<NodeName, RackNode>>;

  constructor(
    state: LabState,
    tors: readonly Tor[],
    cluster: Cluster,
    controlPlane: ControlPlane | null,
    speakers: Readonly<Record<NodeName, Speaker>>,
    agentSettings: readonly string[],
  ) {
    this.prefix = state.prefix;
    this.directory = state.directory;
    this.tors = tors;
    this.cluster = cluster;
    this.controlPlane = controlPlane;
    this.client = new Client(netnsOf(state.prefix, "client"));
    this.#state = state;
    this.#nodes = byNode((name) => {
      const netns = netnsOf(state.prefix, name);
      const speaker = speakers[name];
      const settings = [...cluster.agentSettings, ...speaker.agentSettings, ...agentSettings];
      return {
        name,
        netns,
        addresses: nodeAddresses[name],
        agent: new Agent(state, name, netns, settings),
        speaker,
        exec: (...argv) => runIn(netns, ...argv),
      };
    });
  }

  /** The first, or the only one. */
  get tor(): Tor {
    const [tor] = this.tors;
    if (tor === undefined) throw new Error("a rack has a ToR");
    return tor;
  }

  /** What the client asks and the nodes answer goes over these ToRs from now on, as the routers around would see to. */
  async sendOver(tors: readonly Tor[]): Promise<void> {
    const names = tors.map(({ name }) => name);
    await sendClientOver(this.prefix, names);
    await sendNodesOver(this.prefix, names);
  }

  node(name: NodeName): RackNode {
    return this.#nodes[name];
  }

  get nodes(): readonly RackNode[] {
    return nodeNames.map((name) => this.#nodes[name]);
  }

  /** @param what objects, or YAML text of them. */
  apply(what: string | readonly unknown[]): Promise<void> {
    return this.cluster.apply(typeof what === "string" ? parseManifests(what) : what.map(asManifest));
  }

  /** @returns what a person would do instead. */
  patch(kind: string, name: string, patch: MergePatch): Promise<string> {
    return this.cluster.patch(kind, name, patch);
  }

  delete(kind: string, name: string): Promise<void> {
    return this.cluster.delete(kind, name);
  }

  setPods(service: string, pods: readonly PodSpec[]): Promise<void> {
    return this.cluster.setPods(service, pods);
  }

  /** It outlives us: only `removeLab` ends it. */
  async keep(): Promise<void> {
    for (const tor of this.tors) await tor.close();
    this.#state.keep();
  }

  async down(): Promise<void> {
    for (const tor of this.tors) await tor.close();
    await removeLab(this.prefix);
  }
}

/** @throws when a part does not start; what was made until then is removed. */
export async function startRack(options: RackOptions = {}): Promise<Rack> {
  const { prefix = "bellman", tor = "frr", ebgp = false, signal } = options;
  const step = (title: string) => {
    signal?.throwIfAborted();
    options.say?.(title);
  };
  await run(process.execPath, join(projectRoot, "build.mjs"), "--if-stale", "bellman", "lab");
  const state = await LabState.claim(prefix);
  try {
    const routers = typeof tor === "string" ? ([tor] as const) : tor;
    return await build(
      state,
      { routers, ebgp, torConfig: options.torConfig ?? ((guide) => guide) },
      options,
      step,
    );
  } catch (error) {
    await removeLab(prefix);
    throw error;
  }
}

async function build(
  state: LabState,
  shape: RackShape,
  options: RackOptions,
  step: (title: string) => void,
): Promise<Rack> {
  const kubernetes = options.cluster === "kubernetes";
  const tors = torNames.flatMap((name, index) => {
    const router = shape.routers[index];
    return router === undefined ? [] : [makeTor(state, name, router, shape)];
  });
  const names = tors.map(({ name }) => name);
  step("network namespaces and their cables");
  await buildNetwork(state, names, kubernetes);
  step(`the ToR${names.length > 1 ? "s" : ""}: ${shape.routers.join(" and ")}`);
  for (const tor of tors) await tor.router.start();

  const files = options.manifests?.flatMap(manifestFiles) ?? [
    ...defaultManifests.flatMap(manifestFiles),
    ...peerManifests(names, shape.ebgp),
  ];
  const objects = files.flatMap((file) => parseManifests(readFileSync(file, "utf8")));
  const pods = new Pods(state);
  if (kubernetes) step("etcd, kube-apiserver, kube-controller-manager");
  const controlPlane = kubernetes ? await startPlane(state, options.apiServerFlags) : null;
  step("the manifests, and the pods they tell of");
  const cluster =
    controlPlane === null
      ? new ManifestsCluster(state, liveManifests(state), pods)
      : await KubernetesCluster.create(state, controlPlane, pods);
  await cluster.seed(objects, files);
  if (options.proxies !== false) {
    step(kubernetes ? "kube-proxy on every node" : "a stand-in for kube-proxy on every node");
    await cluster.startProxies();
  }

  // Nothing but kube-proxy answers what the dataplane gate asks.
  const gate = kubernetes && options.proxies !== false ? [] : ["--dataplane-gate", "off"];
  const agentSettings = ["--namespace", agentNamespace, ...gate, ...(options.agentSettings ?? [])];
  const {
    engine: engines = "gobgp",
    gobgp = process.env["BELLMAN_TEST_GOBGP"] ?? null,
    frr = null,
  } = options;
  const speakers = byNode((node) => makeSpeaker(state, node, { engines, gobgp, frr }));
  const rack = new Rack(state, tors, cluster, controlPlane, speakers, agentSettings);
  step(nodeNames.map((node) => `${speakers[node].program} on ${node}`).join(", "));
  for (const node of rack.nodes) await node.speaker.start();
  if (options.agents === false) return rack;
  step("bellman agent on every node");
  for (const node of rack.nodes) node.agent.start();
  for (const node of rack.nodes) await node.agent.ready();
  return rack;
}

function makeTor(state: LabState, name: TorName, router: RouterName, shape: RackShape): Tor {
  const netns = netnsOf(state.prefix, name);
  const config = shape.torConfig(routerConfig(router, name, shape.ebgp));
  const options = { machine: name, netns, asn: torAsn(name, shape.ebgp), config };
  return new Tor(name, netns, router === "frr" ? new Frr(state, options) : new Bird(state, options));
}

/** What the lab shows, with the nodes and endpoints that a cluster would write by itself. */
const defaultManifests = ["lab/manifests", "lab/manifests/plain"].map((folder) => join(projectRoot, folder));

function manifestFiles(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => join(folder, file));
}

function liveManifests(state: LabState): string {
  const directory = join(state.directory, "manifests");
  mkdirSync(directory);
  return directory;
}

function startPlane(
  state: LabState,
  apiServerFlags: RackOptions["apiServerFlags"] = {},
): Promise<ControlPlane> {
  const dir = join(state.directory, "kubernetes");
  mkdirSync(dir);
  return startControlPlane({
    dir,
    netns: netnsOf(state.prefix, "kube"),
    bind: controlPlaneAddresses.ipv4,
    serviceCidrs: [serviceCidrs.ipv4, serviceCidrs.ipv6],
    apiServerFlags,
    start: (name, argv, where) => state.start(name, argv, where),
  });
}
