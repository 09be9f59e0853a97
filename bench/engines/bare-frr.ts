// bgpd by its socket alone: one line for each route, all of them in one write. The neighbour is the driver's: it is sent
// marked routes only, unless nothing else is there.
import { createConnection } from "node:net";
import type { Socket } from "node:net";
import { exportMap, ownMark } from "../../agent/engine/frr/names.ts";
import { markText } from "../../agent/engine/marks.ts";
import type { Address } from "../../agent/model/address.ts";
import type { Prefix } from "../../agent/model/prefix.ts";
import type { Bare } from "./bare.ts";

/** It does nothing but mark. */
const routeMap = "BARE";

/** Behind every answer: three zeros, then a byte that says how it went. */
const zeros = Buffer.alloc(3);

export class BareFrr implements Bare {
  readonly one = "bare vty line";
  readonly many = "bare vty lines";
  readonly #socket: Socket;
  readonly #neighbour: Address;
  #alone = false;
  #received = Buffer.alloc(0);
  /** Of the commands under way. */
  #missing = 0;
  #refused: string | null = null;
  #settle: (error: Error | null) => void = () => undefined;

  private constructor(socket: Socket, neighbour: Address) {
    this.#socket = socket;
    this.#neighbour = neighbour;
    socket.on("data", (chunk) => this.#read(chunk));
    socket.on("error", (error) => this.#settle(error));
    socket.on("close", () => this.#settle(new Error("bgpd has closed its socket")));
  }

  /** Connects, and enters the configuration of the one BGP instance there is. */
  static async open(path: string, asn: number, neighbour: Address): Promise<BareFrr> {
    const bare = new BareFrr(createConnection(path), neighbour);
    await bare.#run([
      "enable",
      "configure terminal",
      `route-map ${routeMap} permit 1`,
      `set large-community ${markText(ownMark)}`,
      "exit",
      `router bgp ${asn}`,
      "address-family ipv4 unicast",
    ]);
    return bare;
  }

  prepare(): void {
    // Nothing of the driver's is in the way.
  }

  async alone(yes: boolean): Promise<void> {
    this.#alone = yes;
    await this.#run([
      `${yes ? "no " : ""}neighbor ${this.#neighbour} route-map ${exportMap(this.#neighbour)} out`,
    ]);
  }

  announce(prefixes: readonly Prefix[]): Promise<void> {
    const marked = this.#alone ? "" : ` route-map ${routeMap}`;
    return this.#run(prefixes.map((prefix) => `network ${prefix}${marked}`));
  }

  withdraw(prefixes: readonly Prefix[]): Promise<void> {
    return this.#run(prefixes.map((prefix) => `no network ${prefix}`));
  }

  close(): void {
    this.#socket.destroy();
  }

  #run(lines: readonly string[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#missing = lines.length;
      this.#refused = null;
      this.#settle = (error) => {
        if (error === null) resolve();
        else reject(error);
      };
      this.#socket.write(lines.map((line) => `${line}\0`).join(""));
    });
  }

  #read(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    let start = 0;
    for (;;) {
      const end = this.#received.indexOf(zeros, start);
      const status = end < 0 ? undefined : this.#received[end + zeros.length];
      if (status === undefined) break;
      if (status !== 0)
        this.#refused ??= this.#received.subarray(start, end).toString().trim() || `${status}`;
      start = end + zeros.length + 1;
      this.#missing--;
    }
    this.#received = this.#received.subarray(start);
    if (this.#missing === 0)
      this.#settle(this.#refused === null ? null : new Error(`bgpd refuses: ${this.#refused}`));
  }
}
