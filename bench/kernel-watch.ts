// Sees routes appear and vanish in another namespace's kernel, stamped by our own clock as `ip monitor` tells of them.
import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import type { Readable } from "node:stream";
import { until } from "../test/support/until.ts";
import { runIn } from "../test/support/netns.ts";

type Expected = {
  readonly prefix: string;
  readonly deleted: boolean;
  readonly resolve: (atMs: number) => void;
};

export class KernelWatch {
  readonly #child: ChildProcessByStdio<null, Readable, null>;
  #expected: Expected[] = [];
  #rest = "";
  #missing = new Set<string>();
  #complete: (atMs: number) => void = () => undefined;

  private constructor(netns: string) {
    // Thousands of routes at once would overrun the usual buffer, and some were never told of.
    const monitor = ["ip", "-rcvbuf", String(64 * 1024 * 1024), "monitor", "route"];
    this.#child = spawn("ip", ["netns", "exec", netns, ...monitor], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    this.#child.stdout
      .setEncoding("utf8")
      .on("data", (chunk: string) => this.#read(chunk, performance.now()));
  }

  /** Resolves once it is listening: it has told of a route that was made for the purpose. */
  static async start(netns: string): Promise<KernelWatch> {
    const watch = new KernelWatch(netns);
    let heard = false;
    void watch.next("198.51.100.1", "set").then(() => (heard = true));
    await until("ip monitor listens", async () => {
      await runIn(netns, "ip", "route", "replace", "blackhole", "198.51.100.1", "table", "4242");
      await runIn(netns, "ip", "route", "delete", "blackhole", "198.51.100.1", "table", "4242");
      return heard;
    });
    return watch;
  }

  /** When the next event for this host address arrives, by performance.now(). To be called before its cause. */
  next(prefix: string, what: "set" | "deleted"): Promise<number> {
    return new Promise((resolve) => {
      this.#expected.push({ prefix, deleted: what === "deleted", resolve });
    });
  }

  /** When the last of these host addresses is set, by performance.now(). To be called before the cause. */
  async all(addresses: ReadonlySet<string>): Promise<number> {
    this.#missing = new Set(addresses);
    return new Promise((resolve) => (this.#complete = resolve));
  }

  stop(): void {
    this.#child.kill("SIGKILL");
  }

  #read(chunk: string, atMs: number): void {
    const lines = (this.#rest + chunk).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#match(line.trim().split(/\s+/), atMs);
  }

  #match(words: readonly string[], atMs: number): void {
    const deleted = words[0] === "Deleted";
    if (!deleted && this.#missing.delete(words[0] ?? "") && this.#missing.size === 0) this.#complete(atMs);
    this.#expected = this.#expected.filter((expected) => {
      if (expected.deleted !== deleted || !words.slice(0, 3).includes(expected.prefix)) return true;
      expected.resolve(atMs);
      return false;
    });
  }
}
