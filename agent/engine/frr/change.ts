// A difference as lines of configuration, and what bgpd said to each of them.
import type { Address } from "../../model/address.ts";
import type { Asn } from "../../model/asn.ts";
import { families } from "../../model/family.ts";
import type { Peer } from "../../model/peer.ts";
import { prefixFamily } from "../../model/prefix.ts";
import type { Prefix } from "../../model/prefix.ts";
import { EngineError } from "../contract.ts";
import type { RefusedLine, Vty } from "./vty.ts";

/** Whom a line is for. null: it only leads to the place where others hold. */
export type LineOwner =
  | { readonly t: "route"; readonly prefix: Prefix }
  | { readonly t: "peer"; readonly address: Address }
  | { readonly t: "unit"; readonly unit: number }
  | null;

export class Script {
  readonly #lines: string[] = [];
  readonly #owners: LineOwner[] = [];

  get empty(): boolean {
    return this.#lines.length === 0;
  }

  add(owner: LineOwner, ...lines: readonly string[]): this {
    for (const line of lines) {
      this.#lines.push(line);
      this.#owners.push(owner);
    }
    return this;
  }

  /**
   * @returns what was refused, by whom it was for: the first words for each
   * @throws {EngineError} `unreachable` when the place for a line is not there: somebody has changed bgpd under us
   */
  async send(vty: Vty): Promise<readonly Refusal[]> {
    const refused = await vty.configure(this.#lines);
    const lost = refused.find(({ index }) => this.#owners[index] === null);
    if (lost !== undefined)
      throw new EngineError(
        "unreachable",
        `another program changed bgpd: it refused "${lost.line.trim()}": ${lost.says}`,
      );
    return refused.flatMap((line): readonly Refusal[] => {
      const owner = this.#owners[line.index] ?? null;
      return owner === null ? [] : [{ owner, line }];
    });
  }
}

export interface Refusal {
  readonly owner: Exclude<LineOwner, null>;
  readonly line: RefusedLine;
}

/** A network to be announced with a route-map, or withdrawn: null. */
export type NetworkChange = readonly [Prefix, string | null];

/** In this order, but one address family after the other. */
export function addNetworks(script: Script, asn: Asn, changes: readonly NetworkChange[]): Script {
  for (const family of families) {
    const mine = changes.filter(([prefix]) => prefixFamily(prefix) === family);
    if (mine.length === 0) continue;
    script.add(null, `router bgp ${asn}`, `address-family ${family} unicast`);
    for (const [prefix, name] of mine)
      script.add(
        { t: "route", prefix },
        name === null ? `no network ${prefix}` : `network ${prefix} route-map ${name}`,
      );
    script.add(null, "exit-address-family", "exit");
  }
  return script;
}

/** @param text as neighbor.hbs makes it */
export function addNeighbor(script: Script, asn: Asn, peer: Peer, text: string): Script {
  const { address } = peer;
  const owner = { t: "peer", address } as const;
  // Until it is complete it must not come up: with one address family only, or without its password.
  return addShutNeighbor(script, asn, peer, text)
    .add(null, `router bgp ${asn}`)
    .add(owner, `no neighbor ${address} shutdown`)
    .add(null, "exit");
}

/** @param text as neighbor.hbs makes it */
export function addShutNeighbor(script: Script, asn: Asn, peer: Peer, text: string): Script {
  const { address } = peer;
  const owner = { t: "peer", address } as const;
  return script
    .add(null, `router bgp ${asn}`)
    .add(owner, `neighbor ${address} remote-as ${peer.asn}`, `neighbor ${address} shutdown`)
    .add(owner, ...text.split("\n"))
    .add(null, "exit");
}

export function removeNeighbors(script: Script, asn: Asn, addresses: readonly Address[]): Script {
  if (addresses.length === 0) return script;
  script.add(null, `router bgp ${asn}`);
  for (const address of addresses) script.add({ t: "peer", address }, `no neighbor ${address}`);
  return script.add(null, "exit");
}

/** What was refused, and why. */
export function refusalText({ line, says }: RefusedLine): string {
  return `"${line.trim()}": ${says}`;
}

/** What bgpd says of a network that is not there: then nothing is left to be done. */
export function isAbsent({ line, says }: RefusedLine): boolean {
  return line.startsWith("no network ") && /Can't find/i.test(says);
}
