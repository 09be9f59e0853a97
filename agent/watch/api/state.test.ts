import { describe, expect, test } from "vitest";
import { WatchError } from "../errors.ts";
import type { WatchErrorCode } from "../errors.ts";
import { firstState, nextState } from "./state.ts";
import type { Listing, Outcome, ReflectorState, Streaming, Watching } from "./state.ts";

const streaming: Streaming = { t: "streaming", reason: "expired", believesAbsence: false, broken: false };
const listing: Listing = {
  t: "listing",
  reason: "expired",
  paged: true,
  believesAbsence: false,
  streams: false,
};
const watching: Watching = { t: "watching", streams: false, version: "7", fresh: false, refusals: 0 };
const streamed: Watching = { ...watching, streams: true };

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
    expect(nextState(listing, { t: "listed", version: "7" })).toEqual({ ...watching, fresh: true });
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
    const away = code === "unreachable";
    expect(nextState(listing, failed(code, { version: null }))).toEqual({
      t: "waiting",
      pace: { t: away ? "reconnect" : "backoff" },
      // A server that was away may be another one, which can stream.
      then: { ...listing, streams: away },
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

  test("absence is not believed at the first look after the start either: routes may stand from before", () => {
    expect(nextState(firstState, { t: "missing" })).toMatchObject({ t: "waiting", pace: { t: "confirm" } });
  });

  test.each([listing, streaming])(
    "a kind that was served before is absent only when a second look says so ($t)",
    (state) => {
      const then = { ...state, reason: "absent", believesAbsence: true } as const;
      expect(nextState(state, { t: "missing" })).toEqual({ t: "waiting", pace: { t: "confirm" }, then });
      expect(nextState(then, { t: "missing" })).toEqual({ t: "absent" });
    },
  );

  test("an absent kind is looked for again", () => {
    expect(nextState({ t: "absent" }, { t: "waited" })).toMatchObject({ t: "streaming", reason: "absent" });
  });
});

describe("while streaming", () => {
  const broken = (code: WatchErrorCode, options: FailureOptions = {}) =>
    nextState(streaming, failed(code, { version: null, ...options }));
  const byPages = { ...listing, streams: true };

  test("an API that cannot stream is asked for pages at once, and from then on", () => {
    expect(nextState(streaming, { t: "unsupported" })).toEqual(listing);
    expect(nextState(listing, { t: "listed", version: "7" })).toMatchObject({ streams: false });
    expect(nextState(watching, failed("expired"))).toEqual(listing);
  });

  test("a server that was away is asked again whether it streams", () => {
    expect(nextState(watching, failed("unreachable"))).toMatchObject({ then: { streams: true } });
    expect(nextState(streamed, failed("expired"))).toEqual(streaming);
  });

  test.each(["unauthorized", "forbidden", "unreadable"] as const)("after %s it starts over", (code) => {
    expect(broken(code)).toEqual({ t: "waiting", pace: { t: "backoff" }, then: streaming });
  });

  test("a break half way starts it over, and a second one the pages", () => {
    const once = broken("unreachable", { progressed: true });
    const then = { ...streaming, broken: true };
    expect(once).toEqual({ t: "waiting", pace: { t: "reconnect" }, then });
    const twice = nextState(then, failed("unreachable", { version: null, progressed: true }));
    expect(twice).toMatchObject({ t: "waiting", then: byPages });
  });

  test("a server that is not there is waited for with the stream", () => {
    expect(broken("unreachable")).toEqual({ t: "waiting", pace: { t: "reconnect" }, then: streaming });
  });

  test.each(["expired", "malformed", "rejected"] as const)("after %s it is pages that are tried", (code) => {
    expect(broken(code)).toEqual({ t: "waiting", pace: { t: "backoff" }, then: byPages });
  });

  test("what the server asks to wait is waited, and the stream asked for again", () => {
    const told = broken("rejected", { status: 429, retryAfterMs: 5000 });
    expect(told).toEqual({ t: "waiting", pace: { t: "told", ms: 5000 }, then: streaming });
  });

  test("a stream that never says that these were all is taken for none", () => {
    expect(broken("idle")).toEqual({ t: "waiting", pace: { t: "backoff" }, then: listing });
  });

  test("with all objects there, it goes on as a watch does", () => {
    expect(nextState(streaming, failed("idle"))).toMatchObject({
      t: "waiting",
      then: { t: "watching", streams: true, version: "9", fresh: true },
    });
    const ended = { t: "ended", version: "9", sound: true, preferred: true } as const;
    expect(nextState(streaming, ended)).toEqual({ ...streamed, version: "9" });
  });
});

describe("while watching", () => {
  test("a watch that ends in good order goes on at once from where it was", () => {
    const fresh = { ...watching, fresh: true };
    const next = nextState(fresh, { t: "ended", version: "9", sound: true, preferred: true });
    expect(next).toEqual({ ...watching, version: "9" });
  });

  test("a watch that ends at once goes on after a pause", () => {
    const next = nextState(watching, { t: "ended", version: "7", sound: false, preferred: true });
    expect(next).toEqual({ t: "waiting", pace: { t: "backoff" }, then: watching });
  });

  test("a watch at a place that is not the preferred one leads to a look at that", () => {
    const ended = { t: "ended", version: "9", sound: true, preferred: false } as const;
    expect(nextState(streamed, ended)).toEqual({ ...streaming, reason: "absent" });
  });

  test.each(["unreachable", "unauthorized", "forbidden", "idle", "unreadable"] as const)(
    "after %s the watch goes on from where it was, without a list",
    (code) => {
      const pace = { t: code === "unreachable" ? "reconnect" : "backoff" };
      const then = { ...streamed, version: "9" };
      expect(nextState(streamed, failed(code))).toEqual({ t: "waiting", pace, then });
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
