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
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
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

test("what changes within a moment is written once, as it is then", async () => {
  const clock = new ManualClock();
  const file = new ConfigFile({ path, clock });
  let asked = 0;
  for (const number of [1, 2, 3])
    file.changed(() => {
      asked++;
      return `router bgp ${number}`;
    });
  expect(existsSync(path)).toBe(false);
  await clock.advance(1_000);
  await file.flush();
  expect(readFileSync(path, "utf8")).toBe(markedPart("router bgp 3"));
  expect(asked).toBe(1);
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

test("a link in place of the draft is not followed", async () => {
  const precious = join(directory, "precious");
  writeFileSync(precious, "hostname b\n", { mode: 0o600 });
  symlinkSync(precious, join(directory, ".frr.conf.bellman"));
  const file = fileOf();
  file.changed(() => "router bgp 1");
  await file.flush();
  expect(file.problems).toEqual([]);
  expect(readFileSync(precious, "utf8")).toBe("hostname b\n");
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

test("a file that cannot be written is a problem until it can", async () => {
  mkdirSync(path);
  const file = fileOf();
  file.changed(() => "router bgp 1");
  await file.flush();
  expect(file.problems).toMatchObject([{ object: "Setting/frr-config", severity: "error" }]);
  expect(file.problems[0]?.message).toMatch(/frr\.conf cannot be written: EISDIR/);
  rmSync(path, { recursive: true });
  file.changed(() => "router bgp 1");
  await file.flush();
  expect(file.problems).toEqual([]);
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
