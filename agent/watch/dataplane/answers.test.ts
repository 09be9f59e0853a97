import fc from "fast-check";
import { expect, test } from "vitest";
import { objectKey } from "../../model/service.ts";
import { readHealth, readsServing } from "./answers.ts";

const synced = "2026-11-21T14:25:00.123456789Z";
const syncedMs = Date.UTC(2026, 10, 21, 14, 25, 0, 123);
const top = { lastUpdated: "2026-11-21T14:30:00Z", currentTime: "2026-11-21T14:30:00Z", nodeEligible: true };

test.each([
  [
    "kube-proxy of both families",
    {
      ...top,
      healthy: true,
      status: { IPv4: { lastUpdated: synced, healthy: true }, IPv6: { lastUpdated: synced } },
    },
    { ipv4: { t: "at", ms: syncedMs }, ipv6: { t: "at", ms: syncedMs } },
  ],
  [
    "kube-proxy of one family",
    { ...top, healthy: false, status: { IPv4: { lastUpdated: "2026-11-21T15:25:00.1+01:00" } } },
    { ipv4: { t: "at", ms: syncedMs - 23 }, ipv6: { t: "untold" } },
  ],
  [
    "kube-proxy that has not synced yet",
    { ...top, healthy: true },
    { ipv4: { t: "starting" }, ipv6: { t: "starting" } },
  ],
  ["kube-proxy before Kubernetes 1.33", top, { ipv4: { t: "untold" }, ipv6: { t: "untold" } }],
  [
    "a replacement of kube-proxy",
    { lastUpdated: synced, currentTime: synced },
    { ipv4: { t: "untold" }, ipv6: { t: "untold" } },
  ],
  ["a time that is none", { ...top, status: { IPv4: { lastUpdated: "soon" } } }, null],
  ["a status that is none", { ...top, status: "ok" }, null],
  ["another program's health", { status: "ok" }, null],
  ["a list", [top], null],
  ["nothing", null, null],
])("the health of %s", (_, health, answers) => {
  expect(readHealth(JSON.stringify(health))).toEqual(answers);
});

test("what is no JSON is no health", () => {
  for (const body of ["", "ok", "<html>", '{"lastUpdated": "2026']) expect(readHealth(body)).toBeNull();
});

const web = objectKey("default", "web");
const serving = {
  service: { namespace: "default", name: "web" },
  localEndpoints: 2,
  serviceProxyHealthy: true,
};

test.each([
  ["serves", 200, serving, true],
  ["has no endpoint here", 200, { ...serving, localEndpoints: 0 }, false],
  ["has endpoints, and a proxy that is late", 503, serving, false],
  ["is another service", 200, { ...serving, service: { namespace: "default", name: "api" } }, false],
  ["says not how many endpoints", 200, { ...serving, localEndpoints: "2" }, false],
  ["says not what it is", 200, { localEndpoints: 2 }, false],
])("a health check node port that %s", (_, status, answer, serves) => {
  expect(readsServing(status, JSON.stringify(answer), web)).toBe(serves);
});

test("whatever comes is read without a throw, and never taken for service", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), fc.jsonValue(), (text, value) => {
      readHealth(text);
      readHealth(JSON.stringify({ lastUpdated: "x", status: { IPv4: value, IPv6: { lastUpdated: value } } }));
      expect(readsServing(200, text, web)).toBe(false);
      expect(readsServing(200, JSON.stringify({ service: value, localEndpoints: value }), web)).toBe(false);
    }),
  );
});
