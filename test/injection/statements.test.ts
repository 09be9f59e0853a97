// The readers see a statement that came in by a text: else the tests with hostile objects would show nothing.
import { expect, test } from "vitest";
import { birdStatements } from "./bird-statements.ts";
import { frrStatements } from "./frr-statements.ts";

const bird = (name: string) => `protocol bgp bellman_1 { description "${name}"; hold time 9; }`;
const frr = (password: string) =>
  `router bgp 64512\n neighbor 192.0.2.1 remote-as 65001\n neighbor 192.0.2.1 password ${password}\nexit\n`;

test("BIRD's are read with the blocks around them, without comments, texts and values", () => {
  expect(birdStatements(`# a; b\n/* c; */ ${bird("x; # }")} # d`)).toEqual([
    "protocol bgp NAME",
    "protocol bgp NAME > description TEXT",
    "protocol bgp NAME > hold time N",
  ]);
});

test.each(['x"; disabled; #', 'x"; } protocol bgp evil { description "', 'x" #\n; disabled; #', 'x"'])(
  "in BIRD, %j makes others",
  (name) => {
    expect([...birdStatements(bird(name))].sort()).not.toEqual([...birdStatements(bird("x"))].sort());
  },
);

test("FRR's are read with the block around them, without comments, texts and values", () => {
  expect(frrStatements(`! x\n${frr('!"#')}`)).toEqual([
    "router bgp N",
    "router bgp N > neighbor ADDRESS remote-as N",
    "router bgp N > neighbor ADDRESS password TEXT",
    "exit",
  ]);
});

test.each(["x shutdown", "x\nexit", "x\n neighbor 192.0.2.66 remote-as 66", "x\tshutdown", "x\rshutdown"])(
  "in FRR, %j makes others",
  (password) => {
    expect([...frrStatements(frr(password))].sort()).not.toEqual([...frrStatements(frr("x"))].sort());
  },
);
