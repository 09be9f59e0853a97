// A history played to a whole loop on a clock that is moved, with a speaker in memory and a proxy that does as told.
import { endpoint, ip, node, service, slice } from "../../../agent/decide/decide.fixture.ts";
import { MemorySpeaker } from "../../../agent/engine/memory/speaker.ts";
import { gracefulShutdown } from "../../../agent/model/community.ts";
import { objectKey } from "../../../agent/model/service.ts";
import { Proxy } from "../../../agent/reconcile/gatekeeper.fixture.ts";
import { MemoryDrainStore } from "../../../agent/reconcile/drain-store.fixture.ts";
import { configuration, peer, startWorld, tor } from "../../../agent/reconcile/loop.fixture.ts";
import type { World } from "../../../agent/reconcile/loop.fixture.ts";
import { GateOracle } from "./oracle.ts";
import { serviceNames } from "./steps.ts";
import type { ServiceName, ServiceState, Step } from "./steps.ts";

export interface GateHistory {
  readonly proxy: "syncs" | "absent";
  /** Ready when the agent starts. */
  readonly services: readonly (readonly [ServiceName, ServiceState])[];
  readonly steps: readonly Step[];
}

/** Longer than it takes to ask for the proxy's health, and for a health check node port after that. */
const askedWithinMs = 600;
const excludeLabel = "node.kubernetes.io/exclude-from-external-load-balancers";

const atFirst: Step = { t: "wait", ms: 0 };

/** null: nothing is wrong after any step. */
export async function playGate({ steps, ...start }: GateHistory): Promise<string | null> {
  const player = new Player(start);
  await player.begin();
  for (const [index, step] of [atFirst, ...steps].entries()) {
    await player.take(step);
    const wrong = player.wrong(step);
    if (wrong === null) continue;
    await player.end();
    return `after step ${index}: ${wrong}`;
  }
  return player.end();
}

class Player {
  readonly #oracle: GateOracle;
  readonly #proxy = new Proxy();
  readonly #store = new MemoryDrainStore();
  readonly #speaker = new MemorySpeaker();
  #world: World;
  #node = node();
  #configured = true;

  constructor({ proxy, services }: Omit<GateHistory, "steps">) {
    this.#oracle = new GateOracle(proxy, services);
    // So long ago that it proves nothing of what changes now.
    if (proxy === "syncs") this.#proxy.synced(0);
    this.#world = this.#start();
  }

