// The drain in words, for people.
import { durationText } from "../model/duration.ts";
import type { DrainJson } from "../serve/drain.ts";

/** One line for `bellman status`. */
export function drainText(drain: DrainJson): string {
  const { phase, causes } = drain;
  if (phase === "off" && causes.length === 0) return "no";
  const why = causes.map(({ says }) => says).join("; ");
  return `${phaseText(drain)}${why === "" ? "" : `: ${why}`}`;
}

/** How far it is, as a line of progress without the node's name. */
export function phaseText({ phase, causes, routes, secondsLeft, settled, speaker }: DrainJson): string {
  const count = routes === null ? "routes" : `${routes} route${routes === 1 ? "" : "s"}`;
  const away = routes === null ? ` (the speaker is out of reach: ${speaker})` : "";
  switch (phase) {
    case "off":
      if (causes.length > 0) return `to be drained${away}`;
      return settled ? `not drained, ${count} announced` : `not drained any more, announcing again${away}`;
    case "marking":
      return `marking ${count}${away}`;
    case "marked":
      return `${count} marked, to be withdrawn in ${durationText(Math.ceil(secondsLeft ?? 0) * 1000)}`;
    case "withdrawn":
      return settled ? "drained, no route left" : `withdrawing, ${count} left${away}`;
  }
}
