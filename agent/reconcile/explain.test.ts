import { describe, expect, it } from "vitest";
import { endpoint, ip, node, service, slice } from "../decide/decide.fixture.ts";
import { objectKey } from "../model/service.ts";
import type { Service } from "../model/service.ts";
import type { Node } from "../model/node.ts";
import { Cluster } from "../watch/cluster.ts";
import type { DesiredOptions } from "./desired.ts";
import { explain } from "./explain.ts";
import { parseQuery } from "./explain-query.ts";
import type { Explanation } from "./explanation.ts";
import { configuration, desiredDefaults, peer, tor } from "./loop.fixture.ts";
import { decideOnce } from "./offline.ts";

interface Picture {
  readonly services?: readonly Service[];
  readonly node?: Partial<Node>;
  readonly spec?: object;
  readonly options?: Partial<DesiredOptions>;
}

function cluster({ services = [], spec = {}, ...picture }: Picture): Cluster {
  const made = new Cluster();
  made.replace("Node", new Map([["n1", node(picture.node)]]));
  made.replace("BGPConfiguration", new Map([["default", configuration(["10.49.0.0/16"], spec)]]));
  made.replace("BGPPeer", new Map([["tor", peer("tor", tor)]]));
  made.replace("BGPFilter", new Map());
  made.replace("Service", new Map(services.map((each) => [each.key, each])));
  const slices = services.map((each) => slice([endpoint()], { key: each.key, service: each.key }));
  made.replace("EndpointSlice", new Map(slices.map((each) => [each.key, each])));
  return made;
}

function ask(text: string, picture: Picture): Explanation {
  const query = parseQuery(text);
  if (query === null) throw new Error(`no query: ${text}`);
  const seen = cluster(picture);
  const desired = decideOnce(seen, { ...desiredDefaults, ...picture.options });
  return explain(text, query, { cluster: seen, desired, holds: null });
}

const local = (name: string, address = "10.49.0.1", over: Partial<Service> = {}) =>
  service({
    key: objectKey("default", name),
    clusterIPs: [ip(address)],
    externalTrafficPolicy: "Local",
    ...over,
  });

describe("an explanation of an address", () => {
  it("tells every service that shares it, the one that announces it first", () => {
    const services = [local("a", "10.49.0.1", { deleting: true }), local("b")];
    const { announced, prefixes } = ask("10.49.0.1", { services });
    expect(announced).toBe(true);
    expect(prefixes[0]?.owners.map((owner) => [owner.service, owner.reason])).toEqual([
      ["default/b", "LocalEndpoints"],
      ["default/a", "ServiceDeleting"],
    ]);
  });

  it("tells where marks come from while the node drains", () => {
    const { prefixes } = ask("web", { services: [local("web")], node: { drainRequested: true } });
    expect(prefixes[0]).toMatchObject({ reason: "Draining", announced: true, peers: ["tor"] });
    expect(prefixes[0]?.attributes.map(({ attribute, value }) => `${attribute} ${value}`)).toEqual([
      "communities 65535:0",
      "med 4294967294",
      "localPref 0",
    ]);
  });

  it("tells that a route has no next hop, though the verdict is yes", () => {
    const services = [local("web", "fd10::1")];
    const spec = { serviceClusterIPs: [{ cidr: "fd10::/112" }] };
    const six = slice([endpoint()], { key: objectKey("default", "six"), family: "ipv6" });
    const seen = cluster({ services, spec, node: { internalIPs: [ip("192.168.1.10")] } });
    seen.replace("EndpointSlice", new Map([[six.key, six]]));
    const desired = decideOnce(seen, desiredDefaults);
    const query = parseQuery("fd10::1");
    if (query === null) throw new Error("fd10::1 is an address");
    expect(explain("fd10::1", query, { cluster: seen, desired, holds: null })).toMatchObject({
      announced: false,
      prefixes: [{ announced: false, says: expect.stringContaining("next hop") as string }],
    });
  });
});

describe("an explanation of a CIDR", () => {
  it("tells which entry it is, and why it is not announced from an excluded node", () => {
    const labels = { "node.kubernetes.io/exclude-from-external-load-balancers": "true" };
    expect(ask("10.49.0.0/16", { node: { labels } })).toMatchObject({
      announced: false,
      prefixes: [
        {
          reason: "NodeExcluded",
          entries: [{ place: "BGPConfiguration/default spec.serviceClusterIPs[0].cidr", announced: false }],
        },
      ],
    });
  });

  it("tells that a list is not aggregated", () => {
    const spec = {
      serviceLoadBalancerIPs: [{ cidr: "192.168.5.0/24" }],
      serviceLoadBalancerAggregation: "Disabled",
    };
    expect(ask("192.168.5.0/24", { spec }).prefixes).toMatchObject([
      {
        announced: false,
        reason: null,
        says: expect.stringContaining("serviceLoadBalancerAggregation") as string,
      },
    ]);
  });

  it("tells that a default route is an allow list only", () => {
    const spec = { serviceExternalIPs: [{ cidr: "0.0.0.0/0" }] };
    expect(ask("0.0.0.0/0", { spec }).prefixes).toMatchObject([
      { announced: false, says: expect.stringContaining("never sent") as string },
    ]);
  });

  it("knows pod CIDRs, and what has them announced", () => {
    const podCIDRs = [parsePod("10.48.1.0/24")];
    expect(ask("10.48.1.0/24", { node: { podCIDRs } }).prefixes).toMatchObject([
      { announced: false, says: expect.stringContaining("--pod-cidrs node") as string },
    ]);
    expect(ask("10.48.1.0/24", { node: { podCIDRs }, options: { podCidrs: "node" } }).prefixes).toMatchObject(
      [{ announced: true, reason: "PodCidr" }],
    );
  });
});

it("tells nothing of a picture that is not complete", () => {
  const seen = new Cluster();
  const desired = decideOnce(seen, desiredDefaults);
  const query = parseQuery("web");
  if (query === null) throw new Error("web is a service");
  expect(explain("web", query, { cluster: seen, desired, holds: null })).toMatchObject({
    announced: false,
    summary: expect.stringContaining("not synced yet") as string,
    prefixes: [],
  });
});

function parsePod(text: string) {
  const query = parseQuery(text);
  if (query?.t !== "prefix") throw new Error(`no CIDR: ${text}`);
  return query.prefix;
}
