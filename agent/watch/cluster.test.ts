import { beforeEach, describe, expect, test } from "vitest";
import { objectKey } from "../model/service.ts";
import { Cluster } from "./cluster.ts";
import type { Change } from "./cluster.ts";
import { decode, modelKey } from "./decode/decode.ts";
import { kindNames } from "./kinds.ts";
import type { Kind } from "./kinds.ts";

let changes: Change[];
let cluster: Cluster;
beforeEach(() => {
  changes = [];
  cluster = new Cluster((change) => changes.push(change));
});

function put(kind: Kind, name: string, rest: object = {}): void {
  const object = decode(kind, wire(name, rest));
  cluster.set(kind, modelKey(object), object);
}
const wire = (name: string, rest: object = {}) => ({ metadata: { name }, ...rest });
function slice(name: string, service: string | null, time?: string): void {
  const labels = service === null ? {} : { "kubernetes.io/service-name": service };
  const annotations = time === undefined ? {} : { "endpoints.kubernetes.io/last-change-trigger-time": time };
  put("EndpointSlice", name, { metadata: { name, labels, annotations }, addressType: "IPv4" });
}
const slicesOf = (service: string) =>
  [...cluster.slicesOf(objectKey("default", service))].map(({ key }) => key);
const changed = (name: string, triggeredAtMs: number | null = null) => ({
  t: "service",
  key: `default/${name}`,
  triggeredAtMs,
});

function sync(): void {
  for (const kind of kindNames) cluster.replace(kind, new Map());
  changes.length = 0;
}

test("nothing is told before every kind has been listed, and then once", () => {
  put("Service", "early");
  // Of each Secret by itself is told whether it is known.
  for (const kind of kindNames.filter((name) => name !== "Secret")) {
    expect([cluster.unsynced.has(kind), changes]).toEqual([true, []]);
    cluster.replace(kind, new Map());
  }
  expect([cluster.unsynced.size, changes]).toEqual([0, [{ t: "all" }]]);
});

describe("in a synced picture", () => {
  beforeEach(sync);

  test("a service that comes, changes and goes concerns itself", () => {
    put("Service", "web");
    put("Service", "web", { spec: { type: "NodePort" } });
    cluster.remove("Service", "default/web");
    expect(changes).toEqual([changed("web"), changed("web"), changed("web")]);
    expect(cluster.services.size).toBe(0);
  });

  test("what is not there cannot go", () => {
    for (const kind of kindNames) cluster.remove(kind, "default/nothing");
    expect(changes).toEqual([]);
  });

  test("a slice concerns its service, with the time of what is behind it, and goes with it", () => {
    slice("a", "web", "1970-01-01T00:00:01Z");
    slice("b", "web");
    expect(slicesOf("web")).toEqual(["default/a", "default/b"]);
    cluster.remove("EndpointSlice", "default/a");
    expect(slicesOf("web")).toEqual(["default/b"]);
    expect(changes).toEqual([changed("web", 1000), changed("web"), changed("web")]);
  });

  test("a slice that moves concerns both services, and one without a service none", () => {
    slice("a", "web");
    slice("a", "db");
    expect([slicesOf("web"), slicesOf("db")]).toEqual([[], ["default/a"]]);
    slice("lonely", null);
    expect(changes).toEqual([changed("web"), changed("web"), changed("db")]);
  });

  test("a node's heartbeat is no change", () => {
    put("Node", "n1", { status: { conditions: [{ type: "Ready", lastHeartbeatTime: "1" }] } });
    put("Node", "n1", { status: { conditions: [{ type: "Ready", lastHeartbeatTime: "2" }] } });
    put("Node", "n1", { metadata: { name: "n1", labels: { rack: "a" } } });
    expect(changes).toEqual([
      { t: "node", name: "n1" },
      { t: "node", name: "n1" },
    ]);
  });

  describe("a node that is deleted", () => {
    const told = () => {
      const node = cluster.node("n1");
      return node === undefined ? undefined : { uid: node.uid, deleting: node.deleting };
    };
    beforeEach(() => {
      put("Node", "n1", { metadata: { name: "n1", uid: "first" } });
      changes.length = 0;
    });

    test.each([
      ["by an event", () => cluster.remove("Node", "n1"), { t: "node", name: "n1" }],
      ["by its absence from a new list", () => cluster.replace("Node", new Map()), { t: "node", name: "n1" }],
    ] as const)("%s is told of as being deleted, until it comes back as another", (_, remove, change) => {
      remove();
      expect([told(), cluster.count("Node"), changes]).toEqual([
        { uid: "first", deleting: true },
        0,
        [change],
      ]);
      put("Node", "n1", { metadata: { name: "n1", uid: "second" } });
      expect(told()).toEqual({ uid: "second", deleting: false });
    });

    test("takes its problems along", () => {
      put("Node", "n1", { status: { addresses: [{ type: "InternalIP", address: "x" }] } });
      expect([...cluster.problems()]).toHaveLength(1);
      cluster.remove("Node", "n1");
      expect([...cluster.problems()]).toEqual([]);
    });

    test("is not one that was never seen", () => {
      cluster.remove("Node", "n2");
      expect([cluster.node("n2"), changes]).toEqual([undefined, []]);
    });
  });

  test("configuration that is written without a change is no change", () => {
    put("BGPPeer", "tor", { spec: { asNumber: 1 } });
    put("BGPPeer", "tor", { spec: { asNumber: 1 }, status: { seen: true } });
    put("BGPPeer", "tor", { spec: { asNumber: 2 } });
    cluster.remove("BGPPeer", "tor");
    expect(changes).toEqual(Array.from({ length: 3 }, () => ({ t: "config" })));
  });

  test("a new list of services or slices concerns all; one of configuration only when it differs", () => {
    cluster.replace("Service", new Map());
    cluster.replace("EndpointSlice", new Map());
    cluster.replace("BGPPeer", new Map());
    expect(changes).toEqual([{ t: "all" }, { t: "all" }]);
    cluster.replace("BGPPeer", new Map([["tor", decode("BGPPeer", wire("tor"))]]));
    expect(changes.slice(2)).toEqual([{ t: "config" }]);
  });

  test("a new list of slices is the whole truth about them", () => {
    slice("a", "web");
    const labels = { "kubernetes.io/service-name": "db" };
    const only = decode("EndpointSlice", { metadata: { name: "b", labels }, addressType: "IPv4" });
    cluster.replace("EndpointSlice", new Map([[only.key, only]]));
    expect([slicesOf("web"), slicesOf("db"), cluster.count("EndpointSlice")]).toEqual([[], ["default/b"], 1]);
  });

  test("problems of objects and of sources are told together, until they are mended", () => {
    put("Service", "web", { spec: { externalIPs: ["x"] } });
    cluster.report("file", [{ object: "File/a", field: "", severity: "error", message: "broken" }]);
    expect([...cluster.problems()].map(({ object }) => object)).toEqual(["File/a", "Service/default/web"]);
    cluster.report("file", []);
    cluster.report("file", []);
    put("Service", "web");
    expect([...cluster.problems()]).toEqual([]);
    expect(changes.filter(({ t }) => t === "config")).toHaveLength(2);
  });
});
