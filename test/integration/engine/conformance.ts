// The contract as tests: every engine passes them, given a rig. Speakers differ; what is asked of them does not.
import { describe } from "vitest";
import { describeFilters } from "./conformance/filters.ts";
import { describeLoss } from "./conformance/loss.ts";
import { describeOpening } from "./conformance/opening.ts";
import { describeOptions } from "./conformance/options.ts";
import { describePeers } from "./conformance/peers.ts";
import type { EngineRig } from "./conformance/rig.ts";
import { describeRoutes } from "./conformance/routes.ts";
import { describeSessions } from "./conformance/sessions.ts";
import { describeVariants } from "./conformance/variants.ts";
import { oneRig, sessionsThatStay, speakerAnew } from "./with-rig.ts";

export function describeEngine(name: string, makeRig: () => Promise<EngineRig>): void {
  describe(`the ${name} engine keeps the contract`, () => {
    const rig = oneRig(makeRig);

    describe("on sessions that stay", () => {
      const rack = sessionsThatStay(rig);
      describeRoutes(rack);
      describeFilters(rack);
      describeVariants(rack);
    });

    describe("with a speaker that never ran", () => {
      const trial = speakerAnew(rig);
      describeOpening(trial);
      describePeers(trial);
      describeSessions(trial);
      describeOptions(trial);
      describeLoss(trial);
    });
  });
}
