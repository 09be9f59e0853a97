import { expect, it } from "vitest";
import { describePasswords, passwords } from "../lab/passwords.ts";
import { unseenBy } from "../lab/tor-session.ts";

describePasswords(`pwk${process.pid}`, "kubernetes", "bird", (current, tor, other) => {
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

  it("P3: without the right to its Secret a session is not brought up, and says so, until the right is there", async () => {
    const { controlPlane } = current().rack;
    const inNamespace = ["-n", "bellman"] as const;
    await current().guard(tor(), passwords.first);
    await unseenBy(other(), async () => {
      const peer = await current().endSession(tor());
      await controlPlane?.kubectl("delete", "rolebinding", "bellman-passwords", ...inNamespace);
      await current().rack.apply([peer]);
      const field = "spec.password.secretKeyRef.name";
      await current().tells(tor(), field, "Secret bellman/bgp-passwords cannot be read: ");
      await current().tells(tor(), field, "the session is not brought up");
      expect(await current().passwordAtSpeaker(tor())).toBeNull();
      expect((await tor().sessions()).n1.established).toBe(false);
      const binding = ["--role", "bellman-passwords", "--user", "bellman"];
      await controlPlane?.kubectl("create", "rolebinding", "bellman-passwords", ...inNamespace, ...binding);
      await current().guardedBy(tor(), passwords.first, 50_000);
    });
  }, 120_000);
});
