// All that an agent lets anybody hear or read, to be searched for what must not be in it.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { Agent } from "../../lab/rack/agent.ts";
import type { RackNode } from "../../lab/rack/rack.ts";
import { projectRoot } from "../support/paths.ts";

const bellman = [process.execPath, join(projectRoot, "dist/bellman.mjs")];

const paths = [
  ...["/", "/metrics", "/healthz", "/readyz", "/nothing", "/api/v1/nothing"],
  ...["status", "routes", "peers", "plan", "drain", "explain", "explain?q=default/nginx"].map(
    (name) => `/api/v1/${name}`,
  ),
];

const questions = [
  ["status", "-o", "wide"],
  ["status", "-o", "yaml"],
  ["peers", "-o", "wide"],
  ["peers", "-o", "json"],
  ["routes", "-o", "wide"],
  ["explain", "default/nginx"],
];

/** Run on the node, in one process; a path that is refused has an answer, too. */
const getAll =
  "for (const url of process.argv.slice(1)) { const answer = await fetch(url);" +
  " console.log(url, answer.status, JSON.stringify([...answer.headers]), await answer.text()); }";

export class Earshot {
  /** How the program is run. */
  readonly program = bellman;
  readonly #node: RackNode;
  readonly #heard: { readonly where: string; readonly text: string }[] = [];

  constructor(node: RackNode) {
    this.#node = node;
  }

  /** Every answer of the agent's HTTP server. */
  async get(): Promise<void> {
    const urls = paths.map((path) => Agent.http + path);
    const argv = [process.execPath, "--input-type=module", "-e", getAll, ...urls];
    this.#hear("HTTP", await this.#node.exec(...argv));
  }

  /** What the commands that ask the agent print. */
  async ask(): Promise<void> {
    await Promise.all(questions.map((question) => this.#run(...question)));
  }

  /** What the commands that read manifests print, the ones that fail included. */
  async read(directory: string): Promise<void> {
    const from = ["-f", directory];
    const commands = [
      ["plan", ...from, "--node", this.#node.name, "-o", "json"],
      ["validate", ...from, "--engine", "gobgp", "--namespace", "bellman"],
      ["explain", "default/nginx", ...from, "--node", this.#node.name],
    ];
    await Promise.all(commands.map((command) => this.#run(...command)));
  }

  /** A start that ends with an error, in the node's own namespace. */
  async fail(...flags: readonly string[]): Promise<string> {
    return this.#run("agent", ...flags);
  }

  /** Where something that contains the text was heard or can be read, in the text's own words or encoded. */
  where(text: string, files: readonly string[]): readonly string[] {
    const sources = [
      ...this.#heard,
      ...files.flatMap(filesBelow).map((file) => ({ where: file, text: readFileSync(file, "latin1") })),
    ];
    const forms = formsOf(text);
    return sources
      .filter((source) => forms.some((form) => source.text.includes(form)))
      .map(({ where }) => where);
  }

  /** How much was heard, in characters. */
  get size(): number {
    return this.#heard.reduce((sum, { text }) => sum + text.length, 0);
  }

  async #run(...argv: readonly string[]): Promise<string> {
    const command = ["netns", "exec", this.#node.netns, ...this.program, ...argv];
    const { all } = await execa("ip", command, { all: true, reject: false, timeout: 20_000 });
    this.#hear(argv.join(" "), all);
    return all;
  }

  #hear(where: string, text: string): void {
    this.#heard.push({ where, text });
  }
}

/** The text itself, and what base64 makes of it at each of the three places where it may begin. */
function formsOf(text: string): readonly string[] {
  const base64 = [0, 1, 2].map((before) => {
    const encoded = Buffer.from("x".repeat(before) + text)
      .toString("base64")
      .replace(/=+$/, "");
    // What its neighbours change as well is left out.
    return encoded.slice(before === 0 ? 0 : before + 1, -1);
  });
  return [text, Buffer.from(text).toString("hex"), ...base64];
}

/** The file itself, or all in a folder; none where nothing is. */
export function filesBelow(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
