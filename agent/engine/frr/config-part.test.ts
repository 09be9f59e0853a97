import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { foreignRouterIn, markedPart, withPart } from "./config-part.ts";

const part = "router bgp 64512\n bgp router-id 192.0.2.1\nexit";
const marked = markedPart(part);

describe("our part of frr.conf", () => {
  test.each([
    ["an empty file", "", marked],
    [
      "a file of others",
      "hostname a\n!\nip route 10.0.0.0/8 Null0\n",
      `hostname a\n!\nip route 10.0.0.0/8 Null0\n${marked}`,
    ],
    ["one without a last line break", "hostname a", `hostname a\n${marked}`],
    [
      "one with its end marked, behind which nothing is read",
      "hostname a\n!\nend\n",
      `hostname a\n!\n${marked}end\n`,
    ],
    ["a part of before", `a\n${markedPart("old")}b\n`, `a\n${marked}b\n`],
  ])("goes into %s", (_, file, expected) => {
    expect(withPart(file, part)).toBe(expected);
  });

  test("is the same file again when it is put in again", () => {
    const line = fc.constantFrom(
      "hostname a",
      "",
      "!",
      " no shutdown",
      "interface eth0",
      "exit",
      "router ospf",
      "end",
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const file = lines.join("\n");
        const once = withPart(file, part);
        expect(once).not.toBeNull();
        expect(withPart(once ?? "", part)).toBe(once);
        // Nothing of it is lost, and nothing is changed.
        expect((once ?? "").replace(marked, "").replace(/\n$/, "")).toBe(file.replace(/\n$/, ""));
      }),
    );
  });

  test("that does not end leaves the file alone", () => {
    const [begin = ""] = marked.split("\n");
    expect(withPart(`a\n${begin}\nb\n`, part)).toBeNull();
  });

  test("takes the place of what write memory saved of it", () => {
    const saved = `frr version 8.4.4
!
router bgp 64512
 bgp router-id 192.0.2.1
 neighbor BELLMAN peer-group
 !
 address-family ipv4 unicast
  network 10.49.0.1/32 route-map BELLMAN-ROUTE-1
 exit-address-family
exit
!
route-map OTHER permit 10
exit
!
bgp large-community-list standard BELLMAN-MARK-1 seq 5 permit 4294967295:4242:1
bgp large-community-list standard OTHER seq 5 permit 1:2:3
!
route-map BELLMAN-IN deny 1
exit
!
`;
    expect(withPart(saved, part)).toBe(`frr version 8.4.4
!
!
route-map OTHER permit 10
exit
!
bgp large-community-list standard OTHER seq 5 permit 1:2:3
!
!
${marked}`);
  });

  test("leaves somebody else's router bgp, less our neighbours and networks in it", () => {
    const saved = `router bgp 64512
 bgp router-id 192.0.2.9
 neighbor 192.0.2.1 remote-as 65001
 neighbor 192.0.2.2 remote-as 65001
 neighbor 192.0.2.2 description Bellman tor1
 address-family ipv4 unicast
  network 10.0.0.0/24
  network 10.49.0.1/32 route-map BELLMAN-ROUTE-1
  neighbor 192.0.2.1 activate
  neighbor 192.0.2.2 activate
 exit-address-family
exit
`;
    expect(withPart(saved, part)).toBe(`router bgp 64512
 bgp router-id 192.0.2.9
 neighbor 192.0.2.1 remote-as 65001
 address-family ipv4 unicast
  network 10.0.0.0/24
  neighbor 192.0.2.1 activate
 exit-address-family
exit
${marked}`);
  });
});

test.each([
  ["", null],
  [`router bgp 64512\n neighbor 192.0.2.1 remote-as 65001\nexit\n${marked}`, "router bgp 64512"],
  [`router bgp 1.10 as-notation dot\nexit\n`, "router bgp 1.10 as-notation dot"],
  [`router bgp 64512 vrf red\nexit\n`, null],
  [markedPart("router bgp 64512\n bgp router-id 192.0.2.9\nexit"), null],
  // Saved with `write memory`, which leaves out the marks.
  ["router bgp 64512\n neighbor BELLMAN peer-group\nexit\n", null],
])("a router bgp of somebody else in %j: %s", (file, head) => {
  expect(foreignRouterIn(file)).toBe(head);
});
