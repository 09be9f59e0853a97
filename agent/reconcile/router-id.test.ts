import * as fc from "fast-check";
import { expect, it } from "vitest";
import { addressBytes } from "../model/address.ts";
import { routerIdFromName } from "./router-id.ts";

it("P8: a name gives the same router ID each time, other names others", () => {
  const names = Array.from({ length: 1000 }, (_, index) => `node-${index}.rack.example`);
  const ids = names.map(routerIdFromName);
  expect(new Set(ids).size).toBe(names.length);
  expect(names.map(routerIdFromName)).toEqual(ids);
});

it("P8: any name gives an identifier that speakers take for an IPv4 address", () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      const bytes = addressBytes(routerIdFromName(name));
      expect(bytes).toHaveLength(4);
      expect(bytes[0]).toBeGreaterThan(0);
      expect(bytes[0]).toBeLessThan(224);
    }),
  );
});
