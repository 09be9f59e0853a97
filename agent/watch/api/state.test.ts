import { describe, expect, test } from "vitest";
import { WatchError } from "../errors.ts";
import type { WatchErrorCode } from "../errors.ts";
import { firstState, nextState } from "./state.ts";
import type { Outcome, ReflectorState, Watching } from "./state.ts";

const listing: ReflectorState = { t: "listing", reason: "expired", paged: true, believesAbsence: false };
const watching: Watching = { t: "watching", version: "7", fresh: false, refusals: 0 };

function failed(
  code: WatchErrorCode,
  { status = null, retryAfterMs = null, progressed = false, version = "9" }: FailureOptions = {},
): Outcome {
  return { t: "failed", error: new WatchError(code, "no", { status, retryAfterMs }), version, progressed };
}
interface FailureOptions {
  status?: number | null;
  retryAfterMs?: number | null;
  progressed?: boolean;
  version?: string | null;
}

describe("while listing", () => {
  test("a complete list is watched from its version", () => {
    expect(nextState(firstState, { t: "listed", version: "7" })).toEqual({ ...watching, fresh: true });
  });

  test.each([
    "unreachable",
    "unauthorized",
    "forbidden",
    "rejected",
    "idle",
    "malformed",
    "unreadable",
  ] as const)("after %s the list is made again after a pause", (code) => {
    const pace = { t: code === "unreachable" ? "reconnect" : "backoff" };
    expect(nextState(listing, failed(code, { version: null }))).toEqual({
      t: "waiting",
      pace,
      then: listing,
    });
  });

  test("a snapshot that expires between two pages makes the next list come in one piece", () => {
    const whole = { ...listing, paged: false };
    expect(nextState(listing, failed("expired"))).toEqual(whole);
    expect(nextState(whole, failed("expired"))).toEqual({
      t: "waiting",
      pace: { t: "backoff" },
      then: listing,
    });
  });

  test("a kind that is absent at start is absent at once", () => {
    expect(nextState(firstState, { t: "missing" })).toEqual({ t: "absent" });
  });

  test("a kind that was served before is absent only when a second look says so", () => {
    const again: ReflectorState = { ...listing, reason: "absent", believesAbsence: true };
    expect(nextState(listing, { t: "missing" })).toEqual({
      t: "waiting",
      pace: { t: "confirm" },
      then: again,
    });
    expect(nextState(again, { t: "missing" })).toEqual({ t: "absent" });
  });

  test("an absent kind is looked for again", () => {
    expect(nextState({ t: "absent" }, { t: "waited" })).toMatchObject({ t: "listing", reason: "absent" });
  });
});

describe("while watching", () => {
  test("a watch that ends in good order goes on at once from where it was", () => {
    const fresh = { ...watching, fresh: true };
    const next = nextState(fresh, { t: "ended", version: "9", sound: true });
    expect(next).toEqual({ ...watching, version: "9" });
  });

  test("a watch that ends at once goes on after a pause", () => {
    const next = nextState(watching, { t: "ended", version: "7", sound: false });
    expect(next).toEqual({ t: "waiting", pace: { t: "backoff" }, then: watching });
  });

  test.each(["unreachable", "unauthorized", "forbidden", "idle", "unreadable"] as const)(
    "after %s the watch goes on from where it was, without a list",
    (code) => {
      const pace = { t: code === "unreachable" ? "reconnect" : "backoff" };
      const then = { ...watching, version: "9" };
      expect(nextState(watching, failed(code))).toEqual({ t: "waiting", pace, then });
    },
  );

  test("what the server asks to wait is waited", () => {
    const next = nextState(watching, failed("rejected", { status: 429, retryAfterMs: 5000 }));
    expect(next).toMatchObject({ t: "waiting", pace: { t: "told", ms: 5000 }, then: { t: "watching" } });
  });

  test("a version that is too old is listed again at once", () => {
    expect(nextState(watching, failed("expired"))).toEqual(listing);
  });

  test("a version that is too old straight after its list is listed again after a pause", () => {
    const fresh = { ...watching, fresh: true };
    expect(nextState(fresh, failed("expired"))).toEqual({
      t: "waiting",
      pace: { t: "backoff" },
      then: listing,
    });
    expect(nextState(fresh, failed("expired", { progressed: true }))).toEqual(listing);
  });

  test("what makes no sense is listed again after a pause", () => {
    const next = nextState(watching, failed("malformed"));
    expect(next).toMatchObject({ t: "waiting", then: { t: "listing", reason: "decode" } });
  });

  test.each([400, 404, 422])("a watch refused with %d is listed again", (status) => {
    const next = nextState(watching, failed("rejected", { status }));
    expect(next).toMatchObject({ t: "waiting", then: { t: "listing", reason: "error" } });
  });

  test("a server in trouble is asked again for the watch, and after three refusals for a list", () => {
    let state: ReflectorState = watching;
    const seen: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      state = nextState(state, failed("rejected", { status: 500 }));
      if (state.t === "waiting") state = state.then;
      seen.push(state.t);
    }
    expect(seen).toEqual(["watching", "watching", "listing"]);
  });

  test("an event in between makes the refusals count anew", () => {
    const tired = { ...watching, refusals: 2 };
    const next = nextState(tired, failed("rejected", { status: 500, progressed: true }));
    expect(next).toMatchObject({ then: { t: "watching", refusals: 1 } });
  });

  test("a kind that vanishes is listed, to see whether that is so", () => {
    expect(nextState(watching, { t: "missing" })).toEqual({ ...listing, reason: "absent" });
  });
});

test("a pause leads to what it was for", () => {
  expect(nextState({ t: "waiting", pace: { t: "backoff" }, then: watching }, { t: "waited" })).toBe(watching);
});
