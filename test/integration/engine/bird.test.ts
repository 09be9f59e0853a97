// Debian's BIRD with the driver for it.
import { describeEngine } from "./conformance.ts";
import { birdRig } from "./bird-rig.ts";

describeEngine("bird", () => birdRig());
