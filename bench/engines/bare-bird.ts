// BIRD by its files and its socket alone: a line more or less for each route, then `configure`.
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import type { Socket } from "node:net";
import { join } from "node:path";
import type { Prefix } from "../../agent/model/prefix.ts";
import type { Bare } from "./bare.ts";

/** The head of the protocol that has the IPv4 routes, with the line of its channel. */
const head = /^protocol static \S+ \{\n\s*ipv4\b[^\n]*\n/m;
/** Answers that end a `configure`: done, or done and some protocol starts anew. */
const reconfigured = ["0003", "0004"];

export class BareBird implements Bare {
  readonly one = "bare write + configure";
  readonly many = "bare write + configure";
  readonly #socket: Socket;
  readonly #directory: string;
  /** Of the IPv4 routes, and what it holds. */
  #file = "";
  #text = "";
  #received = "";
  #settle: (code: string) => void = () => undefined;

  private constructor(socket: Socket, directory: string) {
    this.#socket = socket;
    this.#directory = directory;
    socket.setEncoding("utf8").on("data", (chunk: string) => this.#read(chunk));
    socket.on("close", () => this.#settle("no BIRD"));
  }

  /** @param directory with the files that BIRD includes */
  static open(socket: string, directory: string): Promise<BareBird> {
    const bare = new BareBird(createConnection(socket), directory);
    return new Promise((resolve) => (bare.#settle = () => resolve(bare)));
  }

  prepare(): void {
    const all = readdirSync(this.#directory)
      .filter((name) => name.endsWith(".conf"))
      .map((name) => join(this.#directory, name))
      .map((file) => ({ file, text: readFileSync(file, "utf8") }));
    const found = all.find(({ text }) => head.test(text));
    if (found === undefined) throw new Error(`no file for IPv4 routes in ${this.#directory}`);
    this.#file = found.file;
    this.#text = found.text;
  }

  alone(): Promise<void> {
    return Promise.resolve();
  }

  announce(prefixes: readonly Prefix[]): Promise<void> {
    return this.#write(this.#text.replace(head, (found) => `${found}${lines(prefixes)}`));
  }

  withdraw(prefixes: readonly Prefix[]): Promise<void> {
    return this.#write(this.#text.replace(lines(prefixes), ""));
  }

  close(): void {
    this.#socket.destroy();
  }

  async #write(text: string): Promise<void> {
    writeFileSync(`${this.#file}.bare`, text);
    renameSync(`${this.#file}.bare`, this.#file);
    this.#text = text;
    const code = await new Promise<string>((resolve) => {
      this.#settle = resolve;
      this.#socket.write("configure\n");
    });
    if (!reconfigured.includes(code)) throw new Error(`BIRD answers ${code}`);
  }

  /** `0003 Reconfigured` ends an answer, `0002-Reading configuration` is a part of one. */
  #read(chunk: string): void {
    this.#received += chunk;
    const last = /^(\d{4}) .*\n$/m.exec(this.#received);
    if (last === null) return;
    this.#received = "";
    this.#settle(last[1] ?? "");
  }
}

function lines(prefixes: readonly Prefix[]): string {
  return prefixes.map((prefix) => `  route ${prefix} blackhole;\n`).join("");
}