  async begin(): Promise<void> {
    const { cluster, clock, drainRequests } = this.#world;
    await drainRequests.restore();
    cluster.replace("Node", new Map([["n1", this.#node]]));
    cluster.replace("BGPConfiguration", new Map([["default", this.#configuration()]]));
    cluster.replace("BGPPeer", new Map([["tor", peer("tor", tor)]]));
    cluster.replace("BGPFilter", new Map());
    // The picture is complete with the last of them, and nothing of it counts as a change.
    this.#list();
    await clock.advance(0);
  }

  /** Whether the loop leaves anything running. */
  async end(): Promise<string | null> {
    await this.#world.stop();
    const { pending } = this.#world.clock;
    return pending === 0 ? null : `${pending} timers are left`;
  }

  async take(step: Step): Promise<void> {
    this.#oracle.take(step, this.#world.clock.now());
    await this.#do(step);
    await this.#world.clock.advance(step.t === "wait" ? step.ms : step.t === "sync" ? askedWithinMs : 0);
  }

  wrong(step: Step): string | null {
    const { clock, drainer, loop } = this.#world;
    const phase = drainer.drain.t;
    const wrong = this.#oracle.wrong(step, {
      nowMs: clock.now(),
      holding: loop.state.t === "holding",
      withdrawn: phase === "withdrawn",
      held: new Set(this.#speaker.routes.keys()),
    });
    if (wrong !== null || loop.state.t !== "holding") return wrong;
    if (this.#oracle.drained !== (phase !== "off")) return `the drain is ${phase}`;
    for (const [prefix, route] of this.#speaker.routes)
      if (route?.communities.includes(gracefulShutdown) !== this.#oracle.drained)
        return `${prefix} is marked, or not, against the drain`;
    return null;
  }

  async #do(step: Step): Promise<void> {
    const { cluster, drainRequests } = this.#world;
    switch (step.t) {
      case "service": {
        const key = keyOf(step.name);
        this.#proxy.serving.delete(portOf(step.name));
        if (step.to === null) cluster.remove("Service", key);
        else cluster.set("Service", key, asService(step.name, step.to));
        return;
      }
      case "optOut": {
        const state = this.#oracle.services.get(step.name);
        if (state !== undefined) cluster.set("Service", keyOf(step.name), asService(step.name, state));
        return;
      }
      case "slice": {
        const key = keyOf(step.name);
        this.#proxy.serving.delete(portOf(step.name));
        if (step.ready === null) cluster.remove("EndpointSlice", key);
        else cluster.set("EndpointSlice", key, asSlice(step.name, step.ready));
        return;
      }
      case "node": {
        const labels: Record<string, string> = step.excluded ? { [excludeLabel]: "" } : {};
        this.#node = node({ labels, drainRequested: step.drained });
        cluster.set("Node", "n1", this.#node);
        return;
      }
      case "configuration":
        this.#configured = step.there;
        cluster.set("BGPConfiguration", "default", this.#configuration());
        return;
      case "relist":
        this.#list();
        return;
      case "ask":
        await (step.drain ? drainRequests.ask() : drainRequests.undo());
        return;
      case "speaker":
        if (step.fault === "kill") this.#speaker.kill();
        else this.#speaker.start();
        return;
      case "restart":
        await this.#world.stop();
        // Its clock begins anew, after all that the proxy has done so far.
        if (this.#proxy.answers !== null) this.#proxy.synced(0);
        this.#world = this.#start();
        this.#oracle.restarted(new Set(this.#speaker.routes.keys()));
        await this.begin();
        return;
      case "sync":
        this.#syncProxy();
        return;
      case "wait":
    }
  }

  #start(): World {
    return startWorld(() => this.#speaker, "keep", [], this.#store, this.#proxy);
  }

  #syncProxy(): void {
    if (this.#proxy.answers === null) return;
    this.#proxy.synced(this.#world.clock.now() + 1);
    for (const name of serviceNames)
      if (this.#oracle.services.has(name) && this.#oracle.slices.get(name) === true)
        this.#proxy.serving.add(portOf(name));
  }

  #configuration() {
    return configuration(this.#configured ? ["10.49.0.0/16"] : []);
  }

  #list(): void {
    const { cluster } = this.#world;
    const { services, slices } = this.#oracle;
    cluster.replace(
      "Service",
      new Map([...services].map(([name, state]) => [keyOf(name), asService(name, state)])),
    );
    cluster.replace(
      "EndpointSlice",
      new Map([...slices].map(([name, ready]) => [keyOf(name), asSlice(name, ready)])),
    );
  }
}

function keyOf(name: ServiceName) {
  return objectKey("default", name);
}

function portNumber(name: ServiceName): number {
  return 30_000 + serviceNames.indexOf(name);
}

function portOf(name: ServiceName): string {
  return `${keyOf(name)} ipv4 ${portNumber(name)}`;
}

function asService(name: ServiceName, { address, type, optedOut }: ServiceState) {
  return service({
    key: keyOf(name),
    type,
    clusterIPs: [ip(address)],
    externalIPs: [ip("192.168.3.1")],
    externalTrafficPolicy: "Local",
    healthCheckNodePort: type === "LoadBalancer" ? portNumber(name) : null,
    annotations: optedOut ? { "bellman.bgp/advertise": "none" } : {},
  });
}

function asSlice(name: ServiceName, ready: boolean) {
  return slice([endpoint({ ready })], { key: keyOf(name), service: keyOf(name) });
}
