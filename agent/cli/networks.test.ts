import { expect, test } from "vitest";
import { networksOf } from "./networks.ts";

test("the networks of all interfaces, without host bits; what is no CIDR is left out", () => {
  const interfaces = {
    lo: [{ cidr: "127.0.0.1/8" }, { cidr: "::1/128" }],
    eth0: [{ cidr: "192.168.1.10/24" }, { cidr: "2001:db8:1::10/64" }, { cidr: null }],
    gone: undefined,
  };
  expect(networksOf(interfaces)).toEqual(["127.0.0.0/8", "::1/128", "192.168.1.0/24", "2001:db8:1::/64"]);
});
