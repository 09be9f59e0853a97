// BIRD as the router that a node speaks to: a witness of what a peer really sees, and when.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startDaemon } from "./daemon.ts";
import type { Daemon } from "./daemon.ts";
import { run } from "./netns.ts";
import { until } from "./until.ts";

export interface BirdPeerOptions {
  readonly netns: string;
  /** Holds its configuration, socket and log; made when it is missing. */
  readonly directory: string;
  /** An IPv4 address of its own, also its router ID. */
  readonly routerId: string;
  readonly asn: number;
  readonly neighbours: readonly BirdNeighbour[];
  /** It is one of several routers in its namespace, at addresses of its own, and BFD is for one of them. Default alone. */
  readonly amongOthers?: { readonly bfd: boolean };
}

export interface BirdNeighbour {
  /** Of the session, in letters and digits. */
  readonly name: string;
  readonly address: string;
  readonly asn: number;
  /** Its own end of the session. Default: port 179 of whatever address, its own AS. */
  readonly local?: { readonly address: string; readonly port: number; readonly asn: number };
  /** More of BIRD's own words for the session, such as `password "x";`. */
  readonly options?: string;
}

/** A route as the neighbour's UPDATE carried it. */
export interface SeenRoute {
  readonly session: string;
  readonly nextHop: string;
  readonly asPath: string;
  readonly origin: string;
  readonly med: number | null;
  /** 100 where the message had none. */
  readonly localPref: number | null;
  /** `64512:100`, in the order of the message. */
  readonly communities: readonly string[];
  readonly largeCommunities: readonly string[];
}

/** `added` for a prefix that is there already is a change without a withdrawal. */
export interface SeenEvent {
  readonly t: "added" | "removed";
  readonly session: string;
  readonly prefix: string;
}

export class BirdPeer {
  readonly #options: BirdPeerOptions;
  readonly #log: string;
  readonly #socket: string;
  readonly #sent: string;
  #neighbours: readonly BirdNeighbour[];
  #daemon: Daemon | null = null;
  #mark = 0;

  constructor(options: BirdPeerOptions) {
    this.#options = options;
    this.#neighbours = options.neighbours;
    this.#log = join(options.directory, "routes.log");
    this.#socket = join(options.directory, "bird.ctl");
    this.#sent = join(options.directory, "sent.conf");
  }

