import { describe, expect, test } from "vitest";
import { importRules } from "./peer-filters.ts";
import { problemLines, resolve } from "./resolve.fixture.ts";

const good = { peerIP: "192.168.1.1", asNumber: 65001 };
const told = (peer: object, filters: Readonly<Record<string, unknown>>) =>
  problemLines(resolve({ peers: { tor1: { ...good, ...peer } }, filters })).filter((line) =>
    line.includes("BGPPeer/"),
  );
const error = (index: number, message: string) => `error BGPPeer/tor1 spec.filters[${index}]: ${message}`;
const warning = (index: number, message: string) => `warning BGPPeer/tor1 spec.filters[${index}]: ${message}`;
const accepting = (...operations: readonly object[]) => ({ exportV4: [{ action: "Accept", operations }] });

describe("of the filters that a peer names is told", () => {
  test.each<readonly [string, object, Readonly<Record<string, unknown>>, readonly string[]]>([
    ["nothing where all is well", { filters: ["f"] }, { f: { exportV4: [{ action: "Reject" }] } }, []],
    [
      "T8: one that is missing",
      { filters: ["f", "no-cluster-ip"] },
      { f: {}, "no-cluster-ips": {} },
      [
        error(
          1,
          'there is no BGPFilter "no-cluster-ip"; nothing is sent to this peer; did you mean "no-cluster-ips"?',
        ),
      ],
    ],
    [
      "one that cannot be read",
      { filters: ["f"] },
      { f: { exportV6: ["x"] } },
      [error(0, "BGPFilter/f cannot be read; no IPv6 route is sent to this peer")],
    ],
    [
      "a priority towards another AS",
      { filters: ["f"] },
      { f: accepting({ setPriority: { value: 5 } }) },
      [
        warning(
          0,
          "BGPFilter/f sets a priority, which no attribute carries to a peer of another AS: it has no effect",
        ),
      ],
    ],
    [
      "no priority towards the own AS",
      { filters: ["f"], asNumber: 64512 },
      { f: accepting({ setPriority: { value: 5 } }) },
      [],
    ],
    [
      "a path that the peer takes for a loop",
      { filters: ["f"] },
      { f: accepting({ prependASPath: { prefix: [65000, 65001] } }) },
      [
        warning(
          0,
          "BGPFilter/f puts the peer's own AS number in front of the path: the peer takes that for a loop",
        ),
      ],
    ],
    [
      "nothing of rules for other peers",
      { filters: ["f"] },
      { f: { exportV4: [{ ...accepting({ setPriority: { value: 5 } }).exportV4[0], peerType: "iBGP" }] } },
      [],
    ],
    [
      "nothing of what is accepted on import",
      { filters: ["f"] },
      { f: { importV4: [{ action: "Accept" }], importV6: [{ action: "Reject" }] } },
      [],
    ],
    [
      "what is changed on import",
      { filters: ["f"] },
      { f: { importV4: accepting({ setPriority: { value: 5 } }).exportV4 } },
      [warning(0, "BGPFilter/f changes what it accepts on import, which goes nowhere: that has no effect")],
    ],
  ])("%s", (_, peer, filters, lines) => {
    expect(told(peer, filters)).toEqual(lines);
  });

  test.each(["f", [1], [""], { f: true }])("what is no list of names: %j", (filters) => {
    expect(told({ filters }, { f: {} })).toEqual([
      expect.stringMatching(
        /^error BGPPeer\/tor1 spec\.filters: .* is not a list of names of BGPFilter objects; the session is not brought up$/,
      ),
    ]);
  });

  test("an edit that cannot be read leaves the peer its filters", () => {
    const before = resolve({ peers: { tor1: { ...good, filters: ["f"] } }, filters: { f: {} } });
    const after = resolve({
      peers: { tor1: { ...good, filters: "g" } },
      filters: { f: {} },
      lastGood: before.lastGood,
    });
    expect(after.config.peers).toMatchObject([{ name: "tor1", filters: ["f"] }]);
    const none = resolve({ peers: { tor1: "x" }, filters: { f: {} }, lastGood: before.lastGood });
    expect(none.config.peers).toMatchObject([{ name: "tor1", filters: ["f"] }]);
  });

  test("filters that can be read hold, though another edit of the object cannot be followed", () => {
    const before = resolve({ peers: { tor1: good }, filters: { f: {} } });
    const edit = { ...good, asNumber: "x", filters: ["f"] };
    const after = resolve({ peers: { tor1: edit }, filters: { f: {} }, lastGood: before.lastGood });
    expect(after.config.peers).toMatchObject([{ name: "tor1", asn: 65001, filters: ["f"] }]);
  });
});

describe("of what a peer sends is taken", () => {
  const accept = [{ action: "Accept" }];
  const one = { cidr: "10.1.0.0/16", matchOperator: "In", action: "Accept" };

  /** Each as `family filter action`. */
  function taken(names: readonly string[], filters: Readonly<Record<string, unknown>>): readonly string[] {
    const { config } = resolve({ peers: { tor1: { ...good, filters: names } }, filters });
    return config.peers.flatMap((peer) =>
      importRules(peer, config.filters).map(
        ({ family, filter, field, rule }) => `${family} ${filter} ${field} ${rule.action.t}`,
      ),
    );
  }

  test("what rules accept, filter after filter", () => {
    const filters = { f: { importV4: [{ ...one, action: "Reject" }] }, g: { importV4: accept } };
    expect(taken(["f", "g"], filters)).toEqual([
      "ipv4 f spec.filters[0] reject",
      "ipv4 g spec.filters[1] accept",
    ]);
  });

  test.each<readonly [string, readonly string[], Readonly<Record<string, unknown>>]>([
    ["without a filter", [], {}],
    ["with rules that only reject", ["f"], { f: { importV4: [{ action: "Reject" }] } }],
    ["with a filter that is missing", ["f", "g"], { f: { importV4: accept } }],
    ["with a list that cannot be read", ["f", "g"], { f: { importV4: accept }, g: { importV4: ["x"] } }],
    ["with rules for other peers", ["f"], { f: { importV4: [{ action: "Accept", peerType: "iBGP" }] } }],
  ])("nothing %s", (_, names, filters) => {
    expect(taken(names, filters)).toEqual([]);
  });
});
