// P3: passwords of sessions with real ToRs, from Secrets in files or behind a real API server.
import { statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at, items } from "../../lab/rack/json.ts";
import { agentNamespace, torAddresses } from "../../lab/rack/layout.ts";
import type { NodeName } from "../../lab/rack/layout.ts";
import { startRack } from "../../lab/rack/rack.ts";
import type { Rack, RackNode } from "../../lab/rack/rack.ts";
import type { Session } from "../../lab/rack/router.ts";
import type { RouterName } from "../../lab/rack/shape.ts";
import type { RackEngines } from "../../lab/rack/speakers.ts";
import type { Tor } from "../../lab/rack/tor.ts";
import { run } from "../support/netns.ts";
import { until } from "../support/until.ts";
import { Earshot, filesBelow } from "./earshot.ts";
import { kernelHas } from "./expect-routes.ts";
import { unseenBy } from "./tor-session.ts";

/** In every password here, and nowhere else. */
const mark = "hush7Kq2Zx";
export const passwords = {
  first: `${mark}-first`,
  second: `${mark}-second%26&<>`,
  third: `${mark}-third`,
  long: `${mark}-${"long".repeat(50)}`,
  torn: `${mark}\0torn`,
} as const;

const secretName = "bgp-passwords";
const aggregate = "10.49.0.0/16";
const all = ["n1", "n2", "n3"] as const;

/** Two ToRs, and the sessions of one node with them. */
export class GuardedRack {
  readonly rack: Rack;
  readonly node: RackNode;
  readonly earshot: Earshot;
  /** Of the Secret, in base64. */
  readonly #entries: Map<string, string>;

  private constructor(rack: Rack, node: NodeName, entries = new Map<string, string>()) {
    this.rack = rack;
    this.node = rack.node(node);
    this.earshot = new Earshot(this.node);
    this.#entries = entries;
  }

  static async start(
    prefix: string,
    cluster: "manifests" | "kubernetes",
    engine: RackEngines = "gobgp",
  ): Promise<GuardedRack> {
    const rack = await startRack({
      prefix,
      cluster,
      tor: ["frr", "bird"],
      ebgp: true,
      engine,
      proxies: false,
      agentSettings: ["--log-level", "debug"],
      // BIRD takes a new password only with the whole session.
      torConfig: (guide) => guide.replace(/^protocol bgp n1 .*\n/m, ""),
    });
    const guarded = new GuardedRack(rack, "n1");
    for (const tor of rack.tors) await guarded.setAtTor(tor, null);
    for (const tor of rack.tors) await kernelHas(tor, aggregate, all);
    return guarded;
  }

