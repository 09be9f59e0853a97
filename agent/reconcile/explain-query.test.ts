import { expect, test } from "vitest";
import { parseQuery } from "./explain-query.ts";

test.each([
  ["web", { t: "service", key: "default/web" }],
  ["shop/web", { t: "service", key: "shop/web" }],
  ["10.49.0.1", { t: "address", address: "10.49.0.1", prefix: "10.49.0.1/32" }],
  ["10.49.0.1/32", { t: "address", address: "10.49.0.1", prefix: "10.49.0.1/32" }],
  ["FD10::01", { t: "address", address: "fd10::1", prefix: "fd10::1/128" }],
  ["10.49.3.0/16", { t: "prefix", prefix: "10.49.0.0/16" }],
  ["0.0.0.0/0", { t: "prefix", prefix: "0.0.0.0/0" }],
])("%j is a query", (text, query) => {
  expect(parseQuery(text)).toEqual(query);
});

test.each([
  "",
  "/",
  "a/b/c",
  "10.49.0",
  "10.49.0.0/33",
  "10.49.0.256",
  "fd10::g",
  "-web",
  "We b",
  "shop/",
  "x\n",
])("%j is none", (text) => {
  expect(parseQuery(text)).toBeNull();
});
