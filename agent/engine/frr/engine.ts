// The driver for FRR. It speaks with bgpd alone, by its own socket, and owns one `router bgp` in it, or its part of one.
import type { Peer } from "../../model/peer.ts";
import type { Problem } from "../../model/problem.ts";
import { systemClock } from "../../time/clock.ts";
import type { Clock } from "../../time/clock.ts";
import type { EngineError } from "../contract.ts";
import type { BgpInstance, EngineEvents, EngineLink, Wanted, WishedPeers } from "../contract.ts";
import { nothingTaken, sameAddressProblems } from "../honours.ts";
import { watchSessions } from "../session-watch.ts";
import type { Overrides } from "../templates/overrides.ts";
import type { FileEngine, Rendered, SpeakerWish } from "../rendering.ts";
import { ConfigFile, fileMode } from "./config-file.ts";
import { partOf } from "./config-part.ts";
import { awaitHandOver } from "./hand-over.ts";
import type { HandOver } from "./hand-over.ts";
import { forget } from "./forget.ts";
import { ensureInstance, ForeignRouterError } from "./instance.ts";
import type { FrrFile } from "./instance.ts";
import { Ledger } from "./ledger.ts";
import { listenProblems, restartProblems, sessionProblems, undefinedProblems } from "./limits.ts";
import type { Companions } from "./limits.ts";
import { FrrLink } from "./link.ts";
import { renderPart } from "./render-part.ts";
import { Rendering } from "./rendering.ts";
import { Shown } from "./shown.ts";
import { isThere, listenPortOf, startOf } from "./surroundings.ts";
import { openVty } from "./open-vty.ts";
import type { Vty } from "./vty.ts";

export interface FrrOptions {
  /** Directory with bgpd.vty. */
  readonly sockets: string;
  /** What FRR reads when it starts; null: no file is kept. */
  readonly config: string | null;
  /** May a `router bgp` of somebody else be joined? Default false. */
  readonly adopt?: boolean;
  /** Templates in place of those that come along. */
  readonly overrides?: Overrides;
  /** How vtysh is called, where the socket speaks otherwise. Default: by its name, with these sockets. */
  readonly vtysh?: readonly string[];
  readonly clock?: Clock;
}

/** @throws {TemplateError} when a template cannot be used. */
export function frrEngine(options: FrrOptions): FileEngine {
  return new FrrEngine(options);
}

class FrrEngine implements FileEngine {
  readonly name = "frr";
  readonly #options: FrrOptions;
  readonly #rendering: Rendering;
  readonly #clock: Clock;
  readonly #file: ConfigFile | null;
  readonly #shown = new Shown();
  /** What bgpd does not take of what every neighbour needs. */
  #undefined: string | null = null;
  /** Of the FRR that was opened last. */
  #companions: Companions = { bfdd: null };
  #listenPort: number | null = null;
  /** Why that one was not opened, where somebody has to settle it. */
  #obstacle: Problem | null = null;
  /** The instance that was opened last, and when. */
  #last: { readonly wish: BgpInstance; readonly atMs: number } | null = null;

