import { expect, it } from "vitest";
import { describePasswords } from "../lab/passwords.ts";

describePasswords(`pwk${process.pid}`, "kubernetes", "bird", (current) => {
  it.each([
    ["get", "secrets/bgp-passwords", "yes"],
    ["watch", "secrets/bgp-passwords", "yes"],
    ["list", "secrets/bgp-passwords", "no"],
    ["list", "secrets", "no"],
    ["get", "secrets/other", "no"],
    ["update", "secrets/bgp-passwords", "no"],
  ])(
    "P3: needs no more of Secrets than the right to get and watch one by name: %s %s: %s",
    async (verb, what, answer) => {
      const { controlPlane } = current().rack;
      const can = ["auth", "can-i", verb, what, "--as", "bellman", "-n", "bellman"];
      // kubectl ends with 1 for "no".
      const said = await controlPlane?.kubectl(...can).catch((error: unknown) => String(error));
      expect(said).toMatch(new RegExp(`(^|\\n)${answer}( |\\n|$)`));
    },
  );
});
