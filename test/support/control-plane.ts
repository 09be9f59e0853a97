// A real Kubernetes control plane without containers and without nodes: etcd, kube-apiserver, kube-controller-manager.
//
//   const plane = await startControlPlane({ dir: mkdtempSync(join(tmpdir(), "plane-")) });
//   await plane.kubectl("get", "services");
//   await plane.stop();
import { generateKeyPairSync } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { freePort } from "./free-port.ts";
import { Authority } from "./certificates.ts";
import { startDaemon } from "./daemon.ts";
import type { Daemon, DaemonOptions } from "./daemon.ts";
import { projectRoot } from "./paths.ts";
import { until } from "./until.ts";

export interface ControlPlaneOptions {
  /** An existing folder that gets data, keys, kubeconfigs and logs. */
  readonly dir: string;
  /** Address to listen on. Default 127.0.0.1. */
  readonly bind?: string;
  /** Network namespace to run in, which has `bind`; ports are then the usual ones. */
  readonly netns?: string;
  /** Ranges of service addresses, at most one of each family, the first one's family is primary. Default 10.96.0.0/16. */
  readonly serviceCidrs?: readonly string[];
  /** Further flags of the API server, such as `service-node-port-range`. */
  readonly apiServerFlags?: Readonly<Record<string, string>>;
  /** What starts the programs; default: a child process that ends with us. */
  readonly start?: (name: string, argv: readonly string[], options: Omit<DaemonOptions, "log">) => Daemon;
}

/** Controllers that matter where no kubelet runs. */
const controllers = [
  "endpoints-controller",
  "endpointslice-controller",
  "namespace-controller",
  "serviceaccount-controller",
  "serviceaccount-token-controller",
  "root-ca-certificate-publisher-controller",
  "garbage-collector-controller",
  "clusterrole-aggregation-controller",
];

interface Ports {
  readonly api: number;
  readonly etcd: number;
  readonly etcdPeer: number;
  readonly controllerManager: number;
}

export class ControlPlane {
  readonly dir: string;
  /** `https://ADDRESS:PORT` */
  readonly server: string;
  /** Of the administrator. */
  readonly kubeconfig: string;
  readonly #options: ControlPlaneOptions;
  readonly #assets: string;
  readonly #bind: string;
  readonly #ports: Ports;
  readonly #authority: Authority;
  readonly #daemons = new Map<string, Daemon>();

  constructor(options: ControlPlaneOptions, assets: string, ports: Ports, authority: Authority) {
    this.dir = options.dir;
    this.#options = options;
    this.#assets = assets;
    this.#bind = options.bind ?? "127.0.0.1";
    this.#ports = ports;
    this.#authority = authority;
    this.server = `https://${this.#bind}:${ports.api}`;
    this.kubeconfig = join(this.dir, "admin.kubeconfig");
  }

