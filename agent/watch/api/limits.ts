// How long and how much the API may keep us waiting or reading.

export interface Limits {
  /** Until TCP is connected. Default 3 s: a first SYN that is lost is sent again after one. */
  readonly connectTimeoutMs: number;
  /** Until an answer begins, and between two parts of a list. Default 65 s: the API server gives up after 60. */
  readonly responseTimeoutMs: number;
  /** Until a stream has told of all objects. Default 60 s; then pages are asked for instead. */
  readonly streamTimeoutMs: number;
  /** Nothing received on a watch. Default 3 min: bookmarks come about every minute. */
  readonly idleTimeoutMs: number;
  /**
   * How long a watch lasts where another place is preferred, before that is looked at again: up to twice as long.
   * Default 30 s.
   */
  readonly unpreferredWatchMs: number;
  /** A watch that ends sooner without having told anything counts as a failure. Default 1 s. */
  readonly shortWatchMs: number;
  /** One line of a watch. Default 16 MiB: etcd takes objects of 1.5 MiB. */
  readonly maxLineBytes: number;
  /** One page of a list. Default 128 MiB. */
  readonly maxPageBytes: number;
  /** Objects in a page. Default 500, as client-go asks for. */
  readonly pageSize: number;
}

export const defaultLimits: Limits = {
  connectTimeoutMs: 3_000,
  responseTimeoutMs: 65_000,
  streamTimeoutMs: 60_000,
  idleTimeoutMs: 180_000,
  unpreferredWatchMs: 30_000,
  shortWatchMs: 1_000,
  maxLineBytes: 16 * 2 ** 20,
  maxPageBytes: 128 * 2 ** 20,
  pageSize: 500,
};
