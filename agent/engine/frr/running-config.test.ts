import { expect, test } from "vitest";
import { parseRunningConfig } from "./running-config.ts";

test("a router bgp ends at its own exit, not at that of a section inside", () => {
  const { router } = parseRunningConfig(`router bgp 64512
 no bgp network import-check
 !
 segment-routing srv6
  locator loc1
 exit
 !
 address-family ipv4 unicast
  network 10.77.0.0/16
 exit-address-family
exit
!
route-map BELLMAN-IN deny 1
exit
`);
  expect(router?.families.ipv4).toEqual(["network 10.77.0.0/16"]);
});

test.each([
  ["router bgp 64512", 64_512],
  ["router bgp 1.10", 65_546],
  ["router bgp 1.10 as-notation dot", 65_546],
  ["router bgp 0.64512 as-notation dot+", 64_512],
  ["router bgp 64512 vrf red", null],
  ["router bgp 64512 view red", null],
])("%s", (head, asn) => {
  expect(parseRunningConfig(`${head}\n bgp router-id 192.0.2.1\nexit\n`).router?.asn ?? null).toBe(asn);
});
