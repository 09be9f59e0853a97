// A rig for one `describe`, with the speaker anew for each test.
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import type { EngineRig } from "./conformance/rig.ts";
import { Trial } from "./conformance/trial.ts";

/** What a running test has. */
export interface Current<R extends EngineRig> {
  readonly rig: R;
  readonly trial: Trial;
}

export function withRig<R extends EngineRig>(make: () => Promise<R>): () => Current<R> {
  let rig: R | null = null;
  let trial: Trial | null = null;
  beforeAll(async () => {
    rig = await make();
  });
  afterAll(() => rig?.dispose());

  beforeEach(async () => {
    if (rig === null) throw new Error("there is no rig");
    trial = new Trial(rig);
    await rig.wipe();
    await rig.start();
    await rig.witness.reset();
  });
  afterEach(async () => {
    trial?.end();
    rig?.thaw();
    await rig?.kill();
  });
  return () => {
    if (rig === null || trial === null) throw new Error("no test is running");
    return { rig, trial };
  };
}
