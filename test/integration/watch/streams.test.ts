// All objects by one stream (WatchList), and what becomes of the picture when the API cannot, or breaks off.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { until } from "../../support/until.ts";
import { eventLine, initialEventsEnd, paths, refuse, tell } from "./fake-api.ts";
import type { Fault } from "./fake-api.ts";
import { service, World } from "./world.ts";

let world: World;
beforeEach(async () => {
  world = await new World().begin();
  world.api.put(paths.services, service("web"));
  world.api.put(paths.services, service("db"));
});
afterEach(() => world.end());

const asked = (from = 0) => world.api.requests.slice(from).filter((line) => line.endsWith(paths.services));
const ofServices = (...verbs: string[]) => verbs.map((verb) => `${verb} ${paths.services}`);
const added = eventLine("ADDED", service("web"));

test("objects and later changes come by one request", async () => {
  void world.run();
  await world.synced();
  world.api.put(paths.services, service("new"));
  world.api.delete(paths.services, "db");
  await world.exact();
  expect(asked()).toEqual(ofServices("stream"));
  expect(world.failures).toEqual([]);
});

test("what changes before all is told of is in the picture as it is in the end", async () => {
  const broken = { metadata: { name: 7 } };
  const lines = [
    added,
    eventLine("ADDED", service("gone")),
    eventLine("ADDED", broken),
    eventLine("BOOKMARK", { metadata: { resourceVersion: "50" } }),
    eventLine("MODIFIED", service("web", "192.0.2.9")),
    eventLine("DELETED", service("gone")),
    initialEventsEnd(150),
  ];
  world.api.fault("stream", paths.services, (response) => response.writeHead(200).write(lines.join("")));
  void world.run();
  await world.synced();
  expect([world.services, world.addressOf("web")]).toEqual([["default/web"], "192.0.2.9"]);
  expect([...world.cluster.problems()].map(({ field }) => field)).toEqual(["metadata.name"]);
});

describe("R5: WatchList refused", () => {
  test.each([
    ["with 422", refuse(422, "Invalid")],
    ["with 400", refuse(400, "BadRequest")],
    ["by an end before all was told", tell(added)],
  ])("%s: pages are asked for, now and later, and nothing is told as a failure", async (_, fault) => {
    world.api.fault("stream", paths.services, fault);
    void world.run();
    await world.synced();
    await world.exact();
    world.api.compact();
    world.api.endWatches(paths.services);
    await until("it is listed again", () => world.relists.includes("Service expired"));
    world.api.put(paths.services, service("new"));
    await world.exact();
    expect(asked()).toEqual(ofServices("stream", "list", "watch", "watch", "list", "watch"));
    expect([world.failures, world.removals]).toEqual([[], []]);
  });

  test("by silence: pages are asked for, and it is told", async () => {
    world.api.fault("stream", paths.services, (response) => response.writeHead(200).write(added));
    void world.run({ streamTimeoutMs: 3000 });
    await world.synced();
    await world.exact();
    expect(asked()).toEqual(ofServices("stream", "list", "watch"));
    expect(world.failures.map(({ message }) => message)).toEqual([
      "cannot list Service: the API server did not say within 3 s that these were all",
    ]);
  });

  test("before the server went away: what comes back is asked again", async () => {
    world.api.streams = false;
    void world.run();
    await world.synced();
    await world.api.stop();
    await until("it is missed", () => world.failures.length >= 5);
    world.api.streams = true;
    world.api.put(paths.services, service("new"));
    world.api.compact();
    const before = world.api.requests.length;
    await world.api.start();
    await world.exact();
    expect(asked(before)).toEqual(ofServices("watch", "stream"));
    expect(world.removals).toEqual([]);
  });
});

describe("R5: a stream that breaks half way, when the picture was complete before, withdraws nothing and starts over", () => {
  const half: Fault = (response) => {
    response.writeHead(200).write(added);
    setTimeout(() => response.destroy(), 20);
  };
  const gone = { kind: "Status", code: 410, reason: "Expired", message: "too old resource version" };

  test.each<[string, Fault[], string[]]>([
    ["by a connection cut", [half], ["stream"]],
    ["by a connection cut, twice", [half, half], ["list", "watch"]],
    ["by 410 Gone", [tell(added + eventLine("ERROR", gone))], ["list", "watch"]],
    ["by text that is not JSON", [tell(`${added}<html>\n`)], ["list", "watch"]],
    ["by an event cut short", [tell(`${added}{"type":"ADD`)], ["list", "watch"]],
  ])("%s", async (_, faults, then) => {
    void world.run();
    await world.synced();
    world.api.put(paths.services, service("new"));
    await world.exact();
    world.api.fault("stream", paths.services, ...faults);
    world.api.compact();
    const before = world.api.requests.length;
    world.api.endWatches(paths.services);
    await until("the faults happened", () => world.api.faultsLeft === 0);
    world.api.delete(paths.services, "db");
    await world.exact();
    await until("changes are followed", () => asked(before).length === 1 + faults.length + then.length);
    expect(asked(before)).toEqual(ofServices("watch", ...faults.map(() => "stream"), ...then));
    expect(world.removals).toEqual(["Service default/db"]);
  });
});