  constructor(options: FrrOptions) {
    this.#options = options;
    this.#rendering = new Rendering(options.overrides, { joins: options.adopt ?? false });
    this.#clock = options.clock ?? systemClock;
    this.#file =
      options.config === null ? null : new ConfigFile({ path: options.config, clock: this.#clock });
  }

  get problems(): readonly Problem[] {
    const obstacles = this.#obstacle === null ? [] : [this.#obstacle];
    return [...obstacles, ...(this.#file?.problems ?? []), ...undefinedProblems(this.#undefined)];
  }

  refusals(wish: WishedPeers): readonly Problem[] {
    const { peers, instance = null } = wish;
    return [
      ...nothingTaken(wish, "FRR"),
      ...(instance === null ? [] : listenProblems(instance, this.#listenPort)),
      ...sameAddressProblems(peers, "FRR"),
      ...restartProblems(peers),
      ...peers.flatMap((peer) => sessionProblems(peer, this.#companions)),
    ];
  }

  render(wish: SpeakerWish): Rendered {
    const { text, rejections } = renderPart(this.#rendering, wish);
    const path = this.#options.config ?? "frr.conf";
    return { files: [{ path, mode: fileMode, text, comment: "!" }], rejections };
  }

  forget(wanted: Wanted): Promise<number> {
    return this.#file === null ? Promise.resolve(0) : forget(this.#file, wanted);
  }

  async open(instance: BgpInstance, events: EngineEvents, signal: AbortSignal): Promise<EngineLink> {
    const place = `${this.#options.sockets}/bgpd.vty`;
    let link: FrrLink | null = null;
    const ended = (error: EngineError) => link?.lose(error);
    const vty = await openVty(
      { path: place, clock: this.#clock, ended },
      this.#options.vtysh ?? ["vtysh", "--vty_socket", this.#options.sockets],
      signal,
    );
    const stop = () => vty.close();
    signal.addEventListener("abort", stop, { once: true });
    try {
      link = await this.#link(vty, place, instance, events, signal);
      this.#obstacle = null;
      return link;
    } catch (error) {
      this.#obstacle = error instanceof ForeignRouterError ? error.problem : null;
      vty.close();
      throw error;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  #isContested(wish: BgpInstance): boolean {
    if (this.#last === null || this.#clock.monotonic() - this.#last.atMs > contestMs) return false;
    return wish.asn === this.#last.wish.asn && wish.routerId === this.#last.wish.routerId;
  }

  async #lookAround(startedAtMs: number | null): Promise<void> {
    const isYoung = startedAtMs !== null && this.#clock.now() - startedAtMs < startingMs;
    const bfdd = await isThere(this.#options.sockets, "bfdd");
    this.#companions = { bfdd: bfdd || (isYoung ? null : false) };
  }

  async #link(
    vty: Vty,
    place: string,
    wish: BgpInstance,
    events: EngineEvents,
    signal: AbortSignal,
  ): Promise<FrrLink> {
    const rendering = this.#rendering;
    const adopt = this.#options.adopt ?? false;
    const { sockets } = this.#options;
    const version = await versionOf(vty);
    this.#listenPort = await listenPortOf(sockets);
    const [file, startedAtMs] = [await fileOf(this.#file), await startOf(sockets)];
    await this.#lookAround(startedAtMs);
    const shown = this.#shown;
    shown.recall(partOf(file?.text ?? "")?.split("\n") ?? []);
    const textOf = (peer: Peer) => rendering.neighbor(peer, wish.asn);
    const knows: HandOver["knows"] = (address, lines) => shown.peer(address, lines, textOf) !== null;
    if (file !== null && startedAtMs !== null)
      await awaitHandOver({ vty, clock: this.#clock, file: file.text, startedAtMs, signal, knows });
    const contested = this.#isContested(wish);
    const instance = await ensureInstance({
      vty,
      rendering,
      wish,
      adopt,
      place,
      file,
      shown,
      contested,
    });
    this.#last = { wish, atMs: this.#clock.monotonic() };
    const ledger = new Ledger({ rendering, localAsn: wish.asn, shared: instance.shared, shown });
    ledger.read(instance.running);
    const abandon = () => link.abandon();
    const link = new FrrLink({
      vty,
      rendering,
      ledger,
      instance,
      companions: () => this.#companions,
      lookAround: async () => {
        // One that ends is started again by watchfrr: no session has to go for that.
        if (this.#companions.bfdd !== true) await this.#lookAround(startedAtMs);
      },
      wish,
      version,
      place,
      clock: this.#clock,
      file: this.#file,
      shown,
      onUndefined: (says) => {
        this.#undefined = says;
      },
      onLost: (error) => events.lost(error),
      release: () => {
        signal.removeEventListener("abort", abandon);
        stopWatch();
        vty.close();
      },
    });
    const stopWatch = watchSessions(
      this.#clock,
      () => link.peers(),
      (status) => events.session({ ...status, advertised: {}, accepted: {} }),
    );
    signal.addEventListener("abort", abandon, { once: true });
    return link;
  }
}

/** So long after bgpd daemons may come up that are started behind it, as bfdd is by Debian's packages. */
const startingMs = 10_000;

/** So long nobody else's instance is given up for one that was ours. */
const contestMs = 10_000;

/** null: none is kept, or it cannot be read. */
async function fileOf(file: ConfigFile | null): Promise<FrrFile | null> {
  const text = (await file?.read()) ?? null;
  return file === null || text === null ? null : { path: file.path, text };
}

/** Such as `8.4.4`. */
async function versionOf(vty: Vty): Promise<string> {
  const said = await vty.show("show version");
  return /^FRRouting ([0-9][^ ]*)/m.exec(said)?.[1] ?? "of a version that it does not tell";
}
