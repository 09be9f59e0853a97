import { describe, expect, test } from "vitest";
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
      "what is accepted on import",
      { filters: ["f"] },
      { f: { importV4: [{ action: "Accept" }], importV6: [{ action: "Reject" }] } },
      [warning(0, "BGPFilter/f accepts routes on import; nothing is taken from a peer all the same")],
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
