import { expect, test } from "vitest";
import { portOf } from "./surroundings.ts";
import { refusedLines } from "./vtysh.ts";

test("what vtysh says of lines is told by line, with bgpd's own words", () => {
  const lines = ["router bgp 1", "network 10.0.0.300/32", "no network 10.0.0.1/32"];
  const stderr = `line 2: % Unknown command[28]: network 10.0.0.300/32
line 3: Failure to communicate[13] to bgpd, line: no network 10.0.0.1/32
`;
  expect(refusedLines(lines, "% Can't find static route specified\n", stderr)).toEqual([
    { index: 1, line: lines[1], says: "Unknown command[28]: network 10.0.0.300/32" },
    { index: 2, line: lines[2], says: "Can't find static route specified" },
  ]);
});

test.each([
  [["/usr/lib/frr/bgpd", "-d", "-A", "127.0.0.1"], 179],
  [["bgpd", "-p", "1179"], 1179],
  [["bgpd", "-p1179"], 1179],
  [["bgpd", "--bgp_port=0"], 0],
  [["bgpd", "--bgp_port", "1179", ""], 1179],
  [["node", "-p", "1179"], null],
  [[], null],
])("the command line %j listens on port %j", (command, port) => {
  expect(portOf(command)).toBe(port);
});
