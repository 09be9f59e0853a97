// A real BIRD on a node of its own.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FileEngine } from "../../../agent/engine/rendering.ts";
import { birdEngine } from "../../../agent/engine/bird/engine.ts";
import { Bird } from "../../support/bird.ts";
import type { Speaker } from "./conformance/rig.ts";
import { realRig } from "./real-rig.ts";
import type { RealRig } from "./real-rig.ts";

export interface BirdSpeaker extends Speaker {
  readonly bird: Bird;
  engine(): FileEngine;
}

export type BirdRig = RealRig<BirdSpeaker>;

export interface BirdRigOptions {
  /** Of bird and birdc. Default: those that the system has. */
  readonly folder?: string | undefined;
  /** More of bird.conf, in BIRD's words. */
  readonly more?: string;
}

export function birdRig({ folder, more }: BirdRigOptions = {}): Promise<BirdRig> {
  return realRig((node) => {
    const bird = new Bird({
      ...node,
      ...(folder !== undefined && { folder }),
      ...(more !== undefined && { more }),
    });
    const services = join(bird.includes, "10-services.conf");
    const edit = async (change: (text: string) => string) => {
      writeFileSync(services, change(readFileSync(services, "utf8")));
      await bird.command("configure");
    };
    return {
      bird,
      takesAnotherInstance: true,
      remembers: true,
      medOfNone: null,
      engine: () => birdEngine({ socket: bird.socket, directory: bird.includes }),
      // As the sidecar's command has it: graceful restart needs it.
      start: () => bird.start("-R"),
      kill: () => bird.kill(),
      terminate: () => bird.terminate(),
      freeze: () => bird.freeze(),
      thaw: () => bird.thaw(),
      wipe: () => {
        bird.wipe();
        return Promise.resolve();
      },
      written: () =>
        readdirSync(bird.includes)
          .map((name) => `${name}\n${readFileSync(join(bird.includes, name), "utf8")}`)
          .sort()
          .join(""),
      deleteRoute: (route) => edit((text) => text.replaceAll(new RegExp(`^route ${route} .*\\n`, "gm"), "")),
      addForeignRoute: (route) =>
        edit((text) =>
          text.replace(/(protocol static bellman_static4 \{\n.*\n)/, `$1route ${route} unreachable;\n`),
        ),
    } satisfies BirdSpeaker;
  });
}
