import { describe, expect, it } from "vitest";
import { asPrinted, parseRoutes } from "./kernel-routes.ts";

describe("the ToR's kernel routes", () => {
  it("come with all next hops of a multipath route", () => {
    const routes = parseRoutes([
      {
        dst: "10.49.0.0/16",
        protocol: "bgp",
        nexthops: [{ gateway: "192.168.1.11" }, { gateway: "192.168.1.10" }],
      },
    ]);
    expect(routes.get("10.49.0.0/16")).toEqual(["192.168.1.10", "192.168.1.11"]);
  });

  it("come with the only next hop, of either family", () => {
    const routes = parseRoutes([
      { dst: "10.49.62.131", protocol: "bird", gateway: "192.168.1.10" },
      { dst: "10.49.62.132", protocol: "bgp", via: { family: "inet6", host: "fd00:192:168:1::10" } },
    ]);
    expect([...routes.values()]).toEqual([["192.168.1.10"], ["fd00:192:168:1::10"]]);
  });

  it("are those that came by BGP", () => {
    expect(parseRoutes([{ dst: "192.168.1.0/24", protocol: "kernel", dev: "rack" }]).size).toBe(0);
  });

  it("are found by a prefix with its length, though a host route is printed without", () => {
    expect(asPrinted("10.49.62.131/32")).toBe("10.49.62.131");
    expect(asPrinted("fd00::1/128")).toBe("fd00::1");
    expect(asPrinted("10.32.0.0/16")).toBe("10.32.0.0/16");
    expect(asPrinted("fd00::/32")).toBe("fd00::/32");
  });
});
