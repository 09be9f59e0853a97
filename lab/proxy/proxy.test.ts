import { describe, expect, it } from "vitest";
import { parseManifests } from "../cluster/manifest.ts";
import { slicesOf } from "../cluster/slices.ts";
import { podAddresses } from "../rack/layout.ts";
import { ruleset } from "./ruleset.ts";
import { serviceTable } from "./service-table.ts";

function objects(spec: string) {
  const service = `
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: LoadBalancer
  clusterIPs: [10.49.0.9]
  externalIPs: [192.168.3.9]
  ports: [{ name: http, port: 80, nodePort: 30080 }]
  ${spec}
status: { loadBalancer: { ingress: [{ ip: 192.168.5.9 }] } }
`;
  const pods = [
    { pod: "web-1", node: "n1", ready: true, addresses: podAddresses("n1", 10) },
    { pod: "web-2", node: "n2", ready: true, addresses: podAddresses("n2", 10) },
    { pod: "web-3", node: "n3", ready: false, addresses: podAddresses("n3", 10) },
  ] as const;
  return [...parseManifests(service), ...slicesOf("web", { name: "http", number: 8080 }, pods)];
}

/** Address (or node port) → endpoint addresses, for IPv4. */
function targets(spec: string, node: "n1" | "n3") {
  return Object.fromEntries(
    serviceTable(objects(spec), node)
      .filter(({ family }) => family === "ipv4")
      .map(({ address, port, endpoints }) => [address ?? `:${port}`, endpoints.map((each) => each.address)]),
  );
}

const both = ["10.48.1.10", "10.48.2.10"];

describe("what the stand-in for kube-proxy serves", () => {
  it("policy Cluster: every address goes to every ready endpoint", () => {
    expect(targets("externalTrafficPolicy: Cluster", "n3")).toEqual({
      "10.49.0.9": both,
      "192.168.3.9": both,
      "192.168.5.9": both,
      ":30080": both,
    });
  });

  it("externalTrafficPolicy Local: addresses from outside go to endpoints of the node, the cluster IP to all", () => {
    expect(targets("externalTrafficPolicy: Local", "n1")).toEqual({
      "10.49.0.9": both,
      "192.168.3.9": ["10.48.1.10"],
      "192.168.5.9": ["10.48.1.10"],
      ":30080": ["10.48.1.10"],
    });
  });

  it("internalTrafficPolicy Local: the cluster IP goes to endpoints of the node", () => {
    expect(targets("internalTrafficPolicy: Local", "n1")["10.49.0.9"]).toEqual(["10.48.1.10"]);
  });

  it("drops what another node serves, and refuses what nobody serves", () => {
    const table = serviceTable(objects("externalTrafficPolicy: Local"), "n3");
    const emptiness = (address: string) => table.find((each) => each.address === address)?.whenEmpty;
    expect(emptiness("192.168.5.9")).toBe("drop");
    const none = serviceTable(objects("").slice(0, 1), "n3");
    expect(none.map(({ whenEmpty }) => whenEmpty)).toEqual(none.map(() => "reject"));
  });

  it("is written as one replacement of its own table", () => {
    const text = ruleset(serviceTable(objects("externalTrafficPolicy: Local"), "n3"));
    expect(text).toMatch(/^add table inet lab_proxy\ndelete table inet lab_proxy\ntable inet lab_proxy \{\n/);
    expect(text).toContain(
      "ip daddr 10.49.0.9 tcp dport 80 dnat ip addr . port to numgen random mod 2 map { 0 : 10.48.1.10 . 8080, 1 : 10.48.2.10 . 8080 }",
    );
    expect(text).toContain("ip daddr 192.168.5.9 tcp dport 80 drop");
  });
});
