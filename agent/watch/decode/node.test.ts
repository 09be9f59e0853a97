import { expect, test } from "vitest";
import { decodeNode } from "./node.ts";

test("a node keeps its labels, addresses, pod CIDRs and whether its network is up", () => {
  const node = decodeNode({
    metadata: { name: "n1", uid: "u1", labels: { rack: "a" }, annotations: { "bellman.bgp/drain": "true" } },
    spec: {
      taints: [{ key: "maintenance", effect: "NoSchedule" }],
      podCIDR: "10.48.1.0/24",
      podCIDRs: ["10.48.1.0/24", "fd00:1::/64"],
    },
    status: {
      addresses: [
        { type: "Hostname", address: "n1" },
        { type: "InternalIP", address: "192.168.1.10" },
        { type: "ExternalIP", address: "203.0.113.10" },
        { type: "InternalIP", address: "FD00::10" },
      ],
      conditions: [
        { type: "Ready", status: "True" },
        { type: "NetworkUnavailable", status: "True" },
      ],
    },
  });
  expect(node).toEqual({
    name: "n1",
    uid: "u1",
    labels: { rack: "a" },
    internalIPs: ["192.168.1.10", "fd00::10"],
    addresses: ["192.168.1.10", "203.0.113.10", "fd00::10"],
    podCIDRs: ["10.48.1.0/24", "fd00:1::/64"],
    networkUnavailable: true,
    taints: [{ key: "maintenance", value: "", effect: "NoSchedule" }],
    drainRequested: true,
    deleting: false,
    problems: [],
  });
});

test("a drain annotation that is neither true nor false is reported and drains nothing", () => {
  const node = decodeNode({ metadata: { name: "n1", annotations: { "bellman.bgp/drain": "yes" } } });
  expect(node.drainRequested).toBe(false);
  expect(node.problems).toMatchObject([
    { object: "Node/n1", field: "metadata.annotations[bellman.bgp/drain]", severity: "error" },
  ]);
});

test("a node's name is its key: it has no namespace", () => {
  const node = decodeNode({ metadata: { name: "n1", namespace: "ignored" } });
  expect(node).toMatchObject({ name: "n1", networkUnavailable: false, problems: [] });
});

test("a manifest may give the single podCIDR only", () => {
  expect(decodeNode({ metadata: { name: "n1" }, spec: { podCIDR: "10.48.1.0/24" } }).podCIDRs).toEqual([
    "10.48.1.0/24",
  ]);
});

test("what cannot be read of a node is reported with its field; the rest holds", () => {
  const node = decodeNode({
    metadata: { name: "n1", labels: { rack: 7, row: "b" } },
    spec: { podCIDRs: ["10.48.1.7/24", "10.48.1.0"] },
    status: { addresses: [{ type: "InternalIP", address: "n1" }, 5] },
  });
  expect(node).toMatchObject({ labels: { row: "b" }, podCIDRs: ["10.48.1.0/24"], addresses: [] });
  expect(node.problems.map(({ field, severity }) => [field, severity])).toEqual([
    ["metadata.labels[rack]", "error"],
    ["status.addresses[0].address", "error"],
    ["status.addresses[1]", "error"],
    ["spec.podCIDRs[0]", "warning"],
    ["spec.podCIDRs[1]", "error"],
  ]);
});
