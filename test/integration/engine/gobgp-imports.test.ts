// gobgpd, for real, and what it takes from neighbours: the one that the system has.
import { describeGobgpImports } from "./gobgp-imports.ts";

describeGobgpImports();
