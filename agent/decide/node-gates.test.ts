import { describe, expect, test } from "vitest";
import { node } from "./decide.fixture.ts";
import { isExcluded } from "./node-gates.ts";

const label = "node.kubernetes.io/exclude-from-external-load-balancers";

describe("N3: the exclusion label", () => {
  test.each([
    // value, kubernetes, calico
    [undefined, false, false],
    ["", true, false],
    ["true", true, true],
    ["false", false, false],
    ["False", false, false],
    ["FALSE", false, false],
    ["f", false, false],
    ["F", false, false],
    ["0", false, false],
    ["yes", true, false],
    ["fALSE", true, false],
  ])("%j excludes for kubernetes: %j, for calico: %j, never when ignored", (value, kubernetes, calico) => {
    const labelled = node({ labels: value === undefined ? {} : { [label]: value } });
    expect(isExcluded(labelled, "kubernetes")).toBe(kubernetes);
    expect(isExcluded(labelled, "calico")).toBe(calico);
    expect(isExcluded(labelled, "ignore")).toBe(false);
  });
});
