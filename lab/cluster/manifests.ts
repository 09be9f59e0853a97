// The rack's cluster as a directory of manifests: agents follow it, and so does the stand-in for kube-proxy.
import { copyFileSync } from "node:fs";
import { basename, join } from "node:path";
import { isObject } from "../rack/json.ts";
import { nodeNames, podAddressesWith } from "../rack/layout.ts";
import { netnsOf } from "../rack/network.ts";
import { projectRoot } from "../../test/support/paths.ts";
import type { Pods } from "../rack/pods.ts";
import type { LabState } from "../rack/state.ts";
import type { Cluster, PodSpec } from "./cluster.ts";
import { ManifestDirectory } from "./directory.ts";
import { isNamed, splitName } from "./manifest.ts";
import type { Manifest, MergePatch } from "./manifest.ts";
import { podsInSlice, serviceOf, slicesOf, targetPort } from "./slices.ts";

export class ManifestsCluster implements Cluster {
  readonly name = "manifests";
  readonly agentSettings: readonly string[];
  readonly #state: LabState;
  readonly #directory: ManifestDirectory;
  readonly #pods: Pods;
  /** Service → the pods that `setPods` made for it. */
  readonly #podsOf = new Map<string, readonly string[]>();

  constructor(state: LabState, directory: string, pods: Pods) {
    this.#state = state;
    this.#directory = new ManifestDirectory(directory);
    this.#pods = pods;
    this.agentSettings = ["--manifests", directory];
  }

  /** Copies the files as they are, so that people find them as they were written. */
  async seed(objects: readonly Manifest[], files: readonly string[]): Promise<void> {
    await this.#startPodsOf(objects);
    for (const file of files) copyFileSync(file, join(this.#directory.path, basename(file)));
  }

  async apply(objects: readonly Manifest[]): Promise<void> {
    await this.#startPodsOf(objects);
    this.#directory.put(objects);
  }

  patch(kind: string, name: string, patch: MergePatch): Promise<string> {
    const file = this.#directory.patch({ kind, name }, patch);
    return Promise.resolve(`edit ${join(this.#directory.path, file)}: ${edits(patch).join(", ")}`);
  }

  delete(kind: string, name: string): Promise<void> {
    this.#directory.delete({ kind, name });
    return Promise.resolve();
  }

  get(kind: string, name: string): Promise<Manifest> {
    const object = this.#directory.objects().find((each) => isNamed(each, { kind, name }));
    if (object === undefined) throw new Error(`no ${kind} ${name} in ${this.#directory.path}`);
    return Promise.resolve(object);
  }

  async setPods(service: string, pods: readonly PodSpec[]): Promise<void> {
    const { namespace, name } = splitName(service);
    const key = `${namespace}/${name}`;
    const port = targetPort(await this.get("Service", key));
    const endpoints = [];
    for (const { pod, node, ready = true } of pods) {
      const { addresses } = await this.#pods.ensure(pod, node, port.number);
      endpoints.push({ pod, node, ready, addresses });
    }
    this.#directory.put(slicesOf(key, port, endpoints));
    const names = pods.map(({ pod }) => pod);
    for (const pod of this.#podsOf.get(key) ?? []) if (!names.includes(pod)) await this.#pods.end(pod);
    this.#podsOf.set(key, names);
  }

  startProxies(): Promise<void> {
    const script = join(projectRoot, "lab/proxy.mjs");
    for (const node of nodeNames) {
      const argv = [process.execPath, script, node, this.#directory.path];
      this.#state.start(`${node}-proxy`, argv, { netns: netnsOf(this.#state.prefix, node) });
    }
    return Promise.resolve();
  }

  /** Runs the pods that slices name, at the addresses they give. */
  async #startPodsOf(objects: readonly Manifest[]): Promise<void> {
    for (const object of objects) if (object.kind === "EndpointSlice") await this.#startPods(object);
  }

  async #startPods(slice: Manifest): Promise<void> {
    const service = serviceOf(slice);
    for (const { pod, node, port, address } of podsInSlice(slice)) {
      const addresses = podAddressesWith(node, address);
      if (addresses === null) continue;
      await this.#pods.ensure(pod, node, port, addresses);
      if (service === null) continue;
      const known = this.#podsOf.get(service) ?? [];
      if (!known.includes(pod)) this.#podsOf.set(service, [...known, pod]);
    }
  }
}

/** `{ spec: { a: 1, b: null } }` → `set spec.a to 1`, `remove spec.b`. */
function edits(patch: MergePatch, path = ""): readonly string[] {
  return Object.entries(patch).flatMap(([key, value]) => {
    const here = `${path}${key}`;
    if (value === null) return [`remove ${here}`];
    return isObject(value) ? edits(value, `${here}.`) : [`set ${here} to ${JSON.stringify(value)}`];
  });
}
