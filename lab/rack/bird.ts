// BIRD on a ToR.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Daemon } from "../../test/support/daemon.ts";
import { run } from "../../test/support/netns.ts";
import { byNode } from "./by-node.ts";
import type { NodeName } from "./layout.ts";
import type { Router, RouterOptions, Session } from "./router.ts";
import { appears } from "./appears.ts";
import type { LabState } from "./state.ts";

/** Ups and downs of sessions go to the log; `include` must start its line, and a pattern may match no file. */
const aroundGuide = `log stderr all;
timeformat protocol iso long ms;
debug protocols { states };
include "guide.conf";
protocol static announced4 {
  ipv4;
include "announced4*.conf";
}
protocol static announced6 {
  ipv6;
include "announced6*.conf";
}
include "further*.conf";
`;

export class Bird implements Router {
  readonly name = "bird";
  readonly shell: readonly string[];
  readonly #state: LabState;
  readonly #options: RouterOptions;
  readonly #directory: string;
  #daemon: Daemon | null = null;
  /** Where this start begins in the log. */
  #logOffset = 0;

  constructor(state: LabState, options: RouterOptions) {
    this.#state = state;
    this.#options = options;
    this.#directory = join(state.directory, options.machine);
    this.shell = ["birdc", "-s", join(this.#directory, "bird.ctl")];
  }

  async start(): Promise<void> {
    rmSync(this.#directory, { recursive: true, force: true });
    mkdirSync(this.#directory);
    const config = join(this.#directory, "bird.conf");
    const socket = join(this.#directory, "bird.ctl");
    writeFileSync(join(this.#directory, "guide.conf"), this.#options.config);
    writeFileSync(config, aroundGuide);
    const argv = ["bird", "-f", "-c", config, "-s", socket, "-P", join(this.#directory, "bird.pid")];
    const daemon = this.#state.start(`${this.#options.machine}-bird`, argv, { netns: this.#options.netns });
    this.#logOffset = this.#daemon === null ? 0 : readFileSync(daemon.log).length;
    await appears(socket, daemon);
    this.#daemon = daemon;
  }

  async stop(): Promise<void> {
    await this.#daemon?.stop();
  }

  async sessions(): Promise<Readonly<Record<NodeName, Session>>> {
    const protocols = await this.command("show protocols");
    const log = this.#log();
    return byNode((node) => {
      const established = new RegExp(`^${node} .* Established\\s*$`, "m").test(protocols);
      // BIRD keeps no counters; its log has every change.
      const ups = log.filter((line) => line.endsWith(`${node}: State changed to up`)).length;
      return { established, ups, downs: established ? ups - 1 : ups };
    });
  }

  command(line: string): Promise<string> {
    return run(...this.shell, ...line.split(" "));
  }

  async announce(prefixes: readonly string[]): Promise<void> {
    const routes = (family: readonly string[]) =>
      family.map((prefix) => `route ${prefix} blackhole;\n`).join("");
    const file = (version: 4 | 6) => join(this.#directory, `announced${version}.conf`);
    writeFileSync(file(4), routes(prefixes.filter((prefix) => !prefix.includes(":"))));
    writeFileSync(file(6), routes(prefixes.filter((prefix) => prefix.includes(":"))));
    await this.command("configure");
  }

  async configure(lines: string): Promise<void> {
    writeFileSync(join(this.#directory, "further.conf"), lines);
    await this.command("configure");
  }

  async clear(): Promise<void> {
    await this.command("restart all");
  }

  #log(): readonly string[] {
    if (this.#daemon === null) return [];
    return readFileSync(this.#daemon.log).subarray(this.#logOffset).toString().split("\n");
  }
}
