import { beforeEach, expect, test } from "vitest";
import type { Problem } from "../../model/problem.ts";
import { Cluster } from "../cluster.ts";
import { kindNames } from "../kinds.ts";
import { Undecodable } from "./undecodable.ts";
import { WatchEvents } from "./watch-events.ts";

let cluster: Cluster;
let seen: string[];
let events: WatchEvents<"Service">;

beforeEach(() => {
  cluster = new Cluster();
  for (const kind of kindNames) cluster.replace(kind, new Map());
  seen = [];
  const observer = {
    event: (kind: string, type: string) => seen.push(`${kind} ${type}`),
    relist: () => undefined,
    contact: () => undefined,
    failure: () => undefined,
  };
  events = new WatchEvents("Service", "1", cluster, observer, new Undecodable("Service", cluster));
});

const line = (type: string, name: unknown, resourceVersion: string, spec: object = {}) =>
  JSON.stringify({ type, object: { metadata: { name, resourceVersion }, spec } });
const problems = (): Problem[] => [...cluster.problems()];

test("events change the picture, advance the version and are counted", () => {
  events.take(line("ADDED", "web", "2"));
  events.take(line("MODIFIED", "web", "3", { type: "NodePort" }));
  expect(cluster.services.get("default/web")?.type).toBe("NodePort");
  events.take(JSON.stringify({ type: "BOOKMARK", object: { metadata: { resourceVersion: "40" } } }));
  expect(events.version).toBe("40");
  events.take(line("DELETED", "web", "41"));
  expect(cluster.services.size).toBe(0);
  expect([events.version, events.count]).toEqual(["41", 4]);
  expect(seen).toEqual(["Service added", "Service modified", "Service bookmark", "Service deleted"]);
});

test("an object that cannot be placed is reported until it is mended; the watch goes on", () => {
  events.take(line("ADDED", 7, "2"));
  expect(problems()).toMatchObject([{ object: "Service", field: "metadata.name" }]);
  expect(events.version).toBe("2");
  events.take(line("DELETED", 7, "3"));
  expect(problems()).toHaveLength(1);
});

test("an ERROR event ends the watch before the version moves", () => {
  const object = {
    kind: "Status",
    code: 410,
    reason: "Expired",
    message: "too old",
    metadata: { resourceVersion: "9" },
  };
  expect(() => events.take(JSON.stringify({ type: "ERROR", object }))).toThrow(
    expect.objectContaining({ code: "expired" }),
  );
  expect(events.version).toBe("1");
});

test.each(['{"type":"ADDED","obj', "null", "7", '{"type":"SYNC","object":{}}', "{}"])(
  "a line that is no event ends the watch: %s",
  (text) => {
    expect(() => events.take(text)).toThrow(expect.objectContaining({ code: "malformed" }));
  },
);
