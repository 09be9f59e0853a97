import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyRoute } from "../model/filter.fixture.ts";
import { bgpFilterFields } from "./bgp-filter.ts";
import { filterRuleFields } from "./filter-rule.ts";
import { problemLines, resolve } from "./resolve.fixture.ts";
import type { Resolved } from "./resolve.ts";

/** Resolves the filter `f`, after earlier states of it. */
function afterEdits(...specs: readonly unknown[]): Resolved {
  let resolved = resolve({});
  for (const spec of specs) resolved = resolve({ filters: { f: spec }, lastGood: resolved.lastGood });
  return resolved;
}

const filterOf = ({ config }: Resolved) => config.filters.get("f");
const error = (field: string, message: string) => `error BGPFilter/f ${field}: ${message}`;
const nothingSent = "no IPv4 route is sent to a peer with this filter";

describe("a filter", () => {
  test("is read with every field of its rules", () => {
    const resolved = afterEdits({
      exportV4: [
        {
          cidr: "10.96.0.0/12",
          matchOperator: "NotIn",
          prefixLength: { min: 24 },
          source: "RemotePeers",
          interface: "*.calico",
          peerType: "eBGP",
          communities: { values: ["64512:7"] },
          asPathPrefix: [65000, "1.10"],
          priority: 1024,
          action: "Accept",
          operations: [
            { addCommunity: { value: "64512:1:2" } },
            { prependASPath: { prefix: [65000, "1.10"] } },
            { setPriority: { value: 512 } },
          ],
        },
      ],
      importV6: [{ action: "Reject" }],
    });
    expect(problemLines(resolved)).toEqual([]);
    expect(filterOf(resolved)).toEqual({
      name: "f",
      exports: {
        ipv4: [
          {
            prefix: { operator: "NotIn", prefix: "10.96.0.0/12", minLength: 24, maxLength: 32 },
            remoteOnly: true,
            interface: "*.calico",
            peerType: "eBGP",
            community: { t: "standard", community: "64512:7" },
            asPathPrefix: [65000, 65546],
            priority: 1024,
            action: {
              t: "accept",
              operations: [
                { t: "addCommunity", community: { t: "large", community: "64512:1:2" } },
                { t: "prepend", asns: [65000, 65546] },
                { t: "setPriority", priority: 512 },
              ],
            },
          },
        ],
        ipv6: [],
      },
      imports: { ipv4: [], ipv6: [anyRoute("reject")] },
    });
  });

  test.each([
    ["no spec", undefined],
    ["an empty spec", {}],
    ["empty lists", { exportV4: [], exportV6: null, importV4: [], importV6: [] }],
  ])("with %s has no rules", (_, spec) => {
    const resolved = afterEdits(spec);
    expect(problemLines(resolved)).toEqual([]);
    expect(filterOf(resolved)).toEqual({
      name: "f",
      exports: { ipv4: [], ipv6: [] },
      imports: { ipv4: [], ipv6: [] },
    });
  });

  test.each([
    [
      { cidr: "10.96.0.0/12", matchOperator: "In" },
      { minLength: 12, maxLength: 32 },
    ],
    [
      { cidr: "10.96.0.0/12", matchOperator: "In", prefixLength: { min: 8, max: 24 } },
      { minLength: 12, maxLength: 24 },
    ],
    [
      { cidr: "10.96.0.0/12", matchOperator: "In", prefixLength: {} },
      { minLength: 12, maxLength: 32 },
    ],
  ])("counts no lengths that cannot be within its cidr: %j", (rule, lengths) => {
    const [read] = filterOf(afterEdits({ exportV4: [{ ...rule, action: "Accept" }] }))?.exports.ipv4 ?? [];
    expect(read?.prefix).toMatchObject(lengths);
  });

  test("with host bits in a cidr is taken, and that is told", () => {
    const rule = { cidr: "10.96.0.1/12", matchOperator: "In", action: "Reject" };
    const resolved = afterEdits({ exportV4: [rule] });
    expect(problemLines(resolved)).toEqual([
      'warning BGPFilter/f spec.exportV4[0].cidr: "10.96.0.1/12" has host bits set; 10.96.0.0/12 is used',
    ]);
    expect(filterOf(resolved)?.exports.ipv4).toMatchObject([{ prefix: { prefix: "10.96.0.0/12" } }]);
  });
});

