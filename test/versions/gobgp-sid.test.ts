// The gobgpd of Debian's sid under the contract's tests: a file of its own, so that the suites run side by side.
import { describeEngine } from "../integration/engine/conformance.ts";
import { gobgpRig } from "../integration/engine/gobgp-rig.ts";
import { describeFetched } from "./fetched.ts";

describeFetched((folder) => describeEngine("gobgp", () => gobgpRig({ folder })), ["sid"]);
