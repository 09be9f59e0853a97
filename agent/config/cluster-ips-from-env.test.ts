import { describe, expect, test } from "vitest";
import { aggregatePrefixes, guardPrefixes } from "../plan/aggregates.ts";
import { clusterIPsFromEnv } from "./cluster-ips-from-env.ts";
import { problemLines, resolve } from "./resolve.fixture.ts";
import type { Resolved } from "./resolve.ts";

function withEnv(text: string, spec?: unknown, lastGood?: Resolved["lastGood"]): Resolved {
  return resolve({
    configurations: spec === undefined ? {} : { default: spec },
    clusterIPsFromEnv: clusterIPsFromEnv({ CALICO_ADVERTISE_CLUSTER_IPS: text }),
    ...(lastGood !== undefined && { lastGood }),
  });
}

const clusterIPs = ({ config }: Resolved) => config.allow.clusterIPs?.map(({ prefix }) => prefix) ?? null;
const problem = (severity: string, field: string, message: string) =>
  `${severity} Environment/CALICO_ADVERTISE_CLUSTER_IPS ${field}: ${message}`;
const instead = problem(
  "warning",
  "",
  'this variable is deprecated; serviceClusterIPs of BGPConfiguration "default" has no effect while it is set',
);
const deprecated = problem(
  "warning",
  "",
  'this variable is deprecated; write it as serviceClusterIPs of BGPConfiguration "default"',
);

describe("A18: CALICO_ADVERTISE_CLUSTER_IPS", () => {
  test("replaces serviceClusterIPs, with a warning, and the guard covers it", () => {
    const spec = {
      serviceClusterIPs: [{ cidr: "10.96.0.0/12" }],
      serviceExternalIPs: [{ cidr: "192.0.2.0/24" }],
    };
    const resolved = withEnv("10.49.0.0/16", spec);
    expect(clusterIPs(resolved)).toEqual(["10.49.0.0/16"]);
    expect(aggregatePrefixes(resolved.config)).toEqual(["10.49.0.0/16", "192.0.2.0/24"]);
    expect(guardPrefixes(resolved.config)).toEqual(["10.49.0.0/16", "192.0.2.0/24"]);
    expect(problemLines(resolved)).toEqual([instead]);
  });

  test("stands for serviceClusterIPs where there is no BGPConfiguration", () => {
    const resolved = withEnv("10.49.0.0/16");
    expect(clusterIPs(resolved)).toEqual(["10.49.0.0/16"]);
    expect(problemLines(resolved)).toEqual([deprecated]);
  });

  test("may be a comma list of both families, with one address as an exact entry", () => {
    const resolved = withEnv(" 10.49.0.0/16, fd00:10:49::/112,10.50.0.1/32,,10.49.0.0/16 ");
    expect(resolved.config.allow.clusterIPs).toMatchObject([
      { prefix: "10.49.0.0/16", exact: false },
      { prefix: "fd00:10:49::/112", exact: false },
      { prefix: "10.50.0.1/32", exact: true },
    ]);
    expect(problemLines(resolved)).toEqual([deprecated]);
  });

  test("has invalid entries left out and reported, and host bits cleared", () => {
    const resolved = withEnv("10.49.1.2/16,10.50.0.1,x\u001b[2J", {
      serviceClusterIPs: [{ cidr: "10.96.0.0/12" }],
    });
    expect(clusterIPs(resolved)).toEqual(["10.49.0.0/16"]);
    expect(problemLines(resolved)).toEqual([
      instead,
      problem("warning", "[0]", '"10.49.1.2/16" has host bits set; 10.49.0.0/16 is used'),
      problem(
        "error",
        "[1]",
        '"10.50.0.1" is not a CIDR (one address is written 10.50.0.1/32); this entry is left out',
      ),
      problem("error", "[2]", '"x\\u001b[2J" is not a CIDR; this entry is left out'),
    ]);
  });

  test("with nothing valid in it still replaces serviceClusterIPs: no address is allowed", () => {
    const resolved = withEnv("x", { serviceClusterIPs: [{ cidr: "10.96.0.0/12" }] });
    expect(clusterIPs(resolved)).toEqual([]);
  });

  test("does not take the last good value from serviceClusterIPs, nor from itself", () => {
    const good = resolve({ configurations: { default: { serviceClusterIPs: [{ cidr: "10.96.0.0/12" }] } } });
    const invalid = { serviceClusterIPs: [{ cidr: "x" }] };
    const replaced = withEnv("10.49.0.0/16", invalid, good.lastGood);
    expect(clusterIPs(replaced)).toEqual(["10.49.0.0/16"]);
    expect(
      clusterIPs(resolve({ configurations: { default: invalid }, lastGood: replaced.lastGood })),
    ).toEqual(["10.96.0.0/12"]);
  });

  test.each(["", " ", ",", " , "])("that is %j counts as not set", (text) => {
    const resolved = withEnv(text, { serviceClusterIPs: [{ cidr: "10.96.0.0/12" }] });
    expect(clusterIPs(resolved)).toEqual(["10.96.0.0/12"]);
    expect(problemLines(resolved)).toEqual([]);
  });
});
