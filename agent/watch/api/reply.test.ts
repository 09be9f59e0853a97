import { expect, test } from "vitest";
import { eventError, parseRetryAfter, replyError } from "./reply.ts";

const statusObject = (reason: string, message: string) =>
  JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", reason, message });

const reply = (status: number, text: string, retryAfter?: string) =>
  replyError({ status, retryAfter, text }, 0);

test.each([
  [401, "Unauthorized", "unauthorized", "check the token"],
  [403, "Forbidden", "forbidden", "grant get, list and watch"],
  [410, "Expired", "expired", "410 Expired"],
  [429, "TooManyRequests", "rejected", "429 TooManyRequests"],
  [500, "InternalError", "rejected", "500 InternalError"],
])("HTTP %d %s is %s, and says what to do", (status, reason, code, part) => {
  const error = reply(status, statusObject(reason, "because"));
  expect(error).toMatchObject({ code, status });
  expect(error.message).toContain(part);
  expect(error.message).toContain('"because"');
});

test("what a proxy on the way says is shown in one harmless line", () => {
  const { message } = reply(502, "<html>\n\u001b[31mBad Gateway</html>");
  expect(message).toMatch(/^the API server answered 502 /);
  expect(message).not.toMatch(/\p{Cc}/u);
});

test("a list's continue token that is too old counts as expired by its reason", () => {
  expect(reply(400, statusObject("Expired", "the provided continue parameter is too old")).code).toBe(
    "expired",
  );
});

test.each([
  ["3", 3000],
  ["0", 0],
  ["99999", 60_000],
  ["Thu, 01 Jan 1970 00:00:10 GMT", 10_000],
  ["soon", null],
  [undefined, null],
])("Retry-After %s means %s ms", (header, ms) => {
  expect(parseRetryAfter(header, 0)).toBe(ms);
});

test("an ERROR event means what its Status says", () => {
  const gone = { kind: "Status", code: 410, reason: "Expired", message: "too old resource version" };
  expect(eventError(gone)).toMatchObject({ code: "expired", status: 410 });
  expect(eventError({ ...gone, code: 500, reason: "InternalError" })).toMatchObject({ code: "rejected" });
  for (const object of [null, {}, { kind: "Status" }, { kind: "Pod", code: 410 }])
    expect(eventError(object)).toMatchObject({ code: "malformed" });
});
