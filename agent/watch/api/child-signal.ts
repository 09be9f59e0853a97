// A signal of one's own that ends with another.
import { setMaxListeners } from "node:events";

/**
 * Aborts with `outer`, or by itself. Every request listens to its signal, which Node.js would take for a leak from the
 * eleventh on.
 */
export function childOf(outer: AbortSignal): AbortController {
  const child = new AbortController();
  setMaxListeners(0, child.signal);
  if (outer.aborted) child.abort(outer.reason);
  else outer.addEventListener("abort", () => child.abort(outer.reason), { once: true, signal: child.signal });
  return child;
}
