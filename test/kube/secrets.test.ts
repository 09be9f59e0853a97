// P3: password Secrets of a real API server, with the right to get and watch one name, and nothing besides.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { silentLog } from "../../agent/model/log.ts";
import { systemClock } from "../../agent/time/clock.ts";
import { Credentials } from "../../agent/watch/api/credentials.ts";
import { defaultLimits } from "../../agent/watch/api/limits.ts";
import { watchSecrets } from "../../agent/watch/api/secrets.ts";
import { WantedSecrets } from "../../agent/watch/wanted-secrets.ts";
import { startControlPlane } from "../support/control-plane.ts";
import type { ControlPlane } from "../support/control-plane.ts";
import { until } from "../support/until.ts";
import { WatchRecorder } from "../support/watch-recorder.ts";

const dir = mkdtempSync(join(tmpdir(), "bellman-secrets-"));
const namespace = "bellman";
let plane: ControlPlane;
let kubeconfig: string;
let picture: WatchRecorder;
let wanted: WantedSecrets;
let abort: AbortController;
let running: Promise<void>;

beforeAll(async () => {
  plane = await startControlPlane({ dir });
  kubeconfig = await plane.kubeconfigFor("bellman");
  await plane.kubectl("create", "namespace", namespace);
  await allow("bgp");
  return () => plane.stop();
});
afterAll(() => rmSync(dir, { recursive: true }));

beforeEach(() => {
  picture = new WatchRecorder();
  wanted = new WantedSecrets(namespace);
  abort = new AbortController();
  const access = {
    credentials: new Credentials(kubeconfig, { env: {} }),
    clock: systemClock,
    random: Math.random,
    log: silentLog,
    limits: defaultLimits,
    userAgent: "bellman",
  };
  running = watchSecrets(wanted, access, picture, picture, abort.signal);
});
afterEach(async () => {
  abort.abort();
  await running;
  await plane.kubectl("delete", "secrets", "--all", "-n", namespace);
});

/** Lets the agent's user get and watch this Secret. */
async function allow(name: string): Promise<void> {
  const rules = ["--verb=get,watch", "--resource=secrets", `--resource-name=${name}`];
  await plane.kubectl("create", "role", name, "-n", namespace, ...rules);
  await plane.kubectl("create", "rolebinding", name, "-n", namespace, `--role=${name}`, "--user=bellman");
}

async function put(name: string, entries: Readonly<Record<string, string>>): Promise<void> {
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, stringData: entries };
  await plane.kubectlWith(JSON.stringify(secret), "apply", "-f", "-");
}

/** `key=text …`, or what is known of the Secret otherwise. */
function seen(name: string): string {
  const state = picture.cluster.secrets.get(`${namespace}/${name}`)?.state;
  if (state?.t !== "present") return state?.t ?? "unknown";
  return [...state.entries]
    .map(([key, entry]) => `${key}=${entry.t === "text" ? entry.text.reveal() : entry.t}`)
    .join(" ");
}
const becomes = (name: string, what: string) =>
  until(`Secret ${name} is seen as ${what}`, () => seen(name) === what, { timeoutMs: 20_000 });

test("P3: a Secret is followed from not being there to its rotation and its end, by rights on its name alone", async () => {
  wanted.want(new Set(["bgp"]));
  await becomes("bgp", "absent");
  await put("bgp", { tor1: "first" });
  await becomes("bgp", "tor1=first");
  await put("bgp", { tor1: "second" });
  await becomes("bgp", "tor1=second");
  await plane.kubectl("delete", "secret", "bgp", "-n", namespace);
  await becomes("bgp", "absent");
  await put("bgp", { other: "third" });
  await becomes("bgp", "other=third");
  expect(picture.failures).toEqual([]);
});

test("P3: one that is there from before is seen, others in the namespace are not", async () => {
  await put("bgp", { tor1: "first" });
  await put("foreign", { tor1: "of no concern" });
  wanted.want(new Set(["bgp"]));
  await becomes("bgp", "tor1=first");
  expect([...picture.cluster.secrets.keys()]).toEqual([`${namespace}/bgp`]);
});

test("P3: without the right to it a Secret is withheld, and seen once the right is there", async () => {
  await put("late", { tor1: "first" });
  wanted.want(new Set(["bgp", "late"]));
  await becomes("late", "withheld");
  await becomes("bgp", "absent");
  expect(String(picture.failures[0])).toMatch(
    /cannot watch Secret\/bellman\/late: .*403.*; grant get and watch on it/,
  );
  await allow("late");
  await until("it is seen", () => seen("late") === "tor1=first", { timeoutMs: 45_000 });
});

test("a name that is wanted no more is forgotten, and seen anew when it is wanted again", async () => {
  await put("bgp", { tor1: "first" });
  wanted.want(new Set(["bgp"]));
  await becomes("bgp", "tor1=first");
  wanted.want(new Set());
  await becomes("bgp", "unknown");
  await put("bgp", { tor1: "second" });
  wanted.want(new Set(["bgp"]));
  await becomes("bgp", "tor1=second");
});

test("what changes while the API server is away is seen when it is back", async () => {
  await put("bgp", { tor1: "first" });
  wanted.want(new Set(["bgp"]));
  await becomes("bgp", "tor1=first");
  await plane.killApiServer();
  await until("the loss is noticed", () => picture.failures.length > 0, { timeoutMs: 20_000 });
  expect(seen("bgp")).toBe("tor1=first");
  await plane.startApiServer();
  await plane.kubectl("delete", "secret", "bgp", "-n", namespace);
  await becomes("bgp", "absent");
});
