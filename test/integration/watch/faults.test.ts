// Whatever an API server does wrong, no event is lost and nothing is withdrawn.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { until } from "../../support/until.ts";
import { paths, refuse, tell } from "./fake-api.ts";
import type { Fault } from "./fake-api.ts";
import { service, World } from "./world.ts";

let world: World;
beforeEach(async () => {
  world = await new World().begin();
  world.api.put(paths.services, service("web"));
  world.api.put(paths.services, service("db"));
});
afterEach(() => world.end());

/** Starts, lets `faults` happen to the next watches of services, changes a service meanwhile, and sees the change. */
async function surviveWatchFaults(...faults: readonly Fault[]): Promise<void> {
  void world.run();
  await world.synced();
  world.api.fault("watch", paths.services, ...faults);
  world.api.endWatches(paths.services);
  await until("the faults happened", () => world.api.faultsLeft === 0);
  world.api.put(paths.services, service("web", "192.0.2.9"));
  world.api.put(paths.services, service("new"));
  await until("the change is seen", () => world.addressOf("web") === "192.0.2.9");
  await world.exact();
  expect(world.removals).toEqual([]);
}

const gone = { kind: "Status", code: 410, reason: "Expired", message: "too old resource version" };
const gone410 = refuse(410, "Expired");
const half: Fault = (response) => {
  response.writeHead(200);
  response.write('{"type":"MODIFIED","object":{"metadata":{"na');
  setImmediate(() => response.destroy());
};

describe("R5: a watch goes on, with no event lost and nothing withdrawn, after", () => {
  test.each<[string, Fault[], string]>([
    ["410 Gone", [refuse(410, "Expired")], "Service expired"],
    ["410 in an event", [tell(`${JSON.stringify({ type: "ERROR", object: gone })}\n`)], "Service expired"],
    ["text that is not JSON", [tell("<html>\n")], "Service decode"],
    ["an event cut short in good order", [tell('{"type":"ADDED","obj')], "Service decode"],
    ["422", [refuse(422, "Invalid")], "Service error"],
  ])("%s, by a list", async (_, faults, relist) => {
    await surviveWatchFaults(...faults);
    expect(world.relists).toContain(relist);
  });

  test.each<[string, Fault[], string | null]>([
    ["401", [refuse(401, "Unauthorized")], "unauthorized"],
    ["403", [refuse(403, "Forbidden")], "forbidden"],
    ["429 with Retry-After", [refuse(429, "TooManyRequests", { "retry-after": "1" })], "rejected"],
    ["500 twice", [refuse(500, "InternalError"), refuse(500, "InternalError")], "rejected"],
    ["a connection cut in the middle of an event", [half], "unreachable"],
    ["a watch that ends at once, twice", [tell(""), tell("")], null],
  ])("%s, from where it was", async (_, faults, code) => {
    await surviveWatchFaults(...faults);
    expect(world.relists.filter((line) => line.startsWith("Service"))).toEqual(["Service start"]);
    expect(world.failures.map((error) => error.code)).toEqual(code === null ? [] : faults.map(() => code));
  });

  test("silence, from where it was", async () => {
    void world.run({ idleTimeoutMs: 3000 });
    await world.synced();
    world.api.fault("watch", paths.services, (response) => response.writeHead(200).flushHeaders());
    world.api.endWatches(paths.services);
    await until("the fault happened", () => world.api.faultsLeft === 0);
    world.api.put(paths.services, service("new"));
    await world.exact();
    expect(
      world.failures.some(({ code, message }) => code === "idle" && /watch Service: nothing/.test(message)),
    ).toBe(true);
    expect(world.relists.filter((line) => !line.endsWith(" start"))).toEqual([]);
    expect(world.removals).toEqual([]);
  });

  test("a line that would eat the memory, by a list", async () => {
    void world.run({ maxLineBytes: 4096 });
    await world.synced();
    world.api.fault("watch", paths.services, tell(`{"type":"${"x".repeat(10_000)}`));
    world.api.endWatches(paths.services);
    await until("it is listed again", () => world.relists.includes("Service decode"));
    world.api.put(paths.services, service("new"));
    await world.exact();
    expect(world.removals).toEqual([]);
  });
});

