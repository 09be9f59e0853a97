import { describe, expect, test } from "vitest";
import { parsePrefix } from "../model/prefix.ts";
import { problemLines, resolve } from "./resolve.fixture.ts";
import type { Resolved } from "./resolve.ts";

/** Resolves the object `default`, after earlier states of it. */
function afterEdits(...specs: readonly unknown[]): Resolved {
  let resolved = resolve({});
  for (const spec of specs)
    resolved = resolve({ configurations: { default: spec }, lastGood: resolved.lastGood });
  return resolved;
}

/** `10.0.0.0/8 64512:1 64512:1:1`: an advertisement in one line. */
function advertised({ config }: Resolved): readonly string[] {
  return config.advertisements.map(({ prefix, communities, largeCommunities }) =>
    [prefix, ...communities, ...largeCommunities].join(" "),
  );
}

const error = (field: string, message: string) => `error BGPConfiguration/default spec.${field}: ${message}`;
const warning = (field: string, message: string) =>
  `warning BGPConfiguration/default spec.${field}: ${message}`;

const forms = "aa:nn with parts up to 65535, or aa:nn:mm with parts up to 4294967295";
const neither = (text: string) =>
  `${text} is neither a community (aa:nn or aa:nn:mm) nor a name from this object's communities`;

describe("T1: prefixAdvertisements", () => {
  test("give standard and large communities, literal and by name, each once and sorted by number", () => {
    const resolved = afterEdits({
      prefixAdvertisements: [
        {
          cidr: "10.96.0.0/12",
          communities: ["64512:300", "bgp-large", "64512:20", "rack", "64512:0300", "64512:2:1"],
        },
        { cidr: "fd00:10:96::/112", communities: ["rack"] },
        { cidr: "10.96.0.0/12", communities: ["64512:1"] },
      ],
      communities: [
        { name: "rack", value: "64512:20" },
        { name: "bgp-large", value: "64512:300:100" },
      ],
    });
    expect(problemLines(resolved)).toEqual([]);
    expect(advertised(resolved)).toEqual([
      "10.96.0.0/12 64512:20 64512:300 64512:2:1 64512:300:100",
      "fd00:10:96::/112 64512:20",
      "10.96.0.0/12 64512:1",
    ]);
  });

  test.each([
    ["10.96.0.0/12", true],
    ["10.97.0.0/16", true],
    ["10.96.0.1/32", true],
    ["10.0.0.0/8", false],
    ["10.112.0.1/32", false],
    ["fd00::/64", false],
  ])("concern %s within 10.96.0.0/12: %j", (text, expected) => {
    const prefixAdvertisements = [{ cidr: "10.96.0.0/12", communities: ["64512:1"] }];
    const [advertisement] = afterEdits({ prefixAdvertisements }).config.advertisements;
    const route = parsePrefix(text);
    expect(route !== null && advertisement?.covers(route.prefix)).toBe(expected);
  });

  test.each([
    ["an empty list", []],
    ["empty entries", [{}, null, { cidr: "", communities: [] }]],
  ])("that are %s ask for nothing", (_, prefixAdvertisements) => {
    const resolved = afterEdits({ prefixAdvertisements });
    expect(advertised(resolved)).toEqual([]);
    expect(problemLines(resolved)).toEqual([]);
  });

  test("without communities have no effect, and that is a warning", () => {
    expect(problemLines(afterEdits({ prefixAdvertisements: [{ cidr: "10.0.0.0/8" }] }))).toEqual([
      warning("prefixAdvertisements[0]", "the entry has no communities, and no effect"),
    ]);
  });
});

