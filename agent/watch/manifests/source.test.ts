import { appendFile, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { until } from "../../../test/support/until.ts";
import { silentLog } from "../../model/log.ts";
import { systemClock } from "../../time/clock.ts";
import { Cluster } from "../cluster.ts";
import type { Change } from "../cluster.ts";
import { manifestsSource } from "./source.ts";

const quiet = {
  event: () => undefined,
  relist: () => undefined,
  contact: () => undefined,
  failure: () => undefined,
};

let directory = "";
let changes: Change[] = [];
let cluster: Cluster;
let abort: AbortController;
let running: Promise<void>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "bellman-manifests-"));
  changes = [];
  cluster = new Cluster((change) => changes.push(change));
  abort = new AbortController();
  running = Promise.resolve();
});

afterEach(async () => {
  abort.abort();
  await running;
  await rm(directory, { recursive: true, force: true });
});

const put = (name: string, text: string) => writeFile(join(directory, name), text);
const service = (name: string, address: string) =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec: {externalIPs: [${address}]}\n`;
const addressOf = (name: string) => cluster.services.get(`default/${name}`)?.externalIPs[0];
const reported = () => [...cluster.problems()].map(({ object, message }) => `${object}: ${message}`);

async function start(pollMs = 60_000): Promise<void> {
  const source = manifestsSource({ directory, clock: systemClock, log: silentLog, pollMs });
  running = source.run(cluster, quiet, abort.signal);
  await until("all kinds are synced", () => cluster.unsynced.size === 0);
}

test("a directory is read at start, and all kinds are synced then", async () => {
  await put("a.yaml", service("web", "192.0.2.1"));
  await start();
  expect(addressOf("web")).toBe("192.0.2.1");
  expect(changes).toEqual([{ t: "all" }]);
});

test("an edit changes the object it concerns, and no other", async () => {
  await put("a.yaml", service("web", "192.0.2.1"));
  await put("b.yaml", service("db", "192.0.2.2"));
  await start();
  await put("a.yaml", service("web", "192.0.2.3"));
  await until("the edit is seen", () => addressOf("web") === "192.0.2.3");
  expect(changes.slice(1)).toEqual([{ t: "service", key: "default/web", triggeredAtMs: null }]);
});

test("a file that comes by rename, grows and goes again is followed", async () => {
  await start();
  await put(".new", service("web", "192.0.2.1"));
  await rename(join(directory, ".new"), join(directory, "a.yaml"));
  await until("it came", () => addressOf("web") === "192.0.2.1");
  await appendFile(join(directory, "a.yaml"), `---\n${service("db", "192.0.2.2")}`);
  await until("it grew", () => addressOf("db") === "192.0.2.2");
  await rm(join(directory, "a.yaml"));
  await until("it went", () => cluster.services.size === 0);
});

test("a file that breaks keeps its last good objects and is reported; other files go on", async () => {
  await put("a.yaml", service("web", "192.0.2.1"));
  await start();
  await put("a.yaml", "apiVersion: v1\nkind: [\n");
  await until("the break is reported", () =>
    reported().some((line) => line.startsWith("File/a.yaml: does not parse at ")),
  );
  await put("b.yaml", service("db", "192.0.2.2"));
  await until("the other file is read", () => addressOf("db") === "192.0.2.2");
  expect(addressOf("web")).toBe("192.0.2.1");
  await put("a.yaml", service("web", "192.0.2.4"));
  await until("the mended file is read", () => addressOf("web") === "192.0.2.4");
  expect(reported()).toEqual([]);
});

test("an object moves from one file to another without being gone in between", async () => {
  await put("a.yaml", service("web", "192.0.2.1"));
  await put("b.yaml", service("web", "192.0.2.2"));
  await start();
  expect(addressOf("web")).toBe("192.0.2.1");
  expect(reported()).toHaveLength(1);
  await rm(join(directory, "a.yaml"));
  await until("the other file counts", () => addressOf("web") === "192.0.2.2");
  expect(changes.filter(({ t }) => t === "service")).toHaveLength(1);
});

test("P3: a password that changes in a file is another one, though nothing shows it", async () => {
  const secret = (text: string) =>
    `apiVersion: v1\nkind: Secret\nmetadata: {name: bgp}\nstringData: {tor1: ${text}}\n`;
  const read = () => {
    const state = cluster.secrets.get("default/bgp")?.state;
    const entry = state?.t === "present" ? state.entries.get("tor1") : undefined;
    return entry?.t === "text" ? entry.text.reveal() : null;
  };
  await put("a.yaml", secret("first"));
  await start();
  expect(read()).toBe("first");
  await put(".new", `# the same\n${secret("first")}`);
  await rename(join(directory, ".new"), join(directory, "a.yaml"));
  await put("b.yaml", service("web", "192.0.2.1"));
  await until("the edits are read", () => addressOf("web") === "192.0.2.1");
  expect(changes.slice(1)).toEqual([{ t: "service", key: "default/web", triggeredAtMs: null }]);
  await put("a.yaml", secret("second"));
  await until("the new one is there", () => read() === "second");
  expect(changes.at(-1)).toEqual({ t: "config" });
});

test("a file emptied for good loses its objects", async () => {
  await put("a.yaml", service("web", "192.0.2.1"));
  await start();
  await put("a.yaml", "");
  await until("the objects are gone", () => cluster.services.size === 0);
});

test("a directory that goes keeps counting, and is followed again when it is back", async () => {
  await put("a.yaml", service("web", "192.0.2.1"));
  await start(30);
  await rename(directory, `${directory}.away`);
  await until("it is missed", () => reported().some((line) => line.includes("counts on")));
  expect(addressOf("web")).toBe("192.0.2.1");
  await writeFile(join(`${directory}.away`, "a.yaml"), service("web", "192.0.2.2"));
  await rename(`${directory}.away`, directory);
  await until("it is back", () => addressOf("web") === "192.0.2.2");
  expect(reported()).toEqual([]);
  await put("a.yaml", service("web", "192.0.2.3"));
  await until("it is followed", () => addressOf("web") === "192.0.2.3");
});

test("without its directory the source does not start, and says which", async () => {
  const missing = join(directory, "missing");
  const source = manifestsSource({ directory: missing, clock: systemClock, log: silentLog });
  await expect(source.run(cluster, quiet, abort.signal)).rejects.toMatchObject({
    code: "unreadable",
    message: expect.stringContaining("missing") as string,
  });
});
