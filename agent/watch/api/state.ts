// The life of a reflector: which state follows which, and how long to pause in between. Pure.
import type { WatchError } from "../errors.ts";
import type { RelistReason } from "../sink.ts";

/**
 * Takes the collection as a stream (WatchList, KEP-3157): a watch that tells of every object first, says when that was
 * all, and goes on with the changes. It costs the API server less than a list, and nobody ever holds the whole text.
 * The picture keeps what it had until all is told.
 */
export interface Streaming {
  readonly t: "streaming";
  readonly reason: RelistReason;
  /**
   * A kind that was served before is not believed to be absent at the first 404: emptying the picture withdraws routes.
   */
  readonly believesAbsence: boolean;
  /** The stream before this one broke off half way. */
  readonly broken: boolean;
}

/**
 * Pages through the collection, where the API has no streams or the last one failed. The picture keeps what it had
 * until the last page is in.
 */
export interface Listing {
  readonly t: "listing";
  readonly reason: RelistReason;
  /** False: all in one answer, because the API forgot its snapshot while we were paging (HTTP 410). */
  readonly paged: boolean;
  readonly believesAbsence: boolean;
  /** False: the API does not know how to stream; not asked for again until the server was out of reach. */
  readonly streams: boolean;
}

/** Has a watch open, or opens one, to be told of all changes after `version`. */
export interface Watching {
  readonly t: "watching";
  readonly streams: boolean;
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
  readonly then: Streaming | Listing | Watching;
}

/** The API does not know the kind (its CRD is not installed): the picture has none of it, and we look again soon. */
export interface Absent {
  readonly t: "absent";
}

export type ReflectorState = Streaming | Listing | Watching | Waiting | Absent;

/** - `reconnect`: nobody answers. - `backoff`: the answer was no. - `confirm`: the answer is in doubt. */
export type Pace =
  | { readonly t: "reconnect" | "backoff" | "confirm" }
  /** The server said how long. */
  | { readonly t: "told"; readonly ms: number };

/** How a state came to its end. */
export type Outcome =
  /** The list is complete; `version` is where a watch goes on from. */
  | { readonly t: "listed"; readonly version: string }
  /** The API cannot stream: it refused to, or ended the stream in good order before all was told. */
  | { readonly t: "unsupported" }
  /** The server ended the watch in good order. */
  | {
      readonly t: "ended";
      readonly version: string;
      /** It told something, or at least took its time. */
      readonly sound: boolean;
      /** False: at the place watched the kind is served too, but another is preferred, should it be served there. */
      readonly preferred: boolean;
    }
  /** `version`: how far the watch had come; null: the picture is not complete. `progressed`: a watch told something. */
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

type Failed = Extract<Outcome, { t: "failed" }>;

export const firstState: ReflectorState = {
  t: "streaming",
  reason: "start",
  believesAbsence: false,
  broken: false,
};

/** With so many refusals in a row, it may be the version that is refused. */
const maxRefusals = 3;

export function nextState(state: ReflectorState, outcome: Outcome): ReflectorState {
  switch (state.t) {
    case "streaming":
      return afterStreaming(state, outcome);
    case "listing":
      return afterListing(state, outcome);
    case "watching":
      return afterWatching(state, outcome);
    case "waiting":
      return state.then;
    case "absent":
      return { t: "streaming", reason: "absent", believesAbsence: true, broken: false };
  }
}

function afterStreaming(state: Streaming, outcome: Outcome): ReflectorState {
  switch (outcome.t) {
    case "missing":
      return afterMissing(state);
    case "unsupported":
      return byPages(state, false);
    case "listed":
      return watchingFrom(outcome.version, true);
    case "ended":
      return afterWatching(watchingFrom(outcome.version, true), outcome);
    case "failed":
      return outcome.version === null
        ? afterBrokenStream(state, outcome)
        : afterFailure(watchingFrom(outcome.version, true), outcome);
    case "waited":
      return state;
  }
}

