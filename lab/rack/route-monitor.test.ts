import { describe, expect, it } from "vitest";
import { parseRouteEvents } from "./route-monitor.ts";

// Printed by iproute2 6.1 while FRR and BIRD changed routes.
const output = `[2026-11-21T11:43:50.653192] blackhole 198.51.100.1 table 4242 
[2026-11-21T11:43:50.693462] Deleted 10.49.62.132 nhid 23 via 192.168.1.10 dev eth0 proto bgp metric 20 
[2026-11-21T11:43:50.693535] 10.49.62.131 proto bird metric 32 
	nexthop via 192.168.1.10 dev eth0 weight 1 
	nexthop via 192.168.1.11 dev eth0 weight 1 
[2026-11-21T11:43:50.693543] fd00:10:49::1 nhid 19 via fd00:192:168:1::10 dev eth0 proto bgp metric 20 pref medium
`;

describe("events of `ip monitor route`", () => {
  it("carry prefix, next hops and whether the route went", () => {
    const events = parseRouteEvents(output).map(({ type, prefix, nextHops }) => ({ type, prefix, nextHops }));
    expect(events).toEqual([
      { type: "deleted", prefix: "10.49.62.132", nextHops: ["192.168.1.10"] },
      { type: "set", prefix: "10.49.62.131", nextHops: ["192.168.1.10", "192.168.1.11"] },
      { type: "set", prefix: "fd00:10:49::1", nextHops: ["fd00:192:168:1::10"] },
    ]);
  });

  it("carry their time with microseconds", () => {
    const [first] = parseRouteEvents(output);
    expect(first?.atMs).toBeCloseTo(Date.UTC(2026, 10, 21, 11, 43, 50) + 693.462, 3);
  });

  it("leave out the monitor's own markers", () => {
    expect(parseRouteEvents(output).some(({ text }) => text.includes("198.51.100"))).toBe(false);
  });
});
