// A fake API and the source under test, which makes a picture of it.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLog } from "../../../agent/model/log.ts";
import { systemClock } from "../../../agent/time/clock.ts";
import type { Clock } from "../../../agent/time/clock.ts";
import type { Limits } from "../../../agent/watch/api/limits.ts";
import { kubernetesSource } from "../../../agent/watch/api/source.ts";
import { until } from "../../support/until.ts";
import { WatchRecorder } from "../../support/watch-recorder.ts";
import { FakeApi, paths } from "./fake-api.ts";

/** The source waits as it always does, ten times as fast. */
export const hurriedClock: Clock = {
  now: () => systemClock.now() * 10,
  monotonic: () => systemClock.monotonic() * 10,
  schedule: (ms, action) => systemClock.schedule(ms / 10, action),
};

export class World extends WatchRecorder {
  readonly api: FakeApi;
  readonly #abort = new AbortController();
  #folder = "";
  #running: Promise<void> = Promise.resolve();

  constructor(api: FakeApi = new FakeApi()) {
    super();
    this.api = api;
  }

  /** Starts the API and writes a kubeconfig for it. */
  async begin(): Promise<this> {
    await this.api.start();
    this.#folder = await mkdtemp(join(tmpdir(), "bellman-watch-"));
    await this.login({});
    return this;
  }

  get kubeconfig(): string {
    return join(this.#folder, "kubeconfig");
  }

  async login({
    token = "t1",
    port = this.api.port,
    cluster = "insecure-skip-tls-verify: true",
    scheme = "http",
  }): Promise<void> {
    await writeFile(
      this.kubeconfig,
      `current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\nusers: [{name: u, user: {token: ${token}}}]\n` +
        `clusters: [{name: k, cluster: {server: "${scheme}://127.0.0.1:${port}", ${cluster}}}]\n`,
    );
  }

  /** Starts the source under test; its time limits are ten times as long as they take. */
  run(limits: Partial<Limits> = {}): Promise<void> {
    const options = { kubeconfig: this.kubeconfig, nodeName: "n1", clock: hurriedClock, random: Math.random };
    const source = kubernetesSource({ ...options, log: silentLog, limits });
    this.#running = source.run(this, this, this.#abort.signal);
    return this.#running;
  }

  /** Until the picture holds exactly the services that the API does. */
  async exact(): Promise<void> {
    await until("the picture is the API's", () => {
      const theirs = this.api.names(paths.services).map((name) => `default/${name}`);
      return this.services.join() === theirs.sort().join();
    });
  }

  async end(): Promise<void> {
    this.#abort.abort();
    await this.#running.catch(() => undefined);
    await this.api.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

export const service = (name: string, address = "192.0.2.1") => ({
  metadata: { namespace: "default", name },
  spec: { externalIPs: [address] },
});
