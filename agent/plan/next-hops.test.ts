import { describe, expect, it } from "vitest";
import { ip, node } from "../decide/decide.fixture.ts";
import { nextHops } from "./next-hops.ts";

const both = node({
  internalIPs: ["169.254.1.1", "192.168.1.10", "fe80::1", "fd00::10", "fd00::11"].map(ip),
});
const [overIPv4, overIPv6] = [{ address: ip("192.168.1.1") }, { address: ip("fd00::1") }];

describe("next hops", () => {
  it("are the session's own address for IPv4, and the node's first global one for IPv6", () => {
    expect(nextHops(both, [overIPv4])).toEqual({ ipv4: null, ipv6: "fd00::10" });
  });

  it("P7: are the node's first global address for IPv4 as well when there is a session over IPv6", () => {
    expect(nextHops(both, [overIPv4, overIPv6])).toEqual({ ipv4: "192.168.1.10", ipv6: "fd00::10" });
  });

  it("are none for IPv6 on a node without such an address, and left to the speaker for IPv4", () => {
    const only = (address: string) => nextHops(node({ internalIPs: [ip(address)] }), [overIPv6]);
    expect(only("192.168.1.10")).toEqual({ ipv4: "192.168.1.10", ipv6: undefined });
    expect(only("fd00::10")).toEqual({ ipv4: null, ipv6: "fd00::10" });
    expect(nextHops(undefined, [overIPv6])).toEqual({ ipv4: null, ipv6: undefined });
  });
});
