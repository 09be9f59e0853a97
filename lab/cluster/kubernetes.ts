// The rack's cluster as a real API server with its controllers and a kube-proxy on every node; only kubelets are missing,
// and the lab does what they would do: it runs the pods and tells the API of them.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { ControlPlane } from "../../test/support/control-plane.ts";
import { runIn } from "../../test/support/netns.ts";
import { projectRoot } from "../../test/support/paths.ts";
import { until } from "../../test/support/until.ts";
import { at, isObject } from "../rack/json.ts";
import { nodeNames, podCidrs } from "../rack/layout.ts";
import { netnsOf } from "../rack/network.ts";
import type { Pods } from "../rack/pods.ts";
import type { LabState } from "../rack/state.ts";
import type { Cluster, PodSpec } from "./cluster.ts";
import { asManifest, namespaceOf, splitName } from "./manifest.ts";
import type { Manifest, MergePatch } from "./manifest.ts";
import { podsInSlice, serviceOf, targetPort } from "./slices.ts";

/** Nothing pulls it: the lab runs a process in its place. */
const container = { name: "server", image: "none.invalid/none" };

export class KubernetesCluster implements Cluster {
  readonly name = "kubernetes";
  readonly agentSettings: readonly string[];
  readonly #state: LabState;
  readonly #plane: ControlPlane;
  readonly #pods: Pods;
  /** Service → names of its pods. */
  readonly #podsOf = new Map<string, readonly string[]>();

  private constructor(state: LabState, plane: ControlPlane, pods: Pods, agentKubeconfig: string) {
    this.#state = state;
    this.#plane = plane;
    this.#pods = pods;
    this.agentSettings = ["--kubeconfig", agentKubeconfig];
  }

  /** Makes the API know Bellman's kinds and users. */
  static async create(state: LabState, plane: ControlPlane, pods: Pods): Promise<KubernetesCluster> {
    const cluster = new KubernetesCluster(state, plane, pods, await plane.kubeconfigFor("bellman"));
    const crds = join(projectRoot, "charts/bellman/crds");
    const files = readdirSync(crds).flatMap((file) => ["-f", join(crds, file)]);
    await plane.kubectl("apply", ...files);
    await plane.kubectl("wait", "--for=condition=Established", "--timeout=30s", ...files);
    await plane.kubectl("apply", "-f", join(projectRoot, "lab/manifests/kubernetes"));
    return cluster;
  }

  async seed(objects: readonly Manifest[]): Promise<void> {
    const slices = objects.filter((object) => object.kind === "EndpointSlice");
    // The API server learns of new kinds a moment after they are established.
    await until("the API server takes the manifests", async () => {
      await this.apply(objects.filter((object) => !slices.includes(object)));
      return true;
    });
    const services = new Set(slices.map(serviceOf).filter((service) => service !== null));
    for (const service of services) {
      const pods = slices.filter((slice) => serviceOf(slice) === service).flatMap(podsInSlice);
      const first = pods.filter(({ pod }, index) => pods.findIndex((other) => other.pod === pod) === index);
      await this.setPods(service, first);
    }
  }

  async apply(objects: readonly Manifest[]): Promise<void> {
    if (objects.length === 0) return;
    await this.#plane.kubectlWith(list(objects), "apply", "-f", "-");
    await Promise.all(objects.map((object) => this.#setStatus(object)));
  }

  async patch(kind: string, name: string, patch: MergePatch): Promise<string> {
    const { status, ...rest } = patch;
    const object = splitName(name);
    const where = ["patch", kind.toLowerCase(), object.name, "-n", object.namespace, "--type=merge"];
    if (Object.keys(rest).length > 0) await this.#plane.kubectl(...where, "-p", JSON.stringify(rest));
    if (status !== undefined)
      await this.#plane.kubectl(...where, "--subresource=status", "-p", JSON.stringify({ status }));
    return `kubectl ${where.join(" ")} -p '${JSON.stringify(patch)}'`;
  }

  async delete(kind: string, name: string): Promise<void> {
    const object = splitName(name);
    await this.#plane.kubectl(
      "delete",
      kind.toLowerCase(),
      object.name,
      "-n",
      object.namespace,
      "--wait=false",
    );
  }

  async get(kind: string, name: string): Promise<Manifest> {
    const object = splitName(name);
    const json = ["-n", object.namespace, "-o", "json"];
    return asManifest(JSON.parse(await this.#plane.kubectl("get", kind.toLowerCase(), object.name, ...json)));
  }

  async setPods(service: string, pods: readonly PodSpec[]): Promise<void> {
    const { namespace, name } = splitName(service);
    const key = `${namespace}/${name}`;
    const manifest = await this.get("Service", key);
    const port = targetPort(manifest);
    const running = [];
    for (const { pod, node, ready = true } of pods)
      running.push({ ready, ...(await this.#pods.ensure(pod, node, port.number)) });
    const labels = at(manifest, "spec", "selector");
    await this.apply(
      running.map((pod) => ({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: pod.name, namespace, labels },
        spec: { nodeName: pod.node, containers: [container] },
        status: {
          phase: "Running",
          podIP: pod.addresses.ipv4,
          podIPs: [{ ip: pod.addresses.ipv4 }, { ip: pod.addresses.ipv6 }],
          conditions: [{ type: "Ready", status: pod.ready ? "True" : "False" }],
          containerStatuses: [{ ...container, imageID: "", ready: pod.ready, restartCount: 0 }],
        },
      })),
    );
    const names = pods.map(({ pod }) => pod);
    const gone = (this.#podsOf.get(key) ?? []).filter((pod) => !names.includes(pod));
    if (gone.length > 0)
      await this.#plane.kubectl("delete", "pod", ...gone, "-n", namespace, "--grace-period=0", "--force");
    for (const pod of gone) await this.#pods.end(pod);
    this.#podsOf.set(key, names);
  }

  async startProxies(): Promise<void> {
    const kubeconfig = await this.#plane.kubeconfigFor("system:kube-proxy");
    for (const node of nodeNames) {
      const argv = [
        this.#plane.program("kube-proxy"),
        `--kubeconfig=${kubeconfig}`,
        `--hostname-override=${node}`,
        "--proxy-mode=nftables",
        `--cluster-cidr=${podCidrs.ipv4},${podCidrs.ipv6}`,
        "--healthz-bind-address=0.0.0.0:10256",
        "--metrics-bind-address=127.0.0.1:10249",
        // These are settings of the whole machine, out of reach in a namespace: leave them as they are.
        "--conntrack-max-per-core=0",
        "--conntrack-tcp-timeout-established=0s",
        "--conntrack-tcp-timeout-close-wait=0s",
      ];
      this.#state.start(`${node}-kube-proxy`, argv, { netns: netnsOf(this.#state.prefix, node) });
    }
    const get = [process.execPath, join(projectRoot, "lab/get.mjs"), "http://127.0.0.1:10256/healthz"];
    for (const node of nodeNames)
      await until(
        `${node}: kube-proxy is healthy`,
        async () => {
          const answer: unknown = JSON.parse(await runIn(netnsOf(this.#state.prefix, node), ...get));
          return at(answer, "status") === 200;
        },
        { timeoutMs: 20_000, everyMs: 200 },
      );
  }

  /** The API takes a status only by itself. */
  async #setStatus(object: Manifest): Promise<void> {
    const { status } = object;
    if (!isObject(status)) return;
    await this.patch(object.kind, `${namespaceOf(object)}/${object.metadata.name}`, { status });
  }
}

function list(objects: readonly Manifest[]): string {
  return JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
}
