// The CRDs before a real API server: what Calico's users write is taken, what nobody could read is not.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startControlPlane } from "../support/control-plane.ts";
import type { ControlPlane } from "../support/control-plane.ts";

const crds = fileURLToPath(new URL("../../charts/bellman/crds", import.meta.url));
const dir = mkdtempSync(join(tmpdir(), "bellman-crds-"));
let plane: ControlPlane;

beforeAll(async () => {
  plane = await startControlPlane({ dir });
  return () => plane.stop();
});

beforeAll(async () => {
  await plane.kubectl("apply", "-f", crds);
  await plane.kubectl(
    "wait",
    "--for=condition=Established",
    "--timeout=30s",
    "crd/bgpconfigurations.projectcalico.org",
    "crd/bgppeers.projectcalico.org",
    "crd/bgpfilters.projectcalico.org",
  );
});

afterAll(() => rmSync(dir, { recursive: true }));

/** Applies one object, given as YAML in flow style behind `spec:`. */
function apply(kind: string, name: string, spec: string): Promise<string> {
  const manifest = `apiVersion: projectcalico.org/v3\nkind: ${kind}\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
  return plane.kubectlWith(manifest, "apply", "-f", "-");
}

const cluster = `
  logSeverityScreen: Info
  nodeToNodeMeshEnabled: true
  nodeMeshMaxRestartTime: 120s
  asNumber: 63400
  listenPort: 178
  bindMode: NodeIP
  serviceClusterIPs:
    - cidr: 10.96.0.0/12
    - cidr: fd00:10:96::/112
  serviceExternalIPs:
    - cidr: 104.244.42.129/32
    - cidr: 172.217.3.0/24
  serviceLoadBalancerIPs: [{}]
  serviceLoadBalancerAggregation: Enabled
  communities:
    - name: bgp-large-community
      value: 63400:300:100
  prefixAdvertisements:
    - cidr: 172.218.4.0/26
      communities: [bgp-large-community, 63400:120]
`;

describe("a manifest for Calico is taken as it is", () => {
  test("BGPConfiguration with every documented kind of field", async () => {
    await apply("BGPConfiguration", "default", cluster);
    const table = await plane.kubectl("get", "bgpconfigurations");
    expect(table).toMatch(/^NAME +AS +CLUSTER IPS +EXTERNAL IPS +LOAD BALANCER IPS +AGE\n/);
    expect(table).toMatch(/\ndefault +63400 +\S*"10\.96\.0\.0\/12"\S*"fd00:10:96::\/112"/);
  });

  test.each([
    ["port", '{peerIP: "192.0.2.1:179", asNumber: 64567}', "192.0.2.1:179 +64567"],
    ["node", "{node: rack1-host1, peerIP: 192.168.1.1, asNumber: 63400}", "192.168.1.1 +63400 +rack1-host1"],
    ["dotted", '{peerIP: 192.0.2.2, asNumber: "1.10"}', "192.0.2.2 +1.10"],
    ["wide-as", "{peerIP: 192.0.2.3, asNumber: 4200000000}", "192.0.2.3 +4200000000"],
    ["ipv6", '{peerIP: "2001:db8::1", asNumber: 64512}', "2001:db8::1 +64512"],
    ["ipv6-port", '{peerIP: "[2001:db8::1]:1179", asNumber: 64512}', "\\[2001:db8::1\\]:1179 +64512"],
    [
      "selected",
      "{nodeSelector: rack == 'rack-1', peerIP: 192.0.2.4, asNumber: 64512, sourceAddress: None, filters: [f1, f2], " +
        "password: {secretKeyRef: {name: bgp, key: tor}}, ttlSecurity: 1, keepaliveTime: 10s, maxRestartTime: 2m, " +
        "localASNumber: 64600, nextHopMode: Self, keepOriginalNextHop: true, numAllowedLocalASNumbers: 1, " +
        "reachableBy: 192.0.2.254}",
      "192.0.2.4 +64512 +rack == 'rack-1'",
    ],
    ["reflectors", "{nodeSelector: all(), peerSelector: has(route-reflector)}", "all\\(\\)"],
  ])("BGPPeer %s", async (name, spec, row) => {
    await apply("BGPPeer", name, spec);
    expect(await plane.kubectl("get", "bgppeers", name)).toMatch(new RegExp(`\\n${name} +${row} `));
  });
});

test("BGPFilter with every field of a rule", async () => {
  const every =
    "prefixLength: {min: 24}, source: RemotePeers, interface: '*.calico', peerType: eBGP, " +
    "communities: {values: ['64512:7']}, asPathPrefix: [65000, '1.10'], priority: 1024, action: Accept, " +
    "operations: [{addCommunity: {value: '64512:1:2'}}, {prependASPath: {prefix: [65000, '1.10']}}, " +
    "{setPriority: {value: 512}}]";
  const v4 = `[{cidr: 10.96.0.0/12, matchOperator: NotIn, ${every}}, {action: Reject}]`;
  const v6 = `[{cidr: 'fd00:10:96::/112', matchOperator: In, ${every.replace("24", "128")}}]`;
  await apply("BGPFilter", "every", `{exportV4: ${v4}, importV4: ${v4}, exportV6: ${v6}, importV6: ${v6}}`);
  expect(await plane.kubectl("get", "bgpfilters")).toMatch(/\nevery /);
});

describe("O7: what cannot be read is refused with the field named", () => {
  test.each([
    ["BGPPeer", "{peerIP: tor1, asNumber: 1}", "spec.peerIP"],
    ["BGPPeer", "{peerIP: 192.0.2.1:x, asNumber: 1}", "spec.peerIP"],
    ["BGPPeer", "{peerIP: 192.0.2.1, asNumber: 0}", "spec.asNumber"],
    ["BGPPeer", "{peerIP: 192.0.2.1, asNumber: 4294967296}", "spec.asNumber"],
    ["BGPPeer", "{peerIP: 192.0.2.1, asNumber: AS1}", "spec.asNumber"],
    ["BGPPeer", "{peerIP: 192.0.2.1, asNumber: 1.10}", "spec.asNumber"],
    ["BGPPeer", "{peerIP: 192.0.2.1, asNumber: 1, node: n1, nodeSelector: all()}", "spec.nodeSelector"],
    ["BGPPeer", "{peerIP: 192.0.2.1, asNumber: 1, sourceAddress: Any}", "spec.sourceAddress"],
    ["BGPPeer", "{peerIP: 192.0.2.1, asnumber: 1}", "spec.asnumber"],
    ["BGPConfiguration", "{serviceClusterIPs: [{cidr: 10.0.0.0/33}]}", "spec.serviceClusterIPs[0].cidr"],
    ["BGPConfiguration", "{serviceExternalIPs: [192.0.2.0/24]}", "spec.serviceExternalIPs[0]"],
    ["BGPConfiguration", "{listenPort: 70000}", "spec.listenPort"],
    ["BGPConfiguration", "{asNumber: 70000.1}", "spec.asNumber"],
    ["BGPConfiguration", "{logSeverityScreen: Loud}", "spec.logSeverityScreen"],
    ["BGPConfiguration", "{serviceLoadBalancerAggregation: On}", "spec.serviceLoadBalancerAggregation"],
    ["BGPFilter", "{exportV4: [{cidr: 10.0.0.0/8, action: Accept}]}", "spec.exportV4[0]"],
    ["BGPFilter", "{importV4: [{prefixLength: {min: 8}, action: Accept}]}", "spec.importV4[0].prefixLength"],
    ["BGPFilter", "{exportV6: [{action: Reject, operations: [{setPriority: {value: 1}}]}]}", "operations"],
    ["BGPFilter", "{exportV4: [{action: Accept, operations: [{}]}]}", "spec.exportV4[0].operations[0]"],
    ["BGPFilter", "{exportV4: [{matchOperator: In}]}", "spec.exportV4[0].action"],
    ["BGPFilter", "{exportV4: [{action: Accept, communities: {values: []}}]}", "communities.values"],
    ["BGPFilter", "{exportV7: []}", "spec.exportV7"],
  ])("%s %s", async (kind, spec, field) => {
    await expect(apply(kind, "refused", spec)).rejects.toThrow(field);
  });
});
