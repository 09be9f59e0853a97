// The life of a reflector: which state follows which, and how long to pause in between. Pure.
import type { WatchError } from "../errors.ts";
import type { RelistReason } from "../sink.ts";

/** Pages through the collection. The picture keeps what it had until the last page is in. */
export interface Listing {
  readonly t: "listing";
  readonly reason: RelistReason;
  /** False: all in one answer, because the API forgot its snapshot while we were paging (HTTP 410). */
  readonly paged: boolean;
  /**
   * A kind that was served before is not believed to be absent at the first 404: emptying the picture withdraws routes.
   */
  readonly believesAbsence: boolean;
}

/** Has a watch open, or opens one, to be told of all changes after `version`. */
export interface Watching {
  readonly t: "watching";
  readonly version: string;
  /** The version comes straight from a list and has not been watched from yet. */
  readonly fresh: boolean;
  /** Failures in a row that the API answered with, without an event in between. */
  readonly refusals: number;
}

/** Out of touch, or about to be: goes on with `then` after a pause. The picture stays as it is. */
export interface Waiting {
  readonly t: "waiting";
  readonly pace: Pace;
  readonly then: Listing | Watching;
}

/** The API does not know the kind (its CRD is not installed): the picture has none of it, and we look again soon. */
export interface Absent {
  readonly t: "absent";
}

export type ReflectorState = Listing | Watching | Waiting | Absent;

/** - `reconnect`: nobody answers. - `backoff`: the answer was no. - `confirm`: the answer is in doubt. */
export type Pace =
  | { readonly t: "reconnect" | "backoff" | "confirm" }
  /** The server said how long. */
  | { readonly t: "told"; readonly ms: number };

/** How a state came to its end. */
export type Outcome =
  /** The list is complete; `version` is where a watch goes on from. */
  | { readonly t: "listed"; readonly version: string }
  /** The server ended the watch in good order. `sound`: it told something, or at least took its time. */
  | { readonly t: "ended"; readonly version: string; readonly sound: boolean }
  /** `version`: how far the watch had come; null: no watch. `progressed`: it had told something. */
  | {
      readonly t: "failed";
      readonly error: WatchError;
      readonly version: string | null;
      readonly progressed: boolean;
    }
  /** HTTP 404 for a kind that may be absent. */
  | { readonly t: "missing" }
  /** The pause is over. */
  | { readonly t: "waited" };

export const firstState: ReflectorState = {
  t: "listing",
  reason: "start",
  paged: true,
  believesAbsence: true,
};

/** With so many refusals in a row, it may be the version that is refused. */
const maxRefusals = 3;

export function nextState(state: ReflectorState, outcome: Outcome): ReflectorState {
  switch (state.t) {
    case "listing":
      return afterListing(state, outcome);
    case "watching":
      return afterWatching(state, outcome);
    case "waiting":
      return state.then;
    case "absent":
      return { t: "listing", reason: "absent", paged: true, believesAbsence: true };
  }
}

function afterListing(state: Listing, outcome: Outcome): ReflectorState {
  switch (outcome.t) {
    case "listed":
      return { t: "watching", version: outcome.version, fresh: true, refusals: 0 };
    case "missing":
      return state.believesAbsence
        ? { t: "absent" }
        : {
            t: "waiting",
            pace: { t: "confirm" },
            then: { ...state, reason: "absent", believesAbsence: true },
          };
    case "failed": {
      if (outcome.error.code !== "expired")
        return { t: "waiting", pace: paceAfter(outcome.error), then: { ...state, paged: true } };
      return state.paged
        ? { ...state, paged: false }
        : { t: "waiting", pace: { t: "backoff" }, then: { ...state, paged: true } };
    }
    case "ended":
    case "waited":
      return state;
  }
}

function afterWatching(state: Watching, outcome: Outcome): ReflectorState {
  switch (outcome.t) {
    case "ended": {
      const then: Watching = { t: "watching", version: outcome.version, fresh: false, refusals: 0 };
      return outcome.sound ? then : { t: "waiting", pace: { t: "backoff" }, then };
    }
    case "missing":
      return relist("absent");
    case "failed":
      return afterFailure(state, outcome);
    case "listed":
    case "waited":
      return state;
  }
}

function afterFailure(
  state: Watching,
  { error, version, progressed }: Extract<Outcome, { t: "failed" }>,
): ReflectorState {
  const wait = (then: Listing | Watching): Waiting => ({ t: "waiting", pace: paceAfter(error), then });
  const fresh = state.fresh && !progressed;
  const refusals = (progressed ? 0 : state.refusals) + (error.code === "rejected" ? 1 : 0);
  const again: Watching = { t: "watching", version: version ?? state.version, fresh, refusals };
  switch (error.code) {
    case "expired":
      // A version that is too old right after the list was made means that lists are slower than changes.
      return fresh ? wait(relist("expired")) : relist("expired");
    case "malformed":
      return wait(relist("decode"));
    case "rejected": {
      const status = error.status ?? 500;
      const mayPass = status >= 500 || status === 429;
      return wait(mayPass && refusals < maxRefusals ? again : relist("error"));
    }
    case "unreadable":
    case "unreachable":
    case "unauthorized":
    case "forbidden":
    case "idle":
      return wait(again);
  }
}

function relist(reason: RelistReason): Listing {
  return { t: "listing", reason, paged: true, believesAbsence: false };
}

function paceAfter(error: WatchError): Pace {
  if (error.retryAfterMs !== null) return { t: "told", ms: error.retryAfterMs };
  return { t: error.code === "unreachable" ? "reconnect" : "backoff" };
}