describe("T4: what is wrong in prefixAdvertisements is reported with its field, and the rest applies", () => {
  const good = { cidr: "10.96.0.0/12", communities: ["64512:1"] };
  const communities = [{ name: "rack-a", value: "64512:20" }];

  test.each([
    ["an unknown name", "rack-b", `${neither('"rack-b"')} (did you mean "rack-a"?)`],
    ["a name far from any", "zone", neither('"zone"')],
    ["a standard community out of range", "65536:1", neither('"65536:1"')],
    ["a large community out of range", "1:2:4294967296", neither('"1:2:4294967296"')],
    ["four parts", "1:2:3:4", neither('"1:2:3:4"')],
    ["a number", 64512, neither('"64512"')],
    ["hostile text", "a\u001b[2J\nb", neither('"a\\u001b[2J\\nb"')],
  ])("%s", (_, community, says) => {
    const prefixAdvertisements = [good, { cidr: "10.0.0.0/8", communities: [community, "64512:2"] }];
    const resolved = afterEdits({ communities, prefixAdvertisements });
    expect(advertised(resolved)).toEqual(["10.96.0.0/12 64512:1", "10.0.0.0/8 64512:2"]);
    expect(problemLines(resolved)).toEqual([
      error("prefixAdvertisements[1].communities[0]", `${says}; the entry's other communities hold`),
    ]);
  });

  test.each([
    ["a missing cidr", { communities: ["64512:2"] }, "", "the entry has no cidr"],
    [
      "no cidr",
      { cidr: "10.0.0.0", communities: ["64512:2"] },
      ".cidr",
      '"10.0.0.0" is not a CIDR (one address is written 10.0.0.0/32)',
    ],
    ["no form at all", "10.0.0.0/8", "", '"10.0.0.0/8" is not of the form {cidr: …, communities: […]}'],
    [
      "communities that are no list",
      { cidr: "10.0.0.0/8", communities: "64512:2" },
      ".communities",
      '"64512:2" is not a list of communities',
    ],
    [
      "no community that can be read",
      { cidr: "10.0.0.0/8", communities: ["zone"] },
      ".communities[0]",
      neither('"zone"'),
    ],
  ])("an entry with %s is left out", (_, entry, field, says) => {
    const resolved = afterEdits({ communities, prefixAdvertisements: [entry, good] });
    expect(advertised(resolved)).toEqual(["10.96.0.0/12 64512:1"]);
    expect(problemLines(resolved)).toEqual([
      error(`prefixAdvertisements[0]${field}`, `${says}; this entry is left out`),
    ]);
  });

  test("host bits are cleared and unknown fields passed over, with a warning", () => {
    const prefixAdvertisements = [{ ...good, cidr: "10.96.1.2/12", communites: ["64512:9"] }];
    const resolved = afterEdits({ prefixAdvertisements });
    expect(advertised(resolved)).toEqual(["10.96.0.0/12 64512:1"]);
    expect(problemLines(resolved)).toEqual([
      warning(
        "prefixAdvertisements[0].communites",
        "there is no such field, and it has no effect; did you mean communities?",
      ),
      warning("prefixAdvertisements[0].cidr", '"10.96.1.2/12" has host bits set; 10.96.0.0/12 is used'),
    ]);
  });

  test.each([
    [{ name: "x", value: "64512" }, ".value", `"64512" is not a community (${forms})`],
    [{ name: "x", value: "65536:1" }, ".value", `"65536:1" is not a community (${forms})`],
    [{ name: "x" }, ".value", "the value is missing"],
    [{ value: "64512:2" }, ".name", "the name is missing"],
    [{ name: 7, value: "64512:2" }, ".name", '"7" is not a name'],
    [
      { name: "64512:9", value: "64512:2" },
      ".name",
      '"64512:9" is a community itself, so it cannot be a name',
    ],
    [{ name: "rack-a", value: "64512:2" }, ".name", 'the name "rack-a" is given twice; the first holds'],
    ["64512:2", "", '"64512:2" is not of the form {name: …, value: …}'],
  ])("the named community %j is left out", (entry, field, says) => {
    const prefixAdvertisements = [{ cidr: "10.0.0.0/8", communities: ["rack-a"] }];
    const resolved = afterEdits({ communities: [...communities, entry], prefixAdvertisements });
    expect(advertised(resolved)).toEqual(["10.0.0.0/8 64512:20"]);
    expect(problemLines(resolved)).toEqual([
      error(`communities[1]${field}`, `${says}; this entry is left out`),
    ]);
  });

  test("a name whose value is malformed is told where it is given and where it is used", () => {
    const resolved = afterEdits({
      communities: [{ name: "x", value: "nothing" }],
      prefixAdvertisements: [{ cidr: "10.0.0.0/8", communities: ["x", "64512:2"] }],
    });
    expect(advertised(resolved)).toEqual(["10.0.0.0/8 64512:2"]);
    expect(resolved.config.problems.map(({ field }) => field)).toEqual([
      "spec.communities[0].value",
      "spec.prefixAdvertisements[0].communities[0]",
    ]);
  });

  test.each(["communities", "prefixAdvertisements"])("%s that are no list count as empty", (field) => {
    const { config } = afterEdits({ [field]: "64512:1" });
    expect(config.advertisements).toEqual([]);
    expect(config.problems).toMatchObject([{ field: `spec.${field}`, severity: "error" }]);
  });

  test("a list that was good before holds while an edit leaves nothing valid, until a right one comes", () => {
    const bad = { prefixAdvertisements: [{ cidr: "10.0.0.0/8", communities: ["zone"] }] };
    const kept = afterEdits({ prefixAdvertisements: [good] }, bad, bad);
    expect(advertised(kept)).toEqual(["10.96.0.0/12 64512:1"]);
    expect(problemLines(kept)).toEqual([
      error(
        "prefixAdvertisements[0].communities[0]",
        `${neither('"zone"')}; no entry is valid, so the last valid list holds`,
      ),
    ]);
    const right = { prefixAdvertisements: [{ cidr: "10.0.0.0/8", communities: ["64512:7"] }] };
    const mended = afterEdits({ prefixAdvertisements: [good] }, bad, right);
    expect(advertised(mended)).toEqual(["10.0.0.0/8 64512:7"]);
    expect(problemLines(mended)).toEqual([]);
    expect(advertised(afterEdits({ prefixAdvertisements: [good] }, {}, bad))).toEqual([]);
  });
});