describe("a rule that cannot be read", () => {
  const accept = { action: "Accept" };
  const inside = { cidr: "10.96.0.0/12", matchOperator: "In", ...accept };
  const cases: readonly (readonly [unknown, string, string])[] = [
    ["x", "", '"x" is not of the form {action: …}'],
    [null, "", '"null" is not of the form {action: …}'],
    [{}, ".action", "the action is missing: Accept or Reject"],
    [{ action: "accept" }, ".action", '"accept" is not Accept or Reject; did you mean Accept?'],
    [{ action: 1 }, ".action", '"1" is not Accept or Reject'],
    [
      { ...inside, cidr: "10.96.0.0" },
      ".cidr",
      '"10.96.0.0" is not a CIDR (one address is written 10.96.0.0/32)',
    ],
    [{ ...inside, cidr: "fd00::/8" }, ".cidr", '"fd00::/8" is of the other address family'],
    [
      { ...accept, cidr: "10.0.0.0/8" },
      ".matchOperator",
      "a cidr needs a matchOperator: Equal, NotEqual, In, NotIn",
    ],
    [{ ...accept, matchOperator: "In" }, ".matchOperator", "a matchOperator needs a cidr"],
    [
      { ...inside, matchOperator: "in" },
      ".matchOperator",
      '"in" is not Equal, NotEqual, In or NotIn; did you mean In?',
    ],
    [{ ...accept, prefixLength: { min: 8 } }, ".prefixLength", "a prefixLength needs a cidr"],
    [{ ...inside, prefixLength: 8 }, ".prefixLength", '"8" is not of the form {min: …, max: …}'],
    [
      { ...inside, prefixLength: { min: 33 } },
      ".prefixLength.min",
      '"33" is not a prefix length from 0 to 32',
    ],
    [
      { ...inside, prefixLength: { max: "8" } },
      ".prefixLength.max",
      '"8" is not a prefix length from 0 to 32',
    ],
    [
      { ...inside, prefixLength: { mix: 8 } },
      ".prefixLength.mix",
      "there is no such field; did you mean min?",
    ],
    [
      { ...inside, prefixLength: { min: 24, max: 16 } },
      ".prefixLength",
      "no prefix within 10.96.0.0/12 has a length from 24 to 16",
    ],
    [
      { ...inside, prefixLength: { max: 8 } },
      ".prefixLength",
      "no prefix within 10.96.0.0/12 has a length from 0 to 8",
    ],
    [{ ...accept, source: "Local" }, ".source", '"Local" is not RemotePeers'],
    [
      { ...accept, interface: "eth 0" },
      ".interface",
      '"eth 0" is not the name of an interface, with * for any text',
    ],
    [{ ...accept, peerType: "ebgp" }, ".peerType", '"ebgp" is not eBGP or iBGP; did you mean eBGP?'],
    [
      { ...accept, communities: ["1:1"] },
      ".communities",
      '"[\\"1:1\\"]" is not of the form {values: [aa:nn]} with one community',
    ],
    [
      { ...accept, communities: { values: ["1:1", "1:2"] } },
      ".communities.values",
      '"{\\"values\\":[\\"1:1\\",\\"1:2\\"]}" is not of the form {values: [aa:nn]} with one community',
    ],
    [
      { ...accept, communities: { values: ["gold"] } },
      ".communities.values[0]",
      '"gold" is not a community (aa:nn with parts up to 65535, or aa:nn:mm with parts up to 4294967295)',
    ],
    [{ ...accept, asPathPrefix: 1 }, ".asPathPrefix", '"1" is not a list of 1 to 64 AS numbers'],
    [{ ...accept, asPathPrefix: [1, 0] }, ".asPathPrefix[1]", '"0" is not an AS number that may be used'],
    [{ ...accept, priority: 0 }, ".priority", '"0" is not a priority from 1 to 2147483646'],
    [{ ...accept, nextHop: "192.0.2.1" }, ".nextHop", "there is no such field"],
    [
      { action: "Reject", operations: [{ setPriority: { value: 1 } }] },
      ".operations",
      "operations go with the action Accept only",
    ],
    [{ ...accept, operations: {} }, ".operations", '"{}" is not a list of 1 to 10 operations'],
    [
      { ...accept, operations: [{}] },
      ".operations[0]",
      '"{}" is not one of the operations addCommunity, prependASPath, setPriority',
    ],
    [
      { ...accept, operations: [{ setMED: { value: 1 } }] },
      ".operations[0]",
      '"{\\"setMED\\":{\\"value\\":1}}" is not one of the operations addCommunity, prependASPath, setPriority',
    ],
    [
      { ...accept, operations: [{ addCommunity: "1:1" }] },
      ".operations[0].addCommunity",
      '"1:1" is not of the form {value: …}',
    ],
    [
      { ...accept, operations: [{ prependASPath: { prefix: [] } }] },
      ".operations[0].prependASPath.prefix",
      '"[]" is not a list of 1 to 10 AS numbers',
    ],
    [
      { ...accept, operations: [{ setPriority: { value: "1" } }] },
      ".operations[0].setPriority.value",
      '"1" is not a priority from 1 to 2147483646',
    ],
  ];

  test.each(cases)(
    "(%j) keeps everything from being sent where nothing was valid before",
    (rule, field, says) => {
      const resolved = afterEdits({
        exportV4: [{ action: "Reject" }, rule],
        exportV6: [{ action: "Accept" }],
      });
      expect(problemLines(resolved)).toEqual([error(`spec.exportV4[1]${field}`, `${says}; ${nothingSent}`)]);
      expect(filterOf(resolved)?.exports).toMatchObject({ ipv4: null, ipv6: [{ action: { t: "accept" } }] });
    },
  );

  test.each(cases)("(%j) leaves the rules as they were, edit after edit", (rule, field, says) => {
    const bad = { exportV4: [rule], exportV6: [] };
    const resolved = afterEdits(
      { exportV4: [{ action: "Reject" }], exportV6: [{ action: "Reject" }] },
      bad,
      bad,
    );
    expect(problemLines(resolved)).toEqual([
      error(`spec.exportV4[0]${field}`, `${says}; the rules stay as they last were valid`),
    ]);
    expect(filterOf(resolved)?.exports).toEqual({ ipv4: [anyRoute("reject")], ipv6: [] });
  });

  test("in an import list concerns what is taken, and nothing that is sent", () => {
    const resolved = afterEdits({ importV6: ["x"], exportV6: [{ action: "Reject" }] });
    expect(problemLines(resolved)).toEqual([
      error(
        "spec.importV6[0]",
        '"x" is not of the form {action: …}; no IPv6 route is taken from a peer with this filter',
      ),
    ]);
    expect(filterOf(resolved)).toMatchObject({
      exports: { ipv6: [anyRoute("reject")] },
      imports: { ipv6: null },
    });
  });
});