  /** The same rack and Secret, and the sessions of another node. */
  on(node: NodeName): GuardedRack {
    return new GuardedRack(this.rack, node, this.#entries);
  }

  tor(router: RouterName): Tor {
    const tor = this.rack.tors.find((each) => each.router.name === router);
    if (tor === undefined) throw new Error(`no ToR has ${router}`);
    return tor;
  }

  /** The BGPPeer of the node for a ToR; the key in the Secret has the same name. */
  peerOf(tor: Tor): string {
    return `${tor.name === "tor" ? "tor1" : "tor2"}-${this.node.name}`;
  }

  async setAtTor({ router }: Tor, password: string | null): Promise<void> {
    const node = this.node.addresses.ipv4;
    if (router.name === "frr") {
      const line = `neighbor ${node} password`;
      // It asks for no quotes, and takes blanks as they are.
      await router.configure(
        `router bgp 4200000001\n${password === null ? `no ${line}` : `${line} ${password}`}`,
      );
    } else {
      if (this.node.name !== "n1") throw new Error("the BIRD ToR has only the session with n1 to change");
      const option = password === null ? "" : `password "${password}";`;
      await router.configure(`protocol bgp n1 from node { neighbor ${node} as 4200000010; ${option} }\n`);
    }
  }

  /** Changes entries of the Secret; null takes one out. The others stay, and the Secret is there again if it was not. */
  async putSecret(entries: Readonly<Record<string, string | null>>): Promise<void> {
    for (const [key, text] of Object.entries(entries))
      if (text === null) this.#entries.delete(key);
      else this.#entries.set(key, Buffer.from(text).toString("base64"));
    await this.putData(Object.fromEntries(this.#entries));
  }

  async putData(data: Readonly<Record<string, string>>): Promise<void> {
    const metadata = { name: secretName, namespace: agentNamespace };
    await this.rack.apply([{ apiVersion: "v1", kind: "Secret", metadata, data }]);
  }

  deleteSecret(): Promise<void> {
    return this.rack.delete("Secret", `${agentNamespace}/${secretName}`);
  }

  async ask(tor: Tor, key: string): Promise<void> {
    const secretKeyRef = { name: secretName, key };
    await this.rack.patch("BGPPeer", this.peerOf(tor), { spec: { password: { secretKeyRef } } });
  }

  /** Waits until the session with a ToR is up with this password. */
  async guardedBy(tor: Tor, password: string, timeoutMs = 20_000): Promise<void> {
    await until(
      `the session with ${tor.name} is up with its password`,
      async () =>
        (await this.passwordAtSpeaker(tor)) === password &&
        (await this.sessionAt(tor)).established &&
        (await this.stateOf(tor)) === "established",
      { timeoutMs, everyMs: 100 },
    );
    await kernelHas(tor, aggregate, all);
  }

  /** Gives both sides the password; resolves when the session is up with it. */
  async guard(tor: Tor, password: string): Promise<void> {
    await this.putSecret({ [this.peerOf(tor)]: password });
    await this.ask(tor, this.peerOf(tor));
    await this.setAtTor(tor, password);
    await this.guardedBy(tor, password);
  }

  async sessionAt(tor: Tor): Promise<Session> {
    return (await tor.sessions())[this.node.name];
  }

  /** What the speaker signs with; null: with nothing, or it does not know the neighbour. */
  passwordAtSpeaker(tor: Tor): Promise<string | null> {
    return this.node.speaker.passwordFor(torAddresses[tor.name].rack.ipv4);
  }

  /** As the agent tells it; null: it has no such session. */
  async stateOf(tor: Tor): Promise<unknown> {
    const peers = items(at(await this.node.agent.api("peers"), "peers"));
    const found = peers.find((each) => at(each, "name") === this.peerOf(tor));
    return found === undefined ? null : at(found, "state");
  }

  /** Waits until status, metrics and `bellman peers` say this of the session with a ToR. */
  async says(tor: Tor, field: string, what: string): Promise<void> {
    const { node } = this;
    const { agent } = node;
    const object = `BGPPeer/${this.peerOf(tor)}`;
    const wanted = { object, field, message: expect.stringContaining(what) as string };
    await until(
      `the status says of ${object}: ${what}`,
      async () => {
        expect(at(await agent.api("status"), "problems")).toContainEqual(expect.objectContaining(wanted));
        return true;
      },
      { timeoutMs: 20_000, everyMs: 200 },
    );
    const series = (await agent.get("/metrics")).body
      .split("\n")
      .find((line) => line.startsWith(`bellman_config_problems{kind="BGPPeer"`));
    expect(series).toMatch(/ [1-9]$/);
    expect(await node.exec(...this.earshot.program, "peers")).toMatch(
      new RegExp(`${object} .*${escaped(what)}`),
    );
  }

  /** The same, and the log has it. */
  async tells(tor: Tor, field: string, what: string): Promise<void> {
    await this.says(tor, field, what);
    const line = `BGPPeer/${this.peerOf(tor)} ${field}: `;
    const { agent } = this.node;
    expect(agent.log().map(({ msg }) => String(msg))).toContainEqual(
      expect.stringMatching(new RegExp(`^${escaped(line)}.*${escaped(what)}`)),
    );
  }

  /** @returns the BGPPeer that it was made of, which is no more. */
  async endSession(tor: Tor): Promise<object> {
    const name = this.peerOf(tor);
    const { apiVersion, kind, spec } = await this.rack.cluster.get("BGPPeer", name);
    await this.rack.delete("BGPPeer", name);
    await until("it is down", async () => !(await this.sessionAt(tor)).established);
    return { apiVersion, kind, metadata: { name }, spec };
  }

  /** Lets the ToR try the session at once: its kernel waits longer and longer before it sends again. */
  async retry({ router }: Tor): Promise<void> {
    const { name, addresses } = this.node;
    await router.command(router.name === "frr" ? `clear bgp ${addresses.ipv4}` : `restart ${name}`);
  }

  /** Where the password, or part of it, was heard, or can be read by others than root. */
  async leaks(): Promise<readonly string[]> {
    const { directory, nodes } = this.rack;
    const logs = nodes.flatMap(({ agent, speaker }) => [agent.logFile, ...speaker.logs]);
    // What a speaker keeps for its next start has the password in it.
    const ofSpeakers = nodes.flatMap(({ name }) => filesBelow(join(directory, name)).filter(isForOthers));
    const processes = await Promise.all(nodes.map(({ netns }) => run("ip", "netns", "pids", netns)));
    const proc = processes
      .flatMap((pids) => pids.trim().split("\n"))
      .flatMap((pid) => [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`]);
    return this.where([`${directory}/state`, ...logs, ...ofSpeakers, ...proc]);
  }

  /** The same in these files. */
  where(files: readonly string[]): readonly string[] {
    return this.earshot.where(mark, files);
  }
}

function isForOthers(file: string): boolean {
  return (statSync(file).mode & 0o007) !== 0;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/**
 * The way of a password, which is the same wherever Secrets come from.
 *
 * @param prefix of the rack
 * @param router of the ToR whose session it is about
 * @param further tests between those and the last, which searches all that was heard
 */
export function describePasswords(
  prefix: string,
  cluster: "manifests" | "kubernetes",
  router: RouterName,
  further: (current: () => GuardedRack, tor: () => Tor, other: () => Tor) => void,
): void {
  let guarded: GuardedRack;
  beforeAll(async () => {
    guarded = await GuardedRack.start(prefix, cluster);
  });
  afterAll(() => guarded.rack.down());

  const { first, second, third } = passwords;
  const tor = () => guarded.tor(router);
  const other = () => guarded.tor(router === "frr" ? "bird" : "frr");

  describe(`P3: the session with a ToR (${router}) and a password`, () => {
    it("comes up with the right password", async () => {
      await unseenBy(other(), () => guarded.guard(tor(), first));
      expect(at(await guarded.node.agent.api("status"), "problems")).toEqual([]);
      await guarded.earshot.get();
    });

    it("is established anew when Secret and ToR are given another one, and no other session is touched", async () => {
      await guarded.guard(tor(), first);
      const before = await guarded.sessionAt(tor());
      await unseenBy(other(), () => guarded.guard(tor(), second));
      const after = await guarded.sessionAt(tor());
      expect(after.ups).toBeGreaterThan(before.ups);
      await guarded.earshot.get();
    });

    it("stays down with a wrong password, and the reason is told, until the Secret has the right one", async () => {
      await guarded.guard(tor(), first);
      const { agent } = guarded.node;
      await unseenBy(other(), async () => {
        await guarded.setAtTor(tor(), second);
        await guarded.says(tor(), "spec.password", "does not answer; a neighbour with another password");
        const series = `bellman_peer_state{peer="${guarded.peerOf(tor())}",state="established"} 0\n`;
        expect((await agent.get("/metrics")).body).toContain(series);
        expect((await guarded.sessionAt(tor())).established).toBe(false);
        await Promise.all([guarded.earshot.get(), guarded.earshot.ask()]);
        await guarded.putSecret({ [guarded.peerOf(tor())]: second });
        await guarded.retry(tor());
        await guarded.guardedBy(tor(), second);
      });
      expect(at(await agent.api("status"), "problems")).toEqual([]);
      // Both kernels wait longer and longer between two tries.
    }, 120_000);

    it("keeps its password while the Secret is gone or has another key, until that key is asked for", async () => {
      await guarded.guard(tor(), first);
      const before = await guarded.sessionAt(tor());
      await unseenBy(other(), async () => {
        await guarded.deleteSecret();
        const at = "spec.password.secretKeyRef";
        await guarded.tells(tor(), `${at}.name`, `there is no Secret ${agentNamespace}/${secretName}`);
        await guarded.putSecret({ [guarded.peerOf(tor())]: null, renamed: third });
        await guarded.tells(tor(), `${at}.key`, `has no key "${guarded.peerOf(tor())}"`);
        await guarded.earshot.get();
        expect(await guarded.sessionAt(tor())).toEqual(before);
        await guarded.ask(tor(), "renamed");
        await guarded.setAtTor(tor(), third);
        await guarded.guardedBy(tor(), third);
      });
    });

    it("is not brought up without its Secret, nor without its key, and comes up once both are there", async () => {
      await guarded.guard(tor(), first);
      await unseenBy(other(), async () => {
        const peer = await guarded.endSession(tor());
        await guarded.deleteSecret();
        await guarded.rack.apply([peer]);
        const at = "spec.password.secretKeyRef";
        await guarded.tells(tor(), `${at}.name`, "the session is not brought up");
        await guarded.putSecret({ [guarded.peerOf(tor())]: null, renamed: third });
        await guarded.tells(tor(), `${at}.key`, "the session is not brought up");
        await guarded.earshot.get();
        expect(await guarded.passwordAtSpeaker(tor())).toBeNull();
        expect((await guarded.sessionAt(tor())).established).toBe(false);
        await guarded.guard(tor(), second);
      });
    });
  });

  further(() => guarded, tor, other);

  it("P3: a password is nowhere to be heard or read", async () => {
    expect(guarded.earshot.size).toBeGreaterThan(100_000);
    expect(await guarded.leaks()).toEqual([]);
  });
}
