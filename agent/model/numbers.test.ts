import { describe, expect, it, test } from "vitest";
import { parseAsn } from "./asn.ts";
import { parseCommunity, parseLargeCommunity, uniqueCommunities } from "./community.ts";
import { quote } from "./problem.ts";

describe("parseAsn", () => {
  test.each([
    [64512, 64512],
    ["64512", 64512],
    ["1.10", 65546],
    [4200000000, 4200000000],
    ["0.64512", 64512],
  ])("reads %j as %j", (value, asn) => {
    expect(parseAsn(value)).toBe(asn);
  });
  test.each([
    0,
    23456,
    4294967295,
    4294967296,
    -1,
    1.5,
    "",
    "64512 ",
    "1.65536",
    "0x10",
    "1e3",
    null,
    true,
    [64512],
  ])("refuses %j", (value) => {
    expect(parseAsn(value)).toBeNull();
  });
});

describe("communities", () => {
  test.each([
    ["64512:100", "64512:100"],
    ["0:0", "0:0"],
    ["64512:0100", "64512:100"],
  ])("reads %j as %j", (text, community) => {
    expect(parseCommunity(text)).toBe(community);
  });
  test.each(["", "64512", "65536:1", "1:2:3", "1:", "a:b", "-1:1"])(
    "refuses %j as a standard one",
    (text) => {
      expect(parseCommunity(text)).toBeNull();
    },
  );
  it("takes 32 bits per part in large ones", () => {
    expect(parseLargeCommunity("4294967295:0:1")).toBe("4294967295:0:1");
    expect(parseLargeCommunity("4294967296:0:1")).toBeNull();
  });
  it("are sorted by number, each once", () => {
    const communities = ["100:2", "99:1", "100:10", "100:2"].flatMap((text) => parseCommunity(text) ?? []);
    expect(uniqueCommunities(communities)).toEqual(["99:1", "100:2", "100:10"]);
  });
});

describe("quote", () => {
  it("keeps foreign text in one line, short, and without what a terminal obeys", () => {
    expect(quote("a\n\u001b[31mb\u009b\u202e")).toBe('"a\\n\\u001b[31mb\\u009b\\u202e"');
    expect(quote("x".repeat(200))).toHaveLength(82);
    expect(quote({ a: 1 })).toBe('"{\\"a\\":1}"');
    expect(quote(undefined)).toBe('"undefined"');
  });
});