describe("a filter that cannot be read as a whole", () => {
  test.each([
    ["x", "spec", '"x" is no set of fields'],
    [
      { exportv4: [{ action: "Reject" }], exportV4: [{ action: "Accept" }] },
      "spec.exportv4",
      "there is no such field; did you mean exportV4?",
    ],
  ])("lets nothing pass where it never was valid: %j", (spec, field, says) => {
    const resolved = afterEdits(spec);
    expect(problemLines(resolved)).toEqual([
      error(field, `${says}; no route is sent to or taken from a peer with this filter`),
    ]);
    expect(filterOf(resolved)).toMatchObject({ exports: { ipv4: null, ipv6: null } });
    const kept = afterEdits({ exportV4: [{ action: "Reject" }] }, spec);
    expect(filterOf(kept)).toMatchObject({ exports: { ipv4: [anyRoute("reject")], ipv6: [] } });
  });

  test.each(["x", { rules: [] }, Array.from({ length: 1001 }, () => ({ action: "Accept" }))])(
    "by a list that is none, or too long",
    (exportV4) => {
      const resolved = afterEdits({ exportV4 });
      expect(problemLines(resolved)[0]).toMatch(
        / is not a list of 1000 rules at most; no IPv4 route is sent /,
      );
    },
  );

  test("has nothing to fall back on once the object is gone", () => {
    const gone = resolve({ lastGood: afterEdits({ exportV4: [{ action: "Reject" }] }).lastGood });
    expect(gone.config.filters.size).toBe(0);
    const back = resolve({ filters: { f: "x" }, lastGood: gone.lastGood });
    expect(filterOf(back)).toMatchObject({ exports: { ipv4: null } });
  });
});

test("whatever a filter is, each list is read or closed, and nothing is thrown", () => {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom("10.0.0.0/8", "In", "Accept", "Reject", "eBGP", "1:1"),
    fc.array(fc.record({ addCommunity: fc.jsonValue() }, { requiredKeys: [] })),
  );
  const rule = fc.oneof(
    fc.jsonValue(),
    fc.record(Object.fromEntries(Object.keys(filterRuleFields).map((name) => [name, value])), {
      requiredKeys: [],
    }),
  );
  const spec = fc.record(
    Object.fromEntries(Object.keys(bgpFilterFields).map((name) => [name, fc.array(rule, { maxLength: 3 })])),
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(spec, (given) => {
      const resolved = afterEdits(given);
      const { exports, imports } = filterOf(resolved) ?? { exports: null, imports: null };
      const lists = [exports?.ipv4, exports?.ipv6, imports?.ipv4, imports?.ipv6];
      expect(lists.every((list) => list === null || Array.isArray(list))).toBe(true);
      if (lists.includes(null)) expect(resolved.config.problems).not.toEqual([]);
    }),
  );
});