/** Starts over: as a stream when it was not the stream that failed, else by pages, which are easier to serve. */
function afterBrokenStream(state: Streaming, { error, progressed }: Failed): Waiting {
  const wait = (then: Waiting["then"]): Waiting => ({ t: "waiting", pace: paceAfter(error), then });
  switch (error.code) {
    case "unreachable":
      return wait(progressed && state.broken ? byPages(state, true) : { ...state, broken: progressed });
    case "unauthorized":
    case "forbidden":
    case "unreadable":
      return wait(state);
    case "rejected":
      return wait(error.retryAfterMs === null ? byPages(state, true) : state);
    case "expired":
    case "malformed":
      return wait(byPages(state, true));
    case "idle":
      // Who takes the request and does not know what it means never tells of the end.
      return wait(byPages(state, false));
  }
}

function byPages({ reason, believesAbsence }: Streaming, streams: boolean): Listing {
  return { t: "listing", reason, paged: true, believesAbsence, streams };
}

function afterListing(state: Listing, outcome: Outcome): ReflectorState {
  switch (outcome.t) {
    case "listed":
      return watchingFrom(outcome.version, state.streams);
    case "missing":
      return afterMissing(state);
    case "failed": {
      const { error } = outcome;
      const streams = state.streams || error.code === "unreachable";
      const again: Listing = { ...state, paged: true, streams };
      if (error.code !== "expired") return { t: "waiting", pace: paceAfter(error), then: again };
      return state.paged ? { ...state, paged: false } : { t: "waiting", pace: { t: "backoff" }, then: again };
    }
    case "unsupported":
    case "ended":
    case "waited":
      return state;
  }
}

function afterMissing(state: Streaming | Listing): ReflectorState {
  if (state.believesAbsence) return { t: "absent" };
  const then = { ...state, reason: "absent", believesAbsence: true } as const;
  return { t: "waiting", pace: { t: "confirm" }, then };
}

function watchingFrom(version: string, streams: boolean): Watching {
  return { t: "watching", streams, version, fresh: true, refusals: 0 };
}

function afterWatching(state: Watching, outcome: Outcome): ReflectorState {
  switch (outcome.t) {
    case "ended": {
      const { version, sound, preferred } = outcome;
      const again: Watching = { ...state, version, fresh: false, refusals: 0 };
      const then = preferred ? again : relist("absent", again);
      return sound ? then : { t: "waiting", pace: { t: "backoff" }, then };
    }
    case "missing":
      return relist("absent", state);
    case "failed":
      return afterFailure(state, outcome);
    case "unsupported":
    case "listed":
    case "waited":
      return state;
  }
}

function afterFailure(state: Watching, { error, version, progressed }: Failed): ReflectorState {
  const wait = (then: Waiting["then"]): Waiting => ({ t: "waiting", pace: paceAfter(error), then });
  const fresh = state.fresh && !progressed;
  const refusals = (progressed ? 0 : state.refusals) + (error.code === "rejected" ? 1 : 0);
  // A server that was away may be another one when it is back.
  const streams = state.streams || error.code === "unreachable";
  const again: Watching = { t: "watching", streams, version: version ?? state.version, fresh, refusals };
  switch (error.code) {
    case "expired":
      // A version that is too old right after the list was made means that lists are slower than changes.
      return fresh ? wait(relist("expired", again)) : relist("expired", again);
    case "malformed":
      return wait(relist("decode", again));
    case "rejected": {
      const status = error.status ?? 500;
      const mayPass = status >= 500 || status === 429;
      return wait(mayPass && refusals < maxRefusals ? again : relist("error", again));
    }
    case "unreadable":
    case "unreachable":
    case "unauthorized":
    case "forbidden":
    case "idle":
      return wait(again);
  }
}

function relist(reason: RelistReason, { streams }: Watching): Streaming | Listing {
  const stream: Streaming = { t: "streaming", reason, believesAbsence: false, broken: false };
  return streams ? stream : byPages(stream, streams);
}

/** How to wait after a failure. */
export function paceAfter(error: WatchError): Pace {
  if (error.retryAfterMs !== null) return { t: "told", ms: error.retryAfterMs };
  return { t: error.code === "unreachable" ? "reconnect" : "backoff" };
}
