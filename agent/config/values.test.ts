import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { endpointText, isUnicast, parseEndpoint } from "./values.ts";
import { parseAddress } from "../model/address.ts";

describe("peerIP", () => {
  test.each([
    ["192.0.2.1", "192.0.2.1:179"],
    ["192.0.2.1:1179", "192.0.2.1:1179"],
    ["2001:db8::1", "[2001:db8::1]:179"],
    ["2001:DB8:0::1", "[2001:db8::1]:179"],
    ["[2001:db8::1]:65535", "[2001:db8::1]:65535"],
  ])("%s means %s", (text, endpoint) => {
    const parsed = parseEndpoint(text);
    expect(parsed === null ? null : endpointText(parsed)).toBe(endpoint);
  });

  test.each([
    "",
    "tor1",
    "192.0.2.256",
    "192.0.2.1:",
    "192.0.2.1:0",
    "192.0.2.1:65536",
    "192.0.2.1:0179",
    "192.0.2.1:179 ",
    "192.0.2.1/32",
    "[192.0.2.1]:179",
    "[2001:db8::1]",
    "2001:db8::g:179",
    "fe80::1%eth0",
    "[]:179",
    ":179",
    "::ffff:192.0.2.1",
  ])("%j is refused", (text) => {
    expect(parseEndpoint(text)).toBeNull();
  });

  test("what is shown of an endpoint means the same endpoint", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.integer({ min: 1, max: 65_535 }), (ip, port) => {
        const address = parseAddress(ip);
        fc.pre(address !== null);
        expect(parseEndpoint(endpointText({ address, port }))).toEqual({ address, port });
      }),
    );
  });

  test.each(["0.0.0.0", "::", "224.0.0.5", "ff02::5", "255.255.255.255"])(
    "%s is nobody's address",
    (text) => {
      expect(parseAddress(text)).not.toBeNull();
      expect(isUnicast(parseAddress(text) ?? fail())).toBe(false);
    },
  );
});

function fail(): never {
  throw new Error("not an address");
}
