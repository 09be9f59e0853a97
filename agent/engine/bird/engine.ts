// The driver for BIRD 2 and 3: two files that bird.conf includes, and the control socket to make BIRD read them.
//
// bird.conf needs a `protocol device {}` and `include "/etc/bird/bellman.d/*.conf";`, and a `router id` where no
// interface has an IPv4 address.
import { join } from "node:path";
import type { Problem } from "../../model/problem.ts";
import { systemClock } from "../../time/clock.ts";
import type { Clock } from "../../time/clock.ts";
import { EngineError } from "../contract.ts";
import type { BgpInstance, EngineEvents, EngineLink, Wanted, WishedPeers } from "../contract.ts";
import type { FileEngine, Rendered, SpeakerWish } from "../rendering.ts";
import type { Overrides } from "../templates/overrides.ts";
import { Bird } from "./bird.ts";
import { Configuration } from "./configuration.ts";
import { Control } from "./control.ts";
import { IncludeFiles, groupOf } from "./files.ts";
import { forget } from "./forget.ts";
import { ensureInstance } from "./instance.ts";
import { BirdLink } from "./link.ts";
import { birdRefusals } from "./refusals.ts";
import { renderBird } from "./render.ts";
import { fileNames, Rendering } from "./texts.ts";
import { birdTemplates } from "./templates.ts";
import type { BirdTemplates } from "./templates.ts";

export interface BirdOptions {
  /** Path of the control socket. */
  readonly socket: string;
  /** That bird.conf includes `*.conf` of. */
  readonly directory: string;
  /** In place of templates that come along. Default none. */
  readonly templates?: Overrides;
  readonly clock?: Clock;
}

/** @throws {TemplateError} when a template cannot be used */
export function birdEngine({ socket, directory, templates, clock = systemClock }: BirdOptions): FileEngine {
  return new BirdEngine(socket, directory, birdTemplates(templates), clock);
}

class BirdEngine implements FileEngine {
  readonly name = "bird";
  readonly filters = "all";
  readonly #socket: string;
  readonly #directory: string;
  readonly #templates: BirdTemplates;
  readonly #clock: Clock;

  constructor(socket: string, directory: string, templates: BirdTemplates, clock: Clock) {
    this.#socket = socket;
    this.#directory = directory;
    this.#templates = templates;
    this.#clock = clock;
  }

  refusals(wish: WishedPeers): readonly Problem[] {
    return birdRefusals(wish);
  }

  render(wish: SpeakerWish): Rendered {
    return renderBird(wish, this.#templates, this.#directory);
  }

  async forget(wanted: Wanted): Promise<number> {
    // While BIRD is down its socket may be gone as well.
    const group = await groupOf(join(this.#directory, fileNames.services));
    const files = new IncludeFiles(this.#directory, group);
    // BIRD may have ended in the middle of a change: the next try to open would bring back what goes now.
    await files.putBack();
    return forget(files, this.#templates, wanted);
  }

  async open(instance: BgpInstance, events: EngineEvents, signal: AbortSignal): Promise<EngineLink> {
    if (signal.aborted) throw new EngineError("unreachable", "BIRD is not asked any more: the agent stops");
    let link: BirdLink | null = null;
    const control = new Control(this.#socket, this.#clock, (error) => link?.lose(error));
    const stop = () => control.close();
    signal.addEventListener("abort", stop, { once: true });
    try {
      link = await this.#link(control, instance, events, signal);
      return link;
    } catch (error) {
      control.close();
      throw error;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  async #link(
    control: Control,
    instance: BgpInstance,
    events: EngineEvents,
    signal: AbortSignal,
  ): Promise<BirdLink> {
    const version = await this.#greeted(control, signal);
    const bird = new Bird(control, this.#clock);
    const files = new IncludeFiles(this.#directory, await groupOf(this.#socket));
    const configuration = new Configuration(bird, files, new Rendering(this.#templates, instance));
    const ensured = await ensureInstance({ bird, files, configuration, instance, nowMs: this.#clock.now() });
    const abandon = () => link.abandon();
    const link = new BirdLink({
      version,
      bird,
      configuration,
      ...ensured,
      clock: this.#clock,
      onLost: (error) => events.lost(error),
      onSession: (status) => events.session(status),
      release: () => {
        signal.removeEventListener("abort", abandon);
        control.close();
      },
    });
    signal.addEventListener("abort", abandon, { once: true });
    try {
      await link.listen();
      for (const status of await link.peers()) events.session(status);
    } catch (error) {
      link.abandon();
      throw error;
    }
    return link;
  }

  /** BIRD may be down because of what an agent has left that was killed in the middle of a change. */
  async #greeted(control: Control, signal: AbortSignal): Promise<string> {
    try {
      return await control.greeted();
    } catch (error) {
      const isDown = error instanceof EngineError && error.code === "unreachable" && !signal.aborted;
      if (isDown) await new IncludeFiles(this.#directory, null).putBack();
      throw error;
    }
  }
}
