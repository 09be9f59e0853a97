import { describe, expect, test } from "vitest";
import { reply } from "./bird.fixture.ts";
import { parsePrefixes, parseProtocols } from "./protocols.ts";
import { statusOf } from "./status.ts";

const established = reply(
  "2002-Name       Proto      Table      State  Since         Info",
  "1002-bellman_192_168_1_1 BGP        ---        up     17:41:20.801  Established   ",
  "1006-  Description:        tor1",
  "   Created:            17:41:20.366",
  "   Router ID:          192.168.1.10",
  "   BGP state:          Established",
  "     Neighbor address: 192.168.1.1",
  "     Neighbor AS:      65001",
  "     Local AS:         64512",
  "     Neighbor ID:      192.168.1.1",
  "     Local capabilities",
  "       Multiprotocol",
  "         AF announced: ipv4 ipv6",
  "       Route refresh",
  "       Graceful restart",
  "         Restart time: 30",
  "       4-octet AS numbers",
  "     Neighbor capabilities",
  "       Multiprotocol",
  "         AF announced: ipv4",
  "       Graceful restart",
  "       4-octet AS numbers",
  "     Session:          external AS4",
  "     Source address:   192.168.1.10",
  "     Hold timer:       7.464/9",
  "     Keepalive timer:  0.604/3",
  "   Channel ipv4",
  "     State:          UP",
  "     Table:          bellman4",
  "     Routes:         2 imported, 5 exported, 0 preferred",
  "     Route change stats:     received   rejected   filtered    ignored   accepted",
  "       Import updates:              0          0          0          0          0",
  "     BGP Next hop:   192.168.1.10",
  "   Channel ipv6",
  "     State:          UP",
  "     Routes:         0 imported, 1 filtered, 3 exported, 0 preferred",
  " ",
  "1002-bellman_static4 Static     bellman4   up     2026-11-20 17:41:20  ",
  "1006-  Channel ipv4",
  "     Routes:         12 imported, 0 exported, 12 preferred",
  " ",
  "0000 ",
);

function down(info: string, ...details: readonly string[]) {
  const [protocol] = parseProtocols(
    reply(
      `1002-bellman_fd01__1 BGP        ---        start  17:43:05.580  ${info}`,
      "1006-  BGP state:          Connect",
      "     Neighbor address: fd01::1",
      "     Neighbor AS:      65001",
      ...details,
      "0000 ",
    ),
  );
  return protocol === undefined ? null : statusOf(protocol, null);
}

describe("what BIRD tells of its protocols", () => {
  test("is read by name, with a time that has a space in it, and with its channels", () => {
    expect(parseProtocols(established)).toMatchObject([
      {
        name: "bellman_192_168_1_1",
        kind: "BGP",
        state: "up",
        since: "17:41:20.801",
        info: "Established",
        channels: [
          { name: "ipv4", imported: 2, exported: 5 },
          { name: "ipv6", imported: 0, exported: 3 },
        ],
      },
      {
        name: "bellman_static4",
        kind: "Static",
        since: "2026-11-20 17:41:20",
        channels: [{ name: "ipv4", imported: 12, exported: 0 }],
      },
    ]);
  });

  test("a session that is up: what both sides agreed on, and what was sent", () => {
    const [session] = parseProtocols(established);
    if (session === undefined) throw new Error("there is one");
    expect(statusOf(session, 1234)).toEqual({
      address: "192.168.1.1",
      asn: 65001,
      state: "established",
      establishedAtMs: 1234,
      lastError: null,
      negotiated: {
        holdTimeSeconds: 9,
        keepaliveSeconds: 3,
        families: ["ipv4"],
        fourOctetAsn: true,
        gracefulRestart: true,
      },
      advertised: { ipv4: 5, ipv6: 3 },
      accepted: { ipv4: 2, ipv6: 0 },
    });
  });

  test("a session that is down, and why", () => {
    expect(
      down("Connect       Socket: No route to host", "     Last error:       Socket: No route to host"),
    ).toEqual({
      address: "fd01::1",
      asn: 65001,
      state: "connect",
      establishedAtMs: null,
      lastError: "Socket: No route to host",
      negotiated: null,
      advertised: {},
      accepted: {},
    });
    expect(down("Idle          BGP Error: Bad peer AS")?.lastError).toBe("BGP Error: Bad peer AS");
    expect(down("Connect       ")?.lastError).toBeNull();
  });

  test("a static protocol is no session", () => {
    const [, statics] = parseProtocols(established);
    expect(statics === undefined ? undefined : statusOf(statics, null)).toBeNull();
  });
});

test("prefixes are read from the list of routes, whatever its other lines say", () => {
  const answer = reply(
    "1007-Table bellman4:",
    " 10.49.0.2/32         blackhole [bellman_static4 17:41:14.493] * (200)",
    " \tType: static univ",
    " fd49::/64            blackhole [bellman_static6 17:41:14.493] * (200)",
    "0000 ",
  );
  expect(parsePrefixes(answer)).toEqual(["10.49.0.2/32", "fd49::/64"]);
});
