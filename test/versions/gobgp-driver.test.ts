// Newer gobgpds under the tests of their driver, which the system's own has to pass too.
import { describeGobgpDriver } from "../integration/engine/gobgp-driver.ts";
import { describeGobgpExports } from "../integration/engine/gobgp-exports.ts";
import { describeGobgpImports } from "../integration/engine/gobgp-imports.ts";
import { describeFetched } from "./fetched.ts";

describeFetched((folder) => {
  describeGobgpDriver(folder);
  describeGobgpExports(folder);
  describeGobgpImports(folder);
});
