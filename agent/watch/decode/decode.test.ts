// Whatever an object holds: a decoder throws nothing but a DecodeError, and lets no unparsed address through.
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseAddress } from "../../model/address.ts";
import { parsePrefix } from "../../model/prefix.ts";
import { kindNames } from "../kinds.ts";
import { decode, modelKey } from "./decode.ts";
import { DecodeError } from "./fields.ts";
import { wire } from "./hostile.fixture.ts";

test.each(kindNames)("any JSON at all becomes a sound %s, or a DecodeError", (kind) => {
  fc.assert(
    fc.property(wire, (value) => {
      let object;
      try {
        object = decode(kind, value);
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
        expect(String(error)).not.toMatch(/\p{Cc}|\u202e/u);
        return;
      }
      expect(modelKey(object)).toMatch(/^[a-z0-9./-]+$/);
      for (const problem of "problems" in object ? object.problems : [])
        expect(Object.values(problem).join("")).not.toMatch(/\p{Cc}|\u202e/u);
      for (const address of addressesIn(object)) expect(parseAddress(address)).toBe(address);
      for (const prefix of "podCIDRs" in object ? object.podCIDRs : [])
        expect(parsePrefix(prefix)).toEqual({ prefix, hadHostBits: false });
    }),
    { numRuns: 500 },
  );
});

function addressesIn(object: ReturnType<typeof decode>): readonly string[] {
  if ("clusterIPs" in object) {
    const ingress = object.ingress.flatMap(({ ip }) => ip ?? []);
    return [...object.clusterIPs, ...object.externalIPs, ...ingress];
  }
  return "internalIPs" in object ? [...object.internalIPs, ...object.addresses] : [];
}
