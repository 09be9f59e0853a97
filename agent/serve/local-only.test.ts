import { describe, expect, test } from "vitest";
import { refuseWrite } from "./local-only.ts";
import type { Caller } from "./local-only.ts";

const json = { host: "127.0.0.1:9179", "content-type": "application/json" };

function refusal(headers: Caller["headers"] = {}, more: Partial<Caller> = {}): string | null {
  const refused = refuseWrite({
    method: "POST",
    remoteAddress: "127.0.0.1",
    headers: { ...json, ...headers },
    ...more,
  });
  return refused === null ? null : `${refused.status} ${refused.error}`;
}

describe("a change over HTTP is taken", () => {
  test.each<readonly [string, Caller["headers"], Partial<Caller>]>([
    ["from 127.0.0.1", {}, {}],
    ["from another loopback address", {}, { remoteAddress: "127.9.0.1" }],
    ["from ::1", { host: "[::1]:9179" }, { remoteAddress: "::1" }],
    ["over a socket for both families", {}, { remoteAddress: "::ffff:127.0.0.1" }],
    ["by the name localhost", { host: "localhost" }, {}],
    ["with a character set", { "content-type": "application/json; charset=utf-8" }, {}],
    ["as undici's fetch asks", { "sec-fetch-mode": "cors", accept: "*/*", "user-agent": "node" }, {}],
    ["as a DELETE without a content", { "content-type": undefined }, { method: "DELETE" }],
  ])("%s", (_title, headers, more) => {
    expect(refusal(headers, more)).toBeNull();
  });
});

describe("a change over HTTP is refused", () => {
  test.each<readonly [string, Caller["headers"], Partial<Caller>, string]>([
    ["from the network", {}, { remoteAddress: "192.168.1.1" }, "403 taken from this machine only"],
    ["from the node's own other address", {}, { remoteAddress: "::ffff:192.168.1.10" }, "403 taken from"],
    ["from a name that looks like one", {}, { remoteAddress: "127.0.0.1.evil" }, "403 taken from"],
    ["from a connection that is gone", {}, { remoteAddress: undefined }, "403 taken from"],
    ["through a proxy", { "x-forwarded-for": "127.0.0.1" }, {}, "403 not taken through a proxy"],
    ["through another proxy", { forwarded: "for=10.0.0.1" }, {}, "403 not taken through a proxy"],
    [
      "by a name pointed at us (DNS rebinding)",
      { host: "evil.example:9179" },
      {},
      "403 asked by another name",
    ],
    ["by a name that begins like ours", { host: "localhost.evil.example" }, {}, "403 asked by another name"],
    ["by 127.0.0.1 in a name", { host: "127.0.0.1.nip.io:9179" }, {}, "403 asked by another name"],
    ["without a name", { host: undefined }, {}, "403 asked by another name"],
    ["from a page of another site", { origin: "https://evil.example" }, {}, "403 not taken from a page"],
    ["from a page of no site", { origin: "null" }, {}, "403 not taken from a page"],
    ["from a page of our own name", { "sec-fetch-site": "same-origin" }, {}, "403 not taken from a page"],
    ["as a form", { "content-type": "application/x-www-form-urlencoded" }, {}, "415"],
    ["as plain text", { "content-type": "text/plain" }, {}, "415"],
    ["as a beacon without a type", { "content-type": undefined }, {}, "415"],
    ["as JSON of another kind", { "content-type": "application/jsonp" }, {}, "415"],
    [
      "as a DELETE from a page",
      { origin: "http://localhost" },
      { method: "DELETE" },
      "403 not taken from a page",
    ],
  ])("%s", (_title, headers, more, says) => {
    expect(refusal(headers, more)).toContain(says);
  });
});