  /** Path of one of the programs, such as kube-proxy. */
  program(name: string): string {
    return join(this.#assets, name);
  }

  /** Runs kubectl as administrator and returns what it prints. @throws with its error text. */
  kubectl(...args: readonly string[]): Promise<string> {
    return this.kubectlWith("", ...args);
  }

  /** The same with text on its standard input, for `-f -`. */
  async kubectlWith(input: string, ...args: readonly string[]): Promise<string> {
    const argv = [this.program("kubectl"), "--kubeconfig", this.kubeconfig, ...args];
    const { netns } = this.#options;
    const [file = "", ...rest] = netns === undefined ? argv : ["ip", "netns", "exec", netns, ...argv];
    return (await execa(file, rest, { input })).stdout;
  }

  /** Writes a kubeconfig for a user and returns its path; what the user may do is RBAC's to say. */
  async kubeconfigFor(user: string, ...groups: readonly string[]): Promise<string> {
    const name = user.replaceAll(/[^a-z0-9]+/g, "-");
    const subject = [...groups.map((group) => `/O=${group}`), `/CN=${user}`].join("");
    const pair = await this.#authority.issue(name, subject);
    const data = (file: string) => readFileSync(file).toString("base64");
    const file = join(this.dir, `${name}.kubeconfig`);
    const cluster = { server: this.server, "certificate-authority-data": data(this.#authority.certificate) };
    const credentials = {
      "client-certificate-data": data(pair.certificate),
      "client-key-data": data(pair.key),
    };
    const content = {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "lab", cluster }],
      users: [{ name, user: credentials }],
      contexts: [{ name: "lab", context: { cluster: "lab", user: name } }],
      "current-context": "lab",
    };
    writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
    return file;
  }

  /** Ends the API server without a word: clients see their connections break. */
  async killApiServer(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    await this.#daemons.get("kube-apiserver")?.stop(signal);
  }

  /** Starts the API server (again), with the data as it was; resolves when it is ready. @param flags for this time */
  async startApiServer(flags: Readonly<Record<string, string>> = {}): Promise<void> {
    const pki = join(this.dir, "pki");
    const file = (name: string) => join(pki, name);
    const daemon = this.#start("kube-apiserver", {
      "etcd-servers": `http://${this.#bind}:${this.#ports.etcd}`,
      "bind-address": this.#bind,
      "secure-port": this.#ports.api,
      "tls-cert-file": file("apiserver.crt"),
      "tls-private-key-file": file("apiserver.key"),
      "client-ca-file": file("ca.crt"),
      "requestheader-client-ca-file": file("ca.crt"),
      "requestheader-allowed-names": "front-proxy",
      "requestheader-username-headers": "X-Remote-User",
      "requestheader-group-headers": "X-Remote-Group",
      "requestheader-extra-headers-prefix": "X-Remote-Extra-",
      "proxy-client-cert-file": file("front-proxy.crt"),
      "proxy-client-key-file": file("front-proxy.key"),
      "authorization-mode": "Node,RBAC",
      "allow-privileged": true,
      "service-cluster-ip-range": (this.#options.serviceCidrs ?? ["10.96.0.0/16"]).join(","),
      "service-account-issuer": "https://kubernetes.default.svc",
      "service-account-key-file": file("sa.pub"),
      "service-account-signing-key-file": file("sa.key"),
      // It would want to list itself by a loopback address, which the API refuses.
      "endpoint-reconciler-type": "none",
      profiling: false,
      ...this.#options.apiServerFlags,
      ...flags,
    });
    await this.#ready(daemon, async () => {
      await this.kubectl("get", "--raw=/readyz", "--request-timeout=5s");
      return true;
    });
  }

  /** Ends everything; the folder stays. */
  async stop(): Promise<void> {
    for (const daemon of [...this.#daemons.values()].reverse()) await daemon.stop();
  }

  startEtcd(): void {
    const client = `http://${this.#bind}:${this.#ports.etcd}`;
    const peer = `http://${this.#bind}:${this.#ports.etcdPeer}`;
    this.#start("etcd", {
      "data-dir": join(this.dir, "etcd"),
      // The data goes with the run.
      "unsafe-no-fsync": true,
      "log-level": "warn",
      "listen-client-urls": client,
      "advertise-client-urls": client,
      "listen-peer-urls": peer,
      "initial-advertise-peer-urls": peer,
      "initial-cluster": `default=${peer}`,
    });
  }

  /** Resolves when pods can be made: their namespace has its account. */
  async startControllerManager(kubeconfig: string): Promise<void> {
    const daemon = this.#start("kube-controller-manager", {
      kubeconfig,
      "authentication-kubeconfig": kubeconfig,
      "authorization-kubeconfig": kubeconfig,
      "bind-address": this.#bind,
      "secure-port": this.#ports.controllerManager,
      "cert-dir": join(this.dir, "controller-manager"),
      "leader-elect": false,
      "use-service-account-credentials": true,
      "service-account-private-key-file": join(this.dir, "pki/sa.key"),
      "root-ca-file": this.#authority.certificate,
      controllers: controllers.join(","),
    });
    await this.#ready(daemon, async () => {
      await this.kubectl("get", "serviceaccount", "default");
      return true;
    });
  }

  #start(program: string, flags: Readonly<Record<string, string | number | boolean>>): Daemon {
    const argv = [
      this.program(program),
      ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
    ];
    const { netns, start } = this.#options;
    const where = netns === undefined ? {} : { netns };
    const daemon =
      start === undefined
        ? startDaemon(program, argv, { ...where, log: join(this.dir, `${program}.log`) })
        : start(program, argv, where);
    this.#daemons.set(program, daemon);
    return daemon;
  }

  async #ready(daemon: Daemon, look: () => Promise<boolean>): Promise<void> {
    const outcome = await until(
      `${daemon.name} is ready (see ${daemon.log})`,
      async () => (daemon.running ? (await look()) && "ready" : "ended"),
      { timeoutMs: 60_000, everyMs: 100 },
    );
    if (outcome === "ended") throw new Error(daemon.lastWords());
  }
}

/** The folder of the programs. @throws with the line that says how to get them. */
export async function kubeAssets(): Promise<string> {
  const script = join(projectRoot, "test/kube/assets.mjs");
  const { stdout, stderr, failed } = await execa(process.execPath, [script, "--no-build"], { reject: false });
  if (failed) throw new Error(stderr);
  return stdout.trim();
}

export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const assets = await kubeAssets();
  const pki = join(options.dir, "pki");
  mkdirSync(pki);
  chmodSync(pki, 0o700);
  const authority = await Authority.create(pki);
  const bind = options.bind ?? "127.0.0.1";
  const names = ["DNS:localhost", "DNS:kubernetes.default.svc", "IP:127.0.0.1", `IP:${bind}`];
  const account = generateKeyPairSync("ec", { namedCurve: "P-256" });
  writeFileSync(join(pki, "sa.key"), account.privateKey.export({ type: "pkcs8", format: "pem" }));
  writeFileSync(join(pki, "sa.pub"), account.publicKey.export({ type: "spki", format: "pem" }));
  const ports = options.netns === undefined ? await freePorts(bind) : usualPorts;
  const plane = new ControlPlane(options, assets, ports, authority);
  const [, , controllerManager] = await Promise.all([
    authority.issue("apiserver", "/CN=kube-apiserver", names),
    authority.issue("front-proxy", "/CN=front-proxy"),
    plane.kubeconfigFor("system:kube-controller-manager"),
    plane.kubeconfigFor("admin", "system:masters"),
  ]);
  try {
    plane.startEtcd();
    await plane.startApiServer();
    await plane.startControllerManager(controllerManager);
  } catch (error) {
    await plane.stop();
    throw error;
  }
  return plane;
}

const usualPorts: Ports = { api: 6443, etcd: 2379, etcdPeer: 2380, controllerManager: 10257 };

async function freePorts(address: string): Promise<Ports> {
  return {
    api: await freePort(address),
    etcd: await freePort(address),
    etcdPeer: await freePort(address),
    controllerManager: await freePort(address),
  };
}
