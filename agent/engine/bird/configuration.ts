// Our part of BIRD's configuration: what stands in the files, and what BIRD has taken of it.
import type { Address } from "../../model/address.ts";
import type { Peer } from "../../model/peer.ts";
import type { Prefix } from "../../model/prefix.ts";
import type { Route } from "../../model/route.ts";
import { EngineError } from "../contract.ts";
import type { Bird } from "./bird.ts";
import { ConfigError } from "./bird.ts";
import type { IncludeFiles } from "./files.ts";
import { bfdName } from "./names.ts";
import { Pieces } from "./pieces.ts";
import type { FileKind } from "./pieces.ts";
import { readPeers, readServices } from "./read-back.ts";
import { fileNames } from "./texts.ts";
import type { Rendering } from "./texts.ts";

/** What the files say; null: a text that is not what we would write. */
export interface Written {
  readonly routes: ReadonlyMap<Prefix, Route | null>;
  readonly peers: ReadonlyMap<Address, Peer | null>;
}

type Texts = Readonly<Partial<Record<FileKind, string>>>;

/** Services first: what the sessions' file speaks of is there before and after. */
const kinds = ["services", "peers"] as const satisfies readonly FileKind[];

export class Configuration {
  readonly pieces: Pieces;
  readonly #bird: Bird;
  readonly #files: IncludeFiles;
  readonly #rendering: Rendering;
  /** What stands in the files, as far as we know. */
  #texts: Texts = {};
  /** Neighbours that the sessions' file speaks of. */
  #spokenOf: readonly Address[] = [];

  constructor(bird: Bird, files: IncludeFiles, rendering: Rendering) {
    this.#bird = bird;
    this.#files = files;
    this.#rendering = rendering;
    this.pieces = new Pieces(rendering);
  }

  /** Reads the files and takes what they say for what there is. @throws {EngineError} */
  async read(): Promise<Written> {
    const services = await this.#files.read(fileNames.services);
    const peersText = await this.#files.read(fileNames.peers);
    const routes = readServices(services ?? "", this.#rendering);
    const peers = readPeers(peersText ?? "", this.#rendering);
    this.pieces.replace(present(routes), present(peers));
    this.#texts = { ...(services !== null && { services }), ...(peersText !== null && { peers: peersText }) };
    this.#spokenOf = [...peers.keys()];
    return { routes, peers };
  }

  /**
   * Writes the files that have to be, and makes BIRD read them. When it does not take them the ones before are put
   * back, for it would not come up again with the new ones. Should the agent be killed before that, the next one does.
   *
   * @throws {ConfigError} when it does not take them
   * @throws {EngineError}
   */
  async commit(): Promise<void> {
    const before = this.#texts;
    const next = await this.#compose();
    const names = kindsOf(next).map((kind) => fileNames[kind]);
    await this.#files.keep(names);
    await this.#write(next);
    try {
      await this.#bird.configure();
    } catch (error) {
      if (error instanceof ConfigError) {
        await this.#write(before);
        await this.#files.settle(names);
      }
      throw error;
    }
    await this.#files.settle(names);
    this.pieces.unchanged();
    if (next.peers !== undefined) this.#spokenOf = this.pieces.peers.map(({ address }) => address);
  }

  /** Writes everything as it should be, though nothing has changed. */
  async rewriteAll(): Promise<void> {
    await this.#write(await this.#compose(kinds));
  }

  /**
   * Writes everything, and asks whether BIRD would take it.
   *
   * @throws {ConfigError} when it would not
   * @throws {EngineError}
   */
  async tryAll(): Promise<void> {
    await this.rewriteAll();
    await this.#bird.check();
  }

  /** Is it a complaint about one of our files, and not about another part of bird.conf? BIRD may see them elsewhere. */
  isOurs({ file }: ConfigError): boolean {
    return file === null || Object.values(fileNames).some((name) => file.endsWith(`/${name}`));
  }

  async #compose(which: Iterable<FileKind> = this.pieces.changed): Promise<Texts> {
    const changed = new Set(which);
    const peers = changed.has("peers") ? this.pieces.peersText(await this.#foreignBfd()) : undefined;
    const services = changed.has("services") ? this.pieces.services(this.#spokenOf) : undefined;
    return { ...(services !== undefined && { services }), ...(peers !== undefined && { peers }) };
  }

  async #write(texts: Texts): Promise<void> {
    for (const kind of kindsOf(texts)) {
      const text = texts[kind];
      if (text === undefined) continue;
      await this.#files.write(fileNames[kind], text);
      this.#texts = { ...this.#texts, [kind]: text };
    }
  }

  /** BIRD takes two of them, but they would be in each other's way. */
  async #foreignBfd(): Promise<boolean> {
    if (!this.pieces.peers.some(({ bfdIntervalMs }) => bfdIntervalMs !== null)) return false;
    const protocols = await this.#bird.protocols();
    return protocols.some(({ kind, name }) => kind === "BFD" && name !== bfdName);
  }
}

function kindsOf(texts: Texts): readonly FileKind[] {
  return kinds.filter((kind) => texts[kind] !== undefined);
}

/** Those that are as we would write them. */
export function present<T>(items: ReadonlyMap<unknown, T | null>): readonly T[] {
  return [...items.values()].filter((item) => item !== null);
}

/** What is to be told of a refusal: BIRD's words, but for a password that stands in them. */
export function withoutPasswords(error: EngineError, peers: readonly Peer[]): EngineError {
  const repeats = peers.some(
    ({ password }) => password !== null && error.message.includes(password.reveal()),
  );
  if (!repeats) return error;
  return new EngineError(
    error.code,
    "BIRD does not take its configuration, with an error that repeats a password and is not shown: `birdc configure check` tells more",
  );
}
