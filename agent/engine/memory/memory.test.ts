// The engine in memory passes what every engine passes, so that tests built on it mean something.
import { describeEngine } from "../../../test/integration/engine/conformance.ts";
import { memoryRig } from "../../../test/integration/engine/memory-rig.ts";

describeEngine("memory", () => Promise.resolve(memoryRig()));
