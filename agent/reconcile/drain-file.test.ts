// The file of a drain on a real file system, whole and broken.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { ManualClock } from "../time/manual-clock.ts";
import { silentLog } from "../model/log.ts";
import { DrainFile } from "./drain-file.ts";
import { DrainRequests } from "./drain-request.ts";
import { Drainer } from "./drainer.ts";

const since = "2026-11-21T14:34:00.000Z";
let directory: string;
let file: DrainFile;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bellman-state-"));
  file = new DrainFile(join(directory, "state"), "n1");
});
afterEach(() => {
  chmodSync(directory, 0o700);
  rmSync(directory, { recursive: true });
});

/** What an agent makes of the file at its start. */
async function restored(from = file) {
  const clock = new ManualClock();
  const drainer = new Drainer({ clock, waitMs: 0, changed: () => undefined, log: silentLog });
  const requests = new DrainRequests({ drainer, file: from, clock, log: silentLog });
  await requests.restore();
  return { requests, asked: drainer.requests.length > 0, since: requests.since, problem: requests.problem };
}

describe("R9: the file of a drain", () => {
  it("is made with its directory, readable by its owner only, and read again", async () => {
    await file.write(since);
    expect(statSync(file.path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(directory, "state"))).toEqual(["drain-n1.json"]);
    expect(await restored()).toMatchObject({ asked: true, since, problem: null });
    await file.remove();
    expect(await restored()).toMatchObject({ asked: false, since: null, problem: null });
    await file.remove();
  });

  it("is the node's own: another node of that directory is not drained", async () => {
    await file.write(since);
    expect(await restored(new DrainFile(join(directory, "state"), "n2"))).toMatchObject({ asked: false });
  });

  it("does not write through what lies where it writes first", async () => {
    mkdirSync(join(directory, "state"));
    const victim = join(directory, "victim");
    writeFileSync(victim, "kept");
    symlinkSync(victim, `${file.path}.new`);
    await file.write(since);
    expect([readFileSync(victim, "utf8"), statSync(file.path).isFile()]).toEqual(["kept", true]);
  });

  test.each([
    ["nothing in it", ""],
    ["half a file", '{"drain": {"since": "20'],
    ["no object", "7"],
    ["another object", '{"drain": true}'],
    ["no time", '{"drain": {"since": "yesterday"}}'],
    ["no text", Buffer.from([0xff, 0xfe, 0x00])],
  ])("with %s drains the node all the same, says so, and can be undone", async (_title, content) => {
    mkdirSync(join(directory, "state"));
    writeFileSync(file.path, content);
    const { requests, ...found } = await restored();
    expect(found).toMatchObject({ asked: true, since: null, problem: { severity: "warning" } });
    await requests.undo();
    expect([requests.problem, existsSync(file.path)]).toEqual([null, false]);
  });

  it("in a place that is no directory: no drain, and a problem", async () => {
    writeFileSync(join(directory, "state"), "");
    const { requests, ...found } = await restored();
    expect(found).toMatchObject({
      asked: false,
      problem: {
        object: `File/${file.path}`,
        severity: "error",
        message: expect.stringContaining("ENOTDIR") as string,
      },
    });
    await requests.ask();
    expect(requests.problem).toMatchObject({
      severity: "warning",
      message: expect.stringContaining("will not survive a restart of the agent; see --state-dir") as string,
    });
  });

  it("carries out requests one after the other: the last one holds", async () => {
    const { requests } = await restored();
    await Promise.all([requests.ask(), requests.undo(), requests.ask(), requests.undo()]);
    expect(await restored()).toMatchObject({ asked: false });
    await Promise.all([requests.ask(), requests.undo(), requests.ask()]);
    expect(await restored()).toMatchObject({ asked: true });
  });
});
