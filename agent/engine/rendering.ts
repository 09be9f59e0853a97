// What a driver writes whose speaker reads files. The same function makes it for the speaker and for people.
import type { Peer } from "../model/peer.ts";
import type { Route } from "../model/route.ts";
import type { BgpInstance, Engine, Rejection } from "./contract.ts";

/** All that a speaker is asked for. */
export interface SpeakerWish {
  readonly instance: BgpInstance;
  readonly peers: readonly Peer[];
  readonly routes: Iterable<Route>;
}

/** A file of the agent's own, or its own part of one. */
export interface ConfigurationFile {
  readonly path: string;
  /** Permission bits: passwords stand in some. */
  readonly mode: number;
  readonly text: string;
  /** What begins a comment in it. */
  readonly comment: "#" | "!";
}

export interface Rendered {
  readonly files: readonly ConfigurationFile[];
  /** What is left out, as it cannot be written down for this speaker. */
  readonly rejections: readonly Rejection[];
}

/** A driver whose speaker reads files. */
export interface FileEngine extends Engine {
  readonly name: "frr" | "bird";
  /**
   * Pure: no speaker, no file is looked at.
   *
   * @throws {TemplateError} when a template cannot be filled
   */
  render(wish: SpeakerWish): Rendered;
}