test("a refusal is told with kind, status, reason and the next step", async () => {
  world.api.fault("stream", paths.services, refuse(403, "Forbidden"));
  void world.run();
  await world.synced();
  expect(world.failures.map(({ message }) => message)).toEqual([
    'cannot list Service: the API server answered 403 Forbidden ("scripted Forbidden"); ' +
      "grant get, list and watch on it to the agent's account",
  ]);
});

describe.each(["stream", "list"] as const)("R5: a %s of all objects is asked for again after", (verb) => {
  beforeEach(() => {
    world.api.streams = verb === "stream";
  });

  test.each<[string, Fault]>([
    ["500", refuse(500, "InternalError")],
    ["401", refuse(401, "Unauthorized")],
    ["403", refuse(403, "Forbidden")],
    ["410 Gone", gone410],
    ["429 with Retry-After", refuse(429, "TooManyRequests", { "retry-after": "1" })],
    ["503, also for a kind that may be absent", refuse(503, "ServiceUnavailable")],
    ["JSON cut short", tell('{"metadata":{"resourceVersion":"1"},"items":[{')],
    [
      "a body shorter than promised",
      (response) => response.writeHead(200, { "content-length": 99 }).write("{", () => response.destroy()),
    ],
    ["a list that is none", tell("[]")],
  ])("%s", async (_, fault) => {
    for (const path of [paths.services, paths.peers]) world.api.fault(verb, path, fault);
    world.api.put(paths.peers, { metadata: { name: "tor" } });
    void world.run();
    await world.synced();
    expect([...world.cluster.services.keys()]).toEqual(["default/web", "default/db"]);
    expect([...world.cluster.peers.keys()]).toEqual(["tor"]);
    // That a version is too old is in the nature of things.
    expect(world.failures).toHaveLength(fault === gone410 ? 0 : 2);
  });
});

describe("pages", () => {
  beforeEach(() => {
    world.api.streams = false;
    for (let index = 0; index < 8; index += 1) world.api.put(paths.services, service(`s${index}`));
  });

  test("make one list, which is put in place as a whole", async () => {
    void world.run({ pageSize: 3 });
    await world.synced();
    await world.exact();
    expect(world.api.requests.filter((line) => line === `list ${paths.services}`)).toHaveLength(4);
  });

  test("that expire half way are asked for in one piece", async () => {
    void world.run({ pageSize: 3 });
    await world.synced();
    const before = world.api.requests.length;
    world.api.fault("list", paths.services, "none", "none", refuse(410, "Expired"));
    world.api.compact();
    world.api.endWatches(paths.services);
    await until("it is listed again", () => world.relists.includes("Service expired"));
    const lists = world.api.requests.slice(before).filter((line) => line.startsWith("list"));
    expect(lists).toEqual(Array.from({ length: 4 }, () => `list ${paths.services}`));
    await world.exact();
    expect(world.removals).toEqual([]);
    expect(world.failures).toEqual([]);
  });
});

test("R5: a slow body is waited for while it comes, and text is not torn", async () => {
  world.api.streams = false;
  const object = { metadata: { name: "slow", resourceVersion: "900", labels: { city: "Zürich" } }, spec: {} };
  const list = Buffer.from(JSON.stringify({ metadata: { resourceVersion: "900" }, items: [object] }));
  world.api.fault("list", paths.nodes, (response) => {
    response.writeHead(200);
    for (const [index, byte] of list.entries()) setTimeout(() => response.write(Buffer.of(byte)), index * 3);
    setTimeout(() => response.end(), list.length * 3 + 50);
  });
  void world.run({ responseTimeoutMs: 2000 });
  await world.synced();
  expect(world.cluster.node("slow")?.labels).toEqual({ city: "Zürich" });
  expect(world.failures).toEqual([]);
});

test("a picture that refuses an object gets it again by a list", async () => {
  void world.run();
  await world.synced();
  let refusals = 1;
  world.onSet = () => {
    if (refusals-- > 0) throw new Error("not now");
  };
  world.api.put(paths.services, service("new"));
  await world.exact();
  expect(world.relists).toContain("Service decode");
});
