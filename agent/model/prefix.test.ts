import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { parseAddress } from "./address.ts";
import {
  comparePrefixes,
  container,
  hostPrefix,
  isHostPrefix,
  makePrefix,
  parsePrefix,
  prefixContainer,
} from "./prefix.ts";

function contains(prefix: string, address: string): boolean {
  const [parsed, member] = [parsePrefix(prefix), parseAddress(address)];
  if (parsed === null || member === null) throw new Error("test data");
  return container(parsed.prefix)(member);
}

describe("parsePrefix", () => {
  test.each([
    ["10.49.0.0/16", "10.49.0.0/16", false],
    ["10.49.62.131/16", "10.49.0.0/16", true],
    ["10.49.62.131/32", "10.49.62.131/32", false],
    ["0.0.0.0/0", "0.0.0.0/0", false],
    ["FD00::1/64", "fd00::/64", true],
  ])("reads %j as %j, host bits cleared: %j", (text, prefix, hadHostBits) => {
    expect(parsePrefix(text)).toEqual({ prefix, hadHostBits });
  });
  test.each([
    "",
    "10.49.0.0",
    "10.49.0.0/",
    "10.49.0.0/33",
    "10.49.0.0/-1",
    "10.49.0.0/08",
    "::/129",
    "x/8",
    "10.0.0.0/8/8",
  ])("refuses %j", (text) => {
    expect(parsePrefix(text)).toBeNull();
  });
  it("reads back what it writes", () => {
    const any = fc.uint8Array({ minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(any, fc.nat(32), (bytes, length) => {
        const prefix = makePrefix(bytes, length);
        if (prefix === null) throw new Error("no prefix");
        expect(parsePrefix(prefix)).toEqual({ prefix, hadHostBits: false });
      }),
    );
  });
});

test.each([
  ["10.49.0.0/16", "10.49.255.255", true],
  ["10.49.0.0/16", "10.50.0.0", false],
  ["10.49.0.0/20", "10.49.15.1", true],
  ["10.49.0.0/20", "10.49.16.1", false],
  ["0.0.0.0/0", "1.2.3.4", true],
  ["0.0.0.0/0", "::1", false],
  ["fd00::/108", "fd00::f:ffff", true],
  ["fd00::/108", "fd00::10:0", false],
])("%s holds %s: %j", (prefix, address, expected) => {
  expect(contains(prefix, address)).toBe(expected);
});

test.each([
  ["10.49.0.0/16", "10.49.62.131/32", true],
  ["10.49.0.0/16", "10.49.0.0/16", true],
  ["10.49.0.0/16", "10.49.0.0/15", false],
  ["10.49.0.0/16", "10.48.0.0/15", false],
  ["10.49.0.0/16", "10.50.0.0/24", false],
  ["0.0.0.0/0", "10.0.0.0/8", true],
  ["0.0.0.0/0", "fd00::/64", false],
  ["fd00::/108", "fd00::f:0/112", true],
  ["fd00::/108", "fd00::10:0/112", false],
])("%s covers %s: %j", (outer, inner, expected) => {
  const [a, b] = [parsePrefix(outer), parsePrefix(inner)];
  if (a === null || b === null) throw new Error("test data");
  expect(prefixContainer(a.prefix)(b.prefix)).toBe(expected);
});

it("tells host prefixes, and sorts by family, address and length", () => {
  const sorted = ["fd00::/64", "10.0.0.0/16", "10.0.0.0/8", "9.0.0.0/8"]
    .flatMap((text) => parsePrefix(text)?.prefix ?? [])
    .sort(comparePrefixes);
  expect(sorted).toEqual(["9.0.0.0/8", "10.0.0.0/8", "10.0.0.0/16", "fd00::/64"]);
  const address = parseAddress("fd00::1");
  if (address === null) throw new Error("test data");
  expect(hostPrefix(address)).toBe("fd00::1/128");
  expect(isHostPrefix(hostPrefix(address))).toBe(true);
});
