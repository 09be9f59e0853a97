import { inspect } from "node:util";
import { expect, test } from "vitest";
import { sameSecret, Secret } from "./secret.ts";

const secret = new Secret("correct horse");

test.each([
  ["a text", String(secret)],
  ["JSON", JSON.stringify({ secret })],
  ["an inspection", inspect({ secret }, { showHidden: true, depth: 5 })],
  ["its entries", JSON.stringify(Object.entries(secret))],
])("%s does not show it", (_how, text) => {
  expect(text).not.toContain("horse");
});

test("is handed out when asked for", () => {
  expect(secret.reveal()).toBe("correct horse");
});

test("equals the same text, and none equals none", () => {
  expect(sameSecret(secret, new Secret("correct horse"))).toBe(true);
  expect(sameSecret(secret, new Secret("battery"))).toBe(false);
  expect(sameSecret(secret, null)).toBe(false);
  expect(sameSecret(null, secret)).toBe(false);
  expect(sameSecret(null, null)).toBe(true);
});
