// The loop with a dataplane gate, beside a proxy that answers as a test says, and a speaker in memory.
import { MemorySpeaker } from "../engine/memory/speaker.ts";
import type { SyncAnswers } from "../model/dataplane.ts";
import type { Check, ProxyProbe } from "../watch/dataplane/kube-proxy.ts";
import { local, readySlice, startWorld, sync } from "./loop.fixture.ts";
import type { World } from "./loop.fixture.ts";

export const [aggregate, first, second] = ["10.49.0.0/16", "10.49.0.1/32", "10.49.0.2/32"];

/** kube-proxy as the tests have it: `answers` null is a closed port. */
export class Proxy implements ProxyProbe {
  answers: SyncAnswers | null = null;
  readonly serving = new Set<string>();
  asked = 0;
  /** Health check node ports asked, in order. */
  readonly checked: number[] = [];
  /** A frozen proxy takes connections, and never answers. */
  frozenPorts = false;
  readonly #timeouts: (() => void)[] = [];

  /** @param ms since the epoch */
  synced(ms: number): void {
    this.answers = { ipv4: { t: "at", ms }, ipv6: { t: "at", ms } };
  }

  /** All that is asked of a frozen proxy comes to its deadline. */
  timeOut(): void {
    for (const end of this.#timeouts.splice(0)) end();
  }

  health(): Promise<SyncAnswers | null> {
    this.asked++;
    return Promise.resolve(this.answers);
  }

  serves({ service: key, family, port }: Check): Promise<boolean> {
    this.checked.push(port);
    if (this.frozenPorts) return new Promise((resolve) => this.#timeouts.push(() => resolve(false)));
    return Promise.resolve(this.serving.has(`${key} ${family} ${port}`));
  }
}

export interface Scene extends World {
  readonly proxy: Proxy;
  readonly lines: string[];
}

/** The first service is there from the start; kube-proxy synced at the start, unless it is not there. */
export async function start(
  options: { speaker?: MemorySpeaker; absent?: boolean; shutdown?: "keep" | "withdraw" } = {},
): Promise<Scene> {
  const { speaker, shutdown = "keep" } = options;
  const proxy = new Proxy();
  if (options.absent !== true) proxy.synced(1_000_000);
  const lines: string[] = [];
  const world = startWorld(
    (clock) => speaker ?? new MemorySpeaker({ clock }),
    shutdown,
    lines,
    undefined,
    proxy,
  );
  sync(world.cluster);
  await world.clock.advance(100);
  return { ...world, proxy, lines };
}

/** The second service gets a ready endpoint on the node. */
export function add({ cluster }: World): void {
  cluster.set("Service", "default/s-10.49.0.2", local("10.49.0.2"));
  cluster.set("EndpointSlice", "default/s-10.49.0.2", readySlice("10.49.0.2"));
}
