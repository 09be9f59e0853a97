// The daemons' own parsers judge everything that stands in test/golden, and are shown to judge.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { FileEngine } from "../../../agent/engine/rendering.ts";
import { goldenFolder } from "../../golden/folder.ts";
import { models } from "../../golden/models.ts";
import { complaints } from "../../support/parsers.ts";
import type { NamedText } from "../../support/parsers.ts";

/** What each must refuse: a slip, a value that there is not, a block that does not end, a statement that came in by a text. */
const refused: Readonly<Record<FileEngine["name"], readonly (readonly [RegExp, string, RegExp])[]>> = {
  bird: [
    [/hold time/, "hold thyme", /syntax error/],
    [/neighbor 192\.168\.1\.1 /, "neighbor 192.168.1.256 ", /Invalid IPv4 address/],
    [/\}\s*$/, "", /syntax error/],
    [/description "tor1"/, 'description "tor1" disabled"', /syntax error/],
  ],
  frr: [
    [/remote-as/, "remote-ass", /remote-ass/],
    [/neighbor 192\.168\.1\.1 remote-as/, "neighbor 192.168.1.256 remote-as", /192\.168\.1\.256/],
    [/route-map (\S+) permit 1\b/, "route-map $1 permit 0", /permit 0/],
    [
      /neighbor 192\.168\.1\.1 description/,
      "password-of tor1\n neighbor 192.168.1.1 description",
      /password-of/,
    ],
  ],
};

function filesIn(engine: FileEngine["name"], model: string): readonly NamedText[] {
  const folder = goldenFolder(engine, model);
  return readdirSync(folder).map((path) => ({ path, text: readFileSync(join(folder, path), "utf8") }));
}

describe.each(["bird", "frr"] as const)("the parser of %s", (engine) => {
  test.each(Object.keys(models))("takes what is written: %s", async (model) => {
    expect(await complaints(engine, filesIn(engine, model))).toBe("");
  });

  test.each(refused[engine])("refuses %s → %j", async (what, other, says) => {
    const taken = filesIn(engine, "everyday");
    const files = taken.map(({ path, text }) => ({
      path,
      text: text.replace(what, other),
    }));
    expect(files).not.toEqual(taken);
    expect(await complaints(engine, files)).toMatch(says);
  });
});
