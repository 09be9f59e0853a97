import { describe, expect, test } from "vitest";
import { ManualClock } from "../../time/manual-clock.ts";
import { markedPart } from "./config-part.ts";
import { awaitHandOver } from "./hand-over.ts";

const head = ["router bgp 64512", " neighbor BELLMAN peer-group"];
const all = [
  ...head,
  " neighbor 192.0.2.1 remote-as 65001",
  " neighbor 192.0.2.1 description Bellman tor1",
  " address-family ipv4 unicast",
  "  network 203.0.113.1/32 route-map BELLMAN-ROUTE-1",
  "  network 203.0.113.2/32 route-map BELLMAN-ROUTE-1",
  " exit-address-family",
  "exit",
];
const file = `hostname a\n${markedPart(all.join("\n"))}`;
const text = (lines: readonly string[]) => lines.join("\n");

/** A bgpd that was started `ageMs` ago. @param shown what it runs after so many ms */
function waiting(shown: (ms: number) => string, { ageMs = 0, config = file } = {}) {
  const clock = new ManualClock(100_000);
  const stop = new AbortController();
  let endedAtMs: number | null = null;
  const vty = {
    show: () => Promise.resolve(shown(clock.monotonic() - 100_000)),
    configure: () => Promise.reject(new Error("nothing is to be changed")),
    close: () => undefined,
  };
  const waited = awaitHandOver({
    vty,
    clock,
    file: config,
    startedAtMs: clock.now() - ageMs,
    signal: stop.signal,
  }).then(() => {
    endedAtMs = clock.monotonic() - 100_000;
  });
  /** null: it still waits. */
  return async (ms: number) => {
    await clock.advance(ms);
    if (endedAtMs !== null) await waited;
    return endedAtMs;
  };
}

describe("a bgpd that answers before it has its file", () => {
  test.each([
    ["has read all of it by itself", () => text(all), {}],
    ["is older than any hand-over", () => "", { ageMs: 61_000 }],
    ["has nothing of ours to wait for", () => "", { config: "hostname a\n" }],
    ["was handed nothing within 5 s of its start, and will not be", () => "", { ageMs: 5_000 }],
    ["runs what this file is not about", () => "router bgp 65000", {}],
  ])("is not waited for when it %s", async (_, shown, options) => {
    expect(await waiting(shown, options)(0)).toBe(0);
  });

  test("is waited for until it has all of it, however long that takes while more comes", async () => {
    const lines = [1_000, 1_900, 2_800, 3_700, 4_600, 5_500, 6_400, 7_300, 8_200];
    const at = waiting((ms) => text(all.slice(0, lines.filter((each) => each <= ms).length)));
    expect(await at(6_300)).toBeNull();
    expect(await at(2_000)).toBe(6_400);
  });

  test("is waited for no longer when nobody hands it anything", async () => {
    expect(await waiting(() => "", { ageMs: 2_000 })(10_000)).toBe(3_000);
  });

  test("is waited for no longer when nothing more comes", async () => {
    const at = waiting((ms) => text(all.slice(0, ms < 500 ? 0 : 6)), { ageMs: 2_000 });
    expect(await at(10_000)).toBe(1_500);
  });

  test("is known by what it saved itself, without the marks", async () => {
    const saved = waiting((ms) => (ms < 700 ? "" : text(all)), { config: text(all) });
    expect(await saved(10_000)).toBe(700);
    const foreign = text(["router bgp 64512", " neighbor 192.0.2.9 remote-as 65009"]);
    expect(await waiting(() => "", { config: foreign })(0)).toBe(0);
  });
});
