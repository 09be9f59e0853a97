// The contract as tests: every engine passes them, given a rig. Speakers differ; what is asked of them does not.
import { afterAll, afterEach, beforeAll, beforeEach, describe } from "vitest";
import { describeLoss } from "./conformance/loss.ts";
import { describeOpening } from "./conformance/opening.ts";
import { describePeers } from "./conformance/peers.ts";
import type { EngineRig } from "./conformance/rig.ts";
import { describeRoutes } from "./conformance/routes.ts";
import { Trial } from "./conformance/trial.ts";

export function describeEngine(name: string, makeRig: () => Promise<EngineRig>): void {
  describe(`the ${name} engine keeps the contract`, () => {
    let rig: EngineRig | null = null;
    let trial: Trial | null = null;

    beforeAll(async () => {
      rig = await makeRig();
    });
    afterAll(() => rig?.dispose());

    beforeEach(async () => {
      if (rig === null) throw new Error("there is no rig");
      trial = new Trial(rig);
      await rig.start();
    });
    afterEach(async () => {
      trial?.end();
      rig?.thaw();
      await rig?.witness.send([]);
      await rig?.kill();
    });

    const current = () => {
      if (trial === null) throw new Error("no test is running");
      return trial;
    };
    describeOpening(current);
    describeRoutes(current);
    describePeers(current);
    describeLoss(current);
  });
}
