import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../test/support/paths.ts";
import { routerConfig, takingAnyPrefix } from "./shape.ts";

const guide = (file: string) => readFileSync(join(projectRoot, "docs/guides/tor", file), "utf8");

describe.each(["frr", "bird"] as const)("the configuration of a ToR with %s", (router) => {
  it.each([true, false])("is the guide's own file on the first ToR (eBGP: %s)", (ebgp) => {
    expect(routerConfig(router, "tor", ebgp)).toBe(guide(`${router}-${ebgp ? "ebgp" : "ibgp"}.conf`));
  });

  it("has the second ToR's own address and AS, and the nodes' as they are", () => {
    const first = routerConfig(router, "tor", true);
    const second = routerConfig(router, "tor2", true);
    expect(first).toContain("192.168.1.1");
    expect(second.replaceAll("192.168.1.2", "192.168.1.1").replaceAll("4200000002", "4200000001")).toBe(
      first.replace("hostname tor", "hostname tor2"),
    );
    expect(second).toContain("192.168.1.10");
    expect(second).not.toMatch(/192\.168\.1\.1\b(?!\d)|4200000001/);
  });

  it.each([true, false])("lets in any IPv4 prefix where that is asked for (eBGP: %s)", (ebgp) => {
    const wide = takingAnyPrefix(routerConfig(router, "tor", ebgp));
    const narrow = routerConfig(router, "tor", ebgp);
    expect(wide).toMatch(/(permit |\[ )0\.0\.0\.0\/0( le 32|\+)/);
    expect(wide.replace("0.0.0.0/0", "10.49.0.0/16")).toBe(narrow);
  });

  it("lets in the same ranges whoever's AS the nodes are in", () => {
    const ranges = (ebgp: boolean) =>
      routerConfig(router, "tor", ebgp)
        .split("\n")
        .filter((line) => /prefix-list services seq|define services/.test(line));
    expect(ranges(true)).toEqual(ranges(false));
    expect(ranges(true)).not.toEqual([]);
  });
});
