// Communities that bgpd obeys itself, even in its own routes, instead of sending them (RFC 1997). They are put on when
// the route is sent; until then a mark stands for them.

/** Community → number of the mark. */
export const heeded: ReadonlyMap<string, number> = new Map([
  ["65535:65281", 65281], // NO_EXPORT
  ["65535:65282", 65282], // NO_ADVERTISE
  ["65535:65283", 65283], // NO_EXPORT_SUBCONFED
]);
