// A rig for one `describe`, with the speaker anew for each test or with sessions that stay.
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import type { EngineRig } from "./conformance/rig.ts";
import { Rack } from "./conformance/rack.ts";
import { Trial } from "./conformance/trial.ts";

/** What a running test has. */
export interface Current<R extends EngineRig> {
  readonly rig: R;
  readonly trial: Trial;
}

export function withRig<R extends EngineRig>(make: () => Promise<R>): () => Current<R> {
  const rig = oneRig(make);
  const trial = speakerAnew(rig);
  return () => ({ rig: rig(), trial: trial() });
}

export function oneRig<R extends EngineRig>(make: () => Promise<R>): () => R {
  let rig: R | null = null;
  beforeAll(async () => {
    rig = await make();
  });
  afterAll(() => rig?.dispose());
  return () => {
    if (rig === null) throw new Error("there is no rig");
    return rig;
  };
}

/** Each test has a speaker that never ran before. */
export function speakerAnew(rig: () => EngineRig): () => Trial {
  let trial: Trial | null = null;
  beforeEach(async () => {
    trial = new Trial(rig());
    await rig().wipe();
    await rig().start();
    await rig().witness.reset();
  });
  afterEach(async () => {
    trial?.end();
    rig().thaw();
    await rig().kill();
  });
  return () => {
    if (trial === null) throw new Error("no test is running");
    return trial;
  };
}

/** All tests have the same sessions, and none may lose one; a test that fails leaves none behind. */
export function sessionsThatStay(rig: () => EngineRig): () => Rack {
  let rack: Rack | null = null;
  beforeEach(async () => {
    rack ??= await Rack.stand(rig());
  });
  afterEach(async ({ task }) => {
    const used = rack;
    rack = null;
    try {
      if (task.result?.state !== "fail") {
        await used?.settle();
        rack = used;
      }
    } finally {
      if (rack === null) await used?.fall();
    }
  });
  afterAll(() => rack?.fall());
  return () => {
    if (rack === null) throw new Error("no test is running");
    return rack;
  };
}
