// P3: whatever an API server does wrong, a password that was known stays known, and one that changed is learnt.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { silentLog } from "../../../agent/model/log.ts";
import { Credentials } from "../../../agent/watch/api/credentials.ts";
import { defaultLimits } from "../../../agent/watch/api/limits.ts";
import type { Limits } from "../../../agent/watch/api/limits.ts";
import { watchSecrets } from "../../../agent/watch/api/secrets.ts";
import { WantedSecrets } from "../../../agent/watch/wanted-secrets.ts";
import { TcpLine } from "../../support/tcp-line.ts";
import { until } from "../../support/until.ts";
import { paths, refuse, tell } from "./fake-api.ts";
import type { Fault } from "./fake-api.ts";
import { hurriedClock, World } from "./world.ts";

const key = "bellman/bgp";
const one = `${paths.secrets}/bgp`;
let world: World;
let wanted: WantedSecrets;
let abort: AbortController;
let running: Promise<void> = Promise.resolve();

beforeEach(async () => {
  world = await new World().begin();
  wanted = new WantedSecrets("bellman");
  abort = new AbortController();
});
afterEach(async () => {
  abort.abort();
  await running;
  await world.end();
});

/** Lets the watch of one Secret begin. */
function follow(limits: Partial<Limits> = {}): void {
  const access = {
    credentials: new Credentials(world.kubeconfig, { env: {} }),
    clock: hurriedClock,
    random: Math.random,
    log: silentLog,
    limits: { ...defaultLimits, ...limits },
    userAgent: "bellman",
  };
  running = watchSecrets(wanted, access, world, world, abort.signal);
  wanted.want(new Set(["bgp"]));
}

function put(password: string): void {
  const metadata = { name: "bgp", namespace: "bellman" };
  world.api.put(paths.secrets, { metadata, data: { tor: Buffer.from(password).toString("base64") } });
}

/** The password, or what is known of the Secret otherwise. */
function seen(): string {
  const state = world.cluster.secrets.get(key)?.state;
  if (state?.t !== "present") return state?.t ?? "unknown";
  const entry = state.entries.get("tor");
  return entry?.t === "text" ? entry.text.reveal() : "no text";
}
const becomes = (what: string) => until(`it is seen as ${what}`, () => seen() === what);

/** What the Secret was taken for until now, each once. */
function history(): ReadonlySet<string> {
  const past = new Set<string>();
  world.onSet = () => past.add(seen());
  return past;
}

const half: Fault = (response) => {
  response.writeHead(200);
  response.write('{"type":"MODIFIED","object":{"metadata":{"na');
  setImmediate(() => response.destroy());
};
const gone = { kind: "Status", code: 410, reason: "Expired", message: "too old resource version" };

describe("P3: a password that is known stays in use, and the next one is learnt, after", () => {
  test.each<[string, Fault[]]>([
    ["410 Gone", [refuse(410, "Expired")]],
    ["410 in an event", [tell(`${JSON.stringify({ type: "ERROR", object: gone })}\n`)]],
    ["500 twice", [refuse(500, "InternalError"), refuse(500, "InternalError")]],
    ["401", [refuse(401, "Unauthorized")]],
    ["404 on the whole collection", [refuse(404, "NotFound")]],
    ["429 with Retry-After", [refuse(429, "TooManyRequests", { "retry-after": "1" })]],
    ["text that is not JSON", [tell("<html>\n")]],
    ["an event cut short in good order", [tell('{"type":"MODIFIED","obj')]],
    ["a connection cut in the middle of an event", [half]],
    ["watches that end at once", [tell(""), tell("")]],
    [
      "an event of another Secret",
      [tell('{"type":"DELETED","object":{"metadata":{"name":"x","namespace":"bellman"}}}\n')],
    ],
  ])("%s", async (_, faults) => {
    put("first");
    follow();
    await becomes("first");
    const past = history();
    world.api.fault("watch", paths.secrets, ...faults);
    world.api.endWatches(paths.secrets);
    await until("the faults happened", () => world.api.faultsLeft === 0);
    put("second");
    await becomes("second");
    expect([...past]).toEqual(["first"]);
    expect(world.failures.map(({ message }) => message).join()).not.toMatch(/first|second/);
  });
});

describe("P3: a Secret that", () => {
  test("may not be read is withheld, and known once the right is granted", async () => {
    put("first");
    const denied = refuse(403, "Forbidden");
    world.api.fault("watch", paths.secrets, denied, denied);
    follow();
    await becomes("withheld");
    await becomes("first");
    expect(world.failures.map(({ code }) => code)).toEqual(["forbidden", "forbidden"]);
  });

  test("may be watched, but not asked for, is known by the watch", async () => {
    put("first");
    world.api.fault("list", one, refuse(403, "Forbidden"));
    follow();
    await becomes("first");
    await until("the second try is under way", () => world.failures.length === 1);
    expect(world.failures[0]?.message).toContain("grant get and watch on it");
  });

  test("is not there is absent, and known from when it is", async () => {
    follow();
    await becomes("absent");
    put("first");
    await becomes("first");
    world.api.delete(paths.secrets, "bgp");
    await becomes("absent");
    put("second");
    await becomes("second");
    expect(world.failures).toEqual([]);
  });

  test("was deleted while the watch was broken is absent by the next look", async () => {
    put("first");
    follow();
    await becomes("first");
    world.api.fault("watch", paths.secrets, refuse(500, "InternalError"));
    world.api.endWatches(paths.secrets);
    await until("the fault happened", () => world.api.faultsLeft === 0);
    world.api.delete(paths.secrets, "bgp");
    await becomes("absent");
  });
});

test("P3: an API server that is away costs no password, and tells of the next when it is back", async () => {
  put("first");
  follow();
  await becomes("first");
  const past = history();
  await world.api.stop();
  await until("it is missed", () => world.failures.length >= 3);
  expect(seen()).toBe("first");
  put("second");
  await world.api.start();
  await becomes("second");
  expect([...past]).toEqual(["first"]);
  expect(new Set(world.failures.map(({ code }) => code))).toEqual(new Set(["unreachable"]));
});

test("P3: a connection that died without a word is given up, and the password kept until the next is known", async () => {
  const line = await TcpLine.to(world.api.port);
  try {
    put("first");
    await world.login({ port: line.port });
    follow({ idleTimeoutMs: 5000 });
    await becomes("first");
    const past = history();
    line.freeze();
    put("second");
    await becomes("second");
    expect([...past]).toEqual(["first"]);
    expect(world.failures.some(({ code }) => code === "idle")).toBe(true);
  } finally {
    line.cut();
  }
});
