// FRR, for real, under the contract's tests and its driver's own: the one that the system has.
import { describeEngine } from "./conformance.ts";
import { describeFrrAgents } from "./frr-agents.ts";
import { describeFrrDriver } from "./frr-driver.ts";
import { describeFrrFile } from "./frr-file.ts";
import { describeFrrVtysh } from "./frr-vtysh.ts";
import { frrRig } from "./frr-rig.ts";

describeEngine("frr", () => frrRig({ keepsFile: true }));
describeFrrDriver();
describeFrrFile();
describeFrrAgents();
describeFrrVtysh();
