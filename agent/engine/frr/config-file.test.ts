import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { until } from "../../../test/support/until.ts";
import { ManualClock } from "../../time/manual-clock.ts";
import { ConfigFile } from "./config-file.ts";
import { markedPart } from "./config-part.ts";

let directory = "";
let path = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bellman-frr-conf-"));
  path = join(directory, "frr.conf");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const fileOf = () => new ConfigFile({ path, clock: new ManualClock() });

test("only FRR and its group may read what is written, whoever could before", async () => {
  writeFileSync(path, "hostname a\n");
  chmodSync(path, 0o644);
  const file = fileOf();
  file.changed(() => "router bgp 1");
  await file.flush();
  expect(readFileSync(path, "utf8")).toBe(`hostname a\n${markedPart("router bgp 1")}`);
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(readdirSync(directory)).toEqual(["frr.conf"]);
  expect(file.problems).toEqual([]);
});

test("what changes alone is written at once, what follows within a moment is written together, as it is then", async () => {
  const clock = new ManualClock(1_000);
  const file = new ConfigFile({ path, clock });
  const asked: number[] = [];
  const change = (number: number) =>
    file.changed(() => {
      asked.push(number);
      return `router bgp ${number}`;
    });
  const holds = (number: number) => () =>
    existsSync(path) && readFileSync(path, "utf8") === markedPart(`router bgp ${number}`);
  change(1);
  expect(existsSync(path)).toBe(false);
  await clock.advance(0);
  await until("the first one is written", holds(1));
  for (const number of [2, 3, 4]) change(number);
  await clock.advance(249);
  expect(asked).toEqual([1]);
  await clock.advance(1);
  await until("the last one is written", holds(4));
  expect(asked).toEqual([1, 4]);
  await clock.advance(1_000);
  change(5);
  await clock.advance(0);
  await until("the next one is written", holds(5));
});

test("what others wrote stays byte for byte, in whatever encoding", async () => {
  const others = Buffer.from("! Z\xfcrich\nhostname a\n", "latin1");
  writeFileSync(path, others);
  const file = fileOf();
  file.changed(() => "neighbor 192.0.2.1 password pässwort");
  await file.flush();
  const ours = Buffer.from(markedPart("neighbor 192.0.2.1 password pässwort"));
  expect(readFileSync(path)).toEqual(Buffer.concat([others, ours]));
});

test("a link among the drafts is not followed", async () => {
  const precious = join(directory, "precious");
  writeFileSync(precious, "hostname b\n", { mode: 0o600 });
  symlinkSync(precious, join(directory, ".frr.conf.bellman-1"));
  const file = new ConfigFile({ path, clock: new ManualClock(Date.now() + 3_600_000) });
  file.changed(() => "router bgp 1");
  await file.flush();
  expect(file.problems).toEqual([]);
  expect(readFileSync(precious, "utf8")).toBe("hostname b\n");
  expect(readdirSync(directory)).toEqual(["frr.conf", "precious"]);
  expect(readFileSync(path, "utf8")).toBe(markedPart("router bgp 1"));
});

test("a file that is a link stays one", async () => {
  const real = join(directory, "real.conf");
  writeFileSync(real, "");
  symlinkSync(real, path);
  const file = fileOf();
  file.changed(() => "router bgp 1");
  await file.flush();
  expect(readFileSync(real, "utf8")).toBe(markedPart("router bgp 1"));
});

test("a file that cannot be written is a problem, and tried again ever more rarely, until it can", async () => {
  mkdirSync(path);
  const clock = new ManualClock();
  const file = new ConfigFile({ path, clock, random: () => 0.5 });
  let tries = 0;
  file.changed(() => {
    tries++;
    return "router bgp 1";
  });
  for (const [waitMs, tried] of [
    [0, 1],
    [499, 1],
    [1, 2],
    [999, 2],
    [1, 3],
  ] as const) {
    await clock.advance(waitMs);
    await until("the next try is due", () => clock.pending === 1);
    expect(tries).toBe(tried);
  }
  expect(file.problems).toMatchObject([{ object: "Setting/frr-config", severity: "error" }]);
  expect(file.problems[0]?.message).toMatch(/frr\.conf cannot be written: EISDIR.*; trying again$/);
  rmSync(path, { recursive: true });
  await clock.advance(2_000);
  await until("it is told no more", () => file.problems.length === 0);
  expect(readFileSync(path, "utf8")).toBe(markedPart("router bgp 1"));
  expect(clock.pending).toBe(0);
});

test("what cannot be written is left when nobody knows any more what it should be", async () => {
  mkdirSync(path);
  const clock = new ManualClock();
  const file = new ConfigFile({ path, clock });
  file.changed(() => "router bgp 1");
  await file.flush();
  expect(clock.pending).toBe(1);
  expect(file.rest()).toMatch(/frr\.conf cannot be written: EISDIR/);
  expect(clock.pending).toBe(0);
  expect([file.problems, file.rest()]).toEqual([[], null]);
});

test("what somebody else writes shows, what we write does not", async () => {
  const file = fileOf();
  file.changed(() => "router bgp 1");
  expect(await file.isAltered()).toBe(false);
  await file.flush();
  expect(await file.isAltered()).toBe(false);
  writeFileSync(path, "hostname a\n");
  expect(await file.isAltered()).toBe(true);
  file.changed(() => "router bgp 1");
  await file.flush();
  expect(readFileSync(path, "utf8")).toBe(`hostname a\n${markedPart("router bgp 1")}`);
  expect(await file.isAltered()).toBe(false);
});

test("a draft that a killed agent left is removed, that of one at work is not", async () => {
  const [old, fresh] = ["1", "2"].map((name) => join(directory, `.frr.conf.bellman-${name}`));
  for (const draft of [old, fresh]) writeFileSync(draft ?? "", "");
  utimesSync(old ?? "", 0, 0);
  const file = new ConfigFile({ path, clock: new ManualClock(Date.now()) });
  file.changed(() => "router bgp 1");
  await file.flush();
  expect(readdirSync(directory)).toEqual([".frr.conf.bellman-2", "frr.conf"]);
});

test("a part that has lost its end is a problem, and the file is left alone", async () => {
  const [begin = ""] = markedPart("").split("\n");
  writeFileSync(path, `${begin}\nhostname a\n`);
  const file = fileOf();
  file.changed(() => "router bgp 1");
  await file.flush();
  expect(file.problems[0]?.message).toMatch(/is left alone/);
  expect(readFileSync(path, "utf8")).toBe(`${begin}\nhostname a\n`);
});