  async start(): Promise<void> {
    const { netns, directory } = this.#options;
    mkdirSync(directory, { recursive: true });
    for (const file of [this.#socket, this.#log]) rmSync(file, { force: true });
    this.#mark = 0;
    const config = this.#file;
    const log = join(directory, "bird.out");
    writeFileSync(config, this.#config());
    writeFileSync(this.#sent, "");
    const argv = ["bird", "-f", "-c", config, "-s", this.#socket, "-P", join(directory, "bird.pid")];
    const daemon = startDaemon("bird", argv, { netns, log });
    this.#daemon = daemon;
    await until(`BIRD opens ${this.#socket} (see ${log})`, () => existsSync(this.#socket) || !daemon.running);
    if (!daemon.running) throw new Error(`BIRD ended at its start; see ${log}`);
  }

  async stop(): Promise<void> {
    await this.#daemon?.stop("SIGKILL");
  }

  command(...words: readonly string[]): Promise<string> {
    return run("birdc", "-s", this.#socket, ...words);
  }

  get #file(): string {
    return join(this.#options.directory, "bird.conf");
  }

  /** From now on it has these sessions; those among them that it has already notice nothing. */
  async setNeighbours(neighbours: readonly BirdNeighbour[]): Promise<void> {
    this.#neighbours = neighbours;
    writeFileSync(this.#file, this.#config());
    await this.command("configure");
  }

  async established(session: string): Promise<boolean> {
    return /Established/.test(await this.command("show", "protocols", session));
  }

  /** By prefix: what it knows from its neighbours, or from one of them. */
  async routes(session?: string): Promise<ReadonlyMap<string, SeenRoute>> {
    const names = session === undefined ? this.#neighbours.map(({ name }) => name) : [session];
    const seen = new Map<string, SeenRoute>();
    for (const name of names)
      for (const [prefix, route] of parseRoutes(
        name,
        await this.command("show", "route", "all", "protocol", name),
      ))
        seen.set(prefix, route);
    return seen;
  }

  /** Sends these prefixes to its neighbours, and no others. */
  async send(prefixes: readonly string[]): Promise<void> {
    writeFileSync(this.#sent, prefixes.map((prefix) => `route ${prefix} blackhole;\n`).join(""));
    await this.command("configure");
  }

  /** From now on `events` begins here. */
  mark(): void {
    this.#mark = readFileSync(this.#log).length;
  }

  /** Sessions that were established and ended since the mark, by name. */
  losses(): readonly string[] {
    const up = new Set<string>();
    const ended: { readonly session: string; readonly at: number }[] = [];
    // ASCII only, so that places are those of bytes.
    const changes = readFileSync(this.#log, "latin1").matchAll(/> (\w+): State changed to (\w+)$/gm);
    for (const { index, 1: session = "", 2: state } of changes)
      if (state === "up") up.add(session);
      else if (up.delete(session)) ended.push({ session, at: index });
    return ended.filter(({ at }) => at >= this.#mark).map(({ session }) => session);
  }

  /** What came over the sessions since the mark. */
  events(): readonly SeenEvent[] {
    return [...this.#news.matchAll(/ (\w+)\.ipv[46] > (added|removed)(?: \[\w+\])? (\S+) /g)].map(
      ([, session = "", t = "", prefix = ""]) => ({ t: t === "added" ? t : "removed", session, prefix }),
    );
  }

  get #news(): string {
    return readFileSync(this.#log).subarray(this.#mark).toString();
  }

  #config(): string {
    const { routerId, asn, amongOthers } = this.#options;
    const sessions = this.#neighbours.map(({ name, address, asn: neighbourAsn, local, options = "" }) => {
      const own = local === undefined ? "" : `local ${local.address} port ${local.port} as ${local.asn}; `;
      return `protocol bgp ${name} from node { ${own}neighbor ${address} as ${neighbourAsn}; ${options} }`;
    });
    return `log "${this.#log}" all;
router id ${routerId};
protocol device {}
protocol direct { ipv4; ipv6; }
${amongOthers?.bfd === false ? "" : 'protocol bfd { interface "*" { interval 100 ms; }; }'}
protocol static sent {
  ipv4;
include "${this.#sent}";
}
template bgp node {
  local as ${asn};
  strict bind ${amongOthers === undefined ? "off" : "on"};
  # Else a local preference that comes over eBGP, where none should, would go unseen.
  allow bgp_local_pref;
  hold time 9;
  connect retry time 1;
  connect delay time 0;
  error wait time 1, 2;
  debug { states, routes };
  ipv4 { import all; export where source = RTS_STATIC; next hop self; };
  ipv6 { import all; export none; };
}
${sessions.join("\n")}
`;
  }
}

/** Reads `show route all`: a head line per route, attributes below it, indented. */
function* parseRoutes(session: string, text: string): Iterable<readonly [string, SeenRoute]> {
  let prefix = "";
  for (const block of text.split(/\n(?=\S)/)) {
    if (!block.includes("BGP.origin:")) continue;
    // A second route to the same prefix leaves the column of the prefix empty.
    prefix = /^(\S+\/\d+) /.exec(block)?.[1] ?? prefix;
    const field = (name: string) =>
      new RegExp(`^\\s+BGP\\.${name}: (.*)$`, "m").exec(block)?.[1]?.trim() ?? null;
    const number = (name: string) => {
      const value = field(name);
      return value === null ? null : Number(value);
    };
    yield [
      prefix,
      {
        session,
        // Behind a global IPv6 next hop stands the link-local one.
        nextHop: field("next_hop")?.split(" ")[0] ?? "",
        asPath: field("as_path") ?? "",
        origin: field("origin") ?? "",
        med: number("med"),
        localPref: number("local_pref"),
        communities: tuples(field("community")),
        largeCommunities: tuples(field("large_community")),
      },
    ];
  }
}

/** `(64512,100) (64512,200)` → `64512:100`, `64512:200` */
function tuples(text: string | null): readonly string[] {
  return [...(text ?? "").matchAll(/\(([^)]*)\)/g)].map(([, numbers = ""]) => numbers.split(/, ?/).join(":"));
}
