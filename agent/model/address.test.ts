import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { addressBytes, addressFromBytes, compareAddresses, familyOf, parseAddress } from "./address.ts";

describe("parseAddress", () => {
  test.each([
    ["10.49.0.1", "10.49.0.1"],
    ["2001:DB8:0:0::1", "2001:db8::1"],
    ["::", "::"],
  ])("reads %j as %j", (text, canonical) => {
    expect(parseAddress(text)).toBe(canonical);
  });
  test.each([
    "",
    "10.49.0",
    "10.49.0.01",
    "10.49.0.256",
    "10.49.0.1 ",
    "10.49.0.1/32",
    "fe80::1%eth0",
    "::ffff:10.0.0.1",
    "::g",
  ])("refuses %j", (text) => {
    expect(parseAddress(text)).toBeNull();
  });
  it("gives back the bytes of any address", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
    );
    fc.assert(
      fc.property(bytes, (given) => {
        const address = addressFromBytes(given);
        if (address === null) throw new Error("no address");
        expect([...addressBytes(address)]).toEqual([...given]);
        expect(familyOf(address)).toBe(given.length === 4 ? "ipv4" : "ipv6");
        const mapped =
          given.length === 16 && given.subarray(0, 10).every((byte) => byte === 0) && given[10] === 255;
        if (!mapped) expect(parseAddress(address)).toBe(address);
      }),
    );
  });
});

it("sorts IPv4 before IPv6, and numerically", () => {
  const texts = ["10.0.0.10", "10.0.0.9", "::1", "9.255.255.255"];
  const sorted = texts.flatMap((text) => parseAddress(text) ?? []).sort(compareAddresses);
  expect(sorted).toEqual(["9.255.255.255", "10.0.0.9", "10.0.0.10", "::1"]);
});
