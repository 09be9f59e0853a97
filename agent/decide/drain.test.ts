import { describe, expect, it, test } from "vitest";
import { parseTaint } from "../config/settings-lists.ts";
import type { Node } from "../model/node.ts";
import { node } from "./decide.fixture.ts";
import { drainCauseText, nextDrain, nodeDrainCauses } from "./drain.ts";
import type { Drain, DrainEvent } from "./drain.ts";

const taint = (key: string, value = "", effect = "NoSchedule") => ({ key, value, effect });

describe("N6: what drains a node", () => {
  test.each<readonly [string, Partial<Node>, readonly string[]]>([
    ["nothing", {}, []],
    ["the annotation", { drainRequested: true }, ['annotation bellman.bgp/drain is "true"']],
    ["its deletion", { deleting: true }, ["the Node object is being deleted"]],
    [
      "the autoscaler's taint",
      { taints: [taint("ToBeDeletedByClusterAutoscaler", "1700000000")] },
      ['taint "ToBeDeletedByClusterAutoscaler=1700000000:NoSchedule"'],
    ],
    ["a listed taint", { taints: [taint("maintenance")] }, ['taint "maintenance:NoSchedule"']],
    ["a listed taint with another value", { taints: [taint("pool", "spot")] }, []],
    ["a taint that is not listed", { taints: [taint("node.kubernetes.io/unschedulable")] }, []],
    [
      "all of them at once",
      { drainRequested: true, deleting: true, taints: [taint("maintenance"), taint("pool", "old", "")] },
      [
        "the Node object is being deleted",
        'annotation bellman.bgp/drain is "true"',
        'taint "maintenance:NoSchedule"',
        'taint "pool=old"',
      ],
    ],
  ])("%s", (_title, given, causes) => {
    const listed = ["maintenance", "pool=old"].flatMap((text) => parseTaint(text) ?? []);
    expect(nodeDrainCauses(node(given), listed).map(drainCauseText)).toEqual(causes);
  });
});

describe("R9: the phases of a drain", () => {
  const off: Drain = { t: "off" };
  const marking: Drain = { t: "marking" };
  const withdrawn: Drain = { t: "withdrawn" };
  const marked: Drain = { t: "marked", sinceMs: 700 };
  const begun: DrainEvent = { t: "causes", any: true };
  const undone: DrainEvent = { t: "causes", any: false };
  const opened = (held: "none" | "leaving" | "some", first = true): DrainEvent => ({
    t: "opened",
    held,
    first,
  });
  const applied = (held: "none" | "leaving" | "some"): DrainEvent => ({ t: "applied", held, nowMs: 700 });
  const waited: DrainEvent = { t: "waited" };
  const lost: DrainEvent = { t: "lost" };

  test.each<readonly [string, Drain, DrainEvent, Drain]>([
    ["a cause begins it", off, begun, marking],
    ["a further cause changes nothing", marking, begun, marking],
    ["not even the wait", marked, begun, marked],
    ["nor its end", withdrawn, begun, withdrawn],
    ["without a cause it is over: nothing was marked", off, undone, off],
    ["before the marks are applied", marking, undone, off],
    ["while it waits", marked, undone, off],
    ["after the withdrawal", withdrawn, undone, off],
    ["the wait begins when the speaker holds the marks", marking, applied("some"), marked],
    ["a route that is missing does not hold it up", marking, applied("leaving"), marked],
    ["and without a route there is nothing to wait for", marking, applied("none"), withdrawn],
    [
      "a later apply does not begin the wait anew",
      { t: "marked", sinceMs: 1 },
      applied("some"),
      { t: "marked", sinceMs: 1 },
    ],
    ["an apply means nothing to a node that is not drained", off, applied("some"), off],
    ["nor after the withdrawal", withdrawn, applied("some"), withdrawn],
    ["when the wait is over, the routes go", marked, waited, withdrawn],
    ["a wait that was given up means nothing", marking, waited, marking],
    ["also when the drain was undone meanwhile", off, waited, off],
    ["a lost speaker: the wait begins anew later", marked, lost, marking],
    ["a lost speaker while marking", marking, lost, marking],
    ["a lost speaker after the withdrawal", withdrawn, lost, withdrawn],
    ["a lost speaker of a node that is not drained", off, lost, off],
    ["a speaker that holds routes: they are marked first", marking, opened("some"), marking],
    ["a speaker without our routes never gets them back", marking, opened("none"), withdrawn],
    ["not in the middle of the agent's life either", marking, opened("none", false), withdrawn],
    ["a withdrawal that the last run had begun is ended", marking, opened("leaving"), withdrawn],
    ["what this run has marked is marked on", marking, opened("leaving", false), marking],
    ["what was withdrawn stays so, whatever a speaker holds", withdrawn, opened("some"), withdrawn],
    ["a node that is not drained does not care", off, opened("none"), off],
  ])("%s", (_title, from, event, to) => {
    expect(nextDrain(from, event)).toEqual(to);
  });

  it("is the same object where nothing changes", () => {
    expect(nextDrain(marked, begun)).toBe(marked);
  });
});
