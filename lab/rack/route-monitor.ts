// A record of what happens to the ToR's kernel routes: `ip monitor route`, with certainty about its start and end.
import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { runIn } from "../../test/support/netns.ts";
import { until } from "../../test/support/until.ts";

export interface RouteEvent {
  /** When `ip` received it, in ms since the epoch, with microseconds as the fraction. */
  readonly atMs: number;
  readonly type: "set" | "deleted";
  /** As `ip route` prints it: a host route has no length. */
  readonly prefix: string;
  /** Next hops, in the kernel's order. */
  readonly nextHops: readonly string[];
  /** The text of the event. */
  readonly text: string;
}

/** A route in a table nobody looks into: when the monitor tells of it, it has told of all before it. */
const marker = { table: "4242", prefix: "198.51.100" };

export class RouteMonitor {
  readonly #netns: string;
  readonly #child: ChildProcessByStdio<null, Readable, null>;
  #output = "";
  #markers = 0;

  private constructor(netns: string) {
    this.#netns = netns;
    this.#child = spawn("ip", ["netns", "exec", netns, "ip", "-ts", "monitor", "route"], {
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, TZ: "UTC" },
    });
    this.#child.stdout.setEncoding("utf8").on("data", (chunk: string) => (this.#output += chunk));
  }

  /** Resolves once it is listening. */
  static async start(netns: string): Promise<RouteMonitor> {
    const monitor = new RouteMonitor(netns);
    await until("ip monitor listens", () => monitor.#settle(200));
    return monitor;
  }

  /** Every event from the start until now. */
  async events(): Promise<readonly RouteEvent[]> {
    await this.#settle(5_000);
    return parseRouteEvents(this.#output);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exit;
  }

  /** Resolves with true once everything that has happened so far has arrived. */
  async #settle(timeoutMs: number): Promise<true> {
    const address = `${marker.prefix}.${(this.#markers++ % 254) + 1}`;
    const seen = this.#output.length;
    const route = ["blackhole", address, "table", marker.table] as const;
    await runIn(this.#netns, "ip", "route", "add", ...route);
    await runIn(this.#netns, "ip", "route", "delete", ...route);
    return until(
      "ip monitor tells of the marker",
      () => this.#output.slice(seen).includes(`Deleted blackhole ${address} `),
      { timeoutMs, everyMs: 5 },
    );
  }
}

/** @param output of `ip -ts monitor route`, in UTC: an event is a line with its time and indented lines of next hops. */
export function parseRouteEvents(output: string): readonly RouteEvent[] {
  return output
    .split(/\n(?=\[)/)
    .map((text) => text.trim())
    .filter((text) => text.startsWith("[") && !`${text} `.includes(` table ${marker.table} `))
    .map((text) => {
      const [, time = "", rest = ""] = /^\[([^\]]+)\](.*)$/s.exec(text) ?? [];
      const deleted = rest.startsWith("Deleted ") || rest.startsWith(" Deleted ");
      const words = rest
        .trim()
        .split(/\s+/)
        .slice(deleted ? 1 : 0);
      const kind = ["unicast", "blackhole", "unreachable", "local", "multicast", "broadcast", "anycast"];
      const [prefix = ""] = kind.includes(words[0] ?? "") ? words.slice(1) : words;
      const nextHops = words.flatMap((word, index) => (word === "via" ? [words[index + 1] ?? ""] : []));
      const [seconds = "", micros = "0"] = time.split(".");
      const atMs = Date.parse(`${seconds}Z`) + Number(micros) / 1000;
      return { atMs, type: deleted ? "deleted" : "set", prefix, nextHops, text };
    });
}
