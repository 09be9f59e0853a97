// The daemons' own parsers judge everything that stands in test/golden, and are shown to judge.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { BirdTemplates } from "../../../agent/engine/bird/templates.ts";
import type { FrrTemplateName } from "../../../agent/engine/frr/rendering.ts";
import type { FileEngine } from "../../../agent/engine/rendering.ts";
import { goldenFolder } from "../../golden/folder.ts";
import { models } from "../../golden/models.ts";
import { complaints } from "../../support/parsers.ts";
import type { NamedText } from "../../support/parsers.ts";

/** In the files of this wish, what is replaced by what, and what the parser says then. */
type Slip = readonly [model: keyof typeof models, what: RegExp, other: string, says: RegExp];

/** A slip in what each template makes: by the daemon's own word it is refused. */
const slips: {
  readonly bird: Readonly<Record<keyof BirdTemplates, Slip>>;
  readonly frr: Readonly<Record<FrrTemplateName, Slip>>;
} = {
  bird: {
    route: ["everyday", /blackhole/, "blackhall", /10-services\.conf:\d+:\d+ syntax error/],
    services: ["everyday", /ipv4 table/, "ipv4 tabel", /10-services\.conf:\d+:\d+ syntax error/],
    peer: ["everyday", /hold time/, "hold thyme", /20-peers\.conf:\d+:\d+ syntax error/],
    peers: ["everyday", /restart wait 10/, "restart weight 10", /20-peers\.conf:\d+:\d+ syntax error/],
  },
  frr: {
    attributes: ["attributes", /set metric \d+/, "set metric 4294967296", /set metric 4294967296/],
    base: ["everyday", /community-list expanded/, "community-list expandad", /expandad/],
    export: ["everyday", /on-match next/, "on-match text", /on-match text/],
    file: [
      "everyday",
      /address-family ipv4 unicast\n network/,
      "address-family ipv4 unicats\n network",
      /unicats/,
    ],
    instance: ["everyday", /coalesce-time 100/, "coalesce-thyme 100", /coalesce-thyme/],
    neighbor: ["everyday", /remote-as/, "remote-ass", /remote-ass/],
  },
};

/** What else each must refuse: a value that there is not, a block that does not end, a statement that came in by a text. */
const others: Readonly<Record<FileEngine["name"], readonly Slip[]>> = {
  bird: [
    ["everyday", /neighbor 192\.168\.1\.1 /, "neighbor 192.168.1.256 ", /Invalid IPv4 address/],
    ["everyday", /\}\s*$/, "", /syntax error/],
    ["everyday", /description "tor1"/, 'description "tor1" disabled"', /syntax error/],
  ],
  frr: [
    ["everyday", /neighbor 192\.168\.1\.1 remote-as/, "neighbor 192.168.1.256 remote-as", /192\.168\.1\.256/],
    ["everyday", /route-map (\S+) permit 1\b/, "route-map $1 permit 0", /permit 0/],
    ["sessions", /graceful-restart\n/, "graceful-restart-perhaps\n", /graceful-restart-perhaps/],
    [
      "everyday",
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

  test.each([
    ...Object.entries(slips[engine]).map(
      ([template, slip]) => [`in what ${template}.hbs makes`, ...slip] as const,
    ),
    ...others[engine].map((slip) => ["in another place", ...slip] as const),
  ])("refuses a slip %s: %s, %s → %j", async (_, model, what, other, says) => {
    const taken = filesIn(engine, model);
    const files = taken.map(({ path, text }) => ({ path, text: text.replace(what, other) }));
    expect(files).not.toEqual(taken);
    expect(await complaints(engine, files)).toMatch(says);
  });
});
