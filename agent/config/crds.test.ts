// The CRDs and the code that reads their objects must know the same fields.
import { describe, expect, test } from "vitest";
import { bgpConfigurationFields } from "./bgp-configuration.ts";
import { bgpFilterFields } from "./bgp-filter.ts";
import { bgpPeerFields } from "./bgp-peer.ts";
import { at, readCrd } from "./crd.fixture.ts";
import { operationNames } from "./filter-operations.ts";
import { filterRuleFields } from "./filter-rule.ts";
import { isRecord } from "./spec.ts";

describe.each([
  ["bgpconfigurations", "BGPConfiguration", bgpConfigurationFields],
  ["bgppeers", "BGPPeer", bgpPeerFields],
  ["bgpfilters", "BGPFilter", bgpFilterFields],
])("the CRD %s", (plural, kind, fields) => {
  const { crd, spec } = readCrd(plural);

  test("is the one Calico's users know", () => {
    expect(at(crd, "metadata", "name")).toBe(`${plural}.projectcalico.org`);
    expect(at(crd, "spec")).toMatchObject({
      group: "projectcalico.org",
      scope: "Cluster",
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
      versions: [{ name: "v3", served: true, storage: true }],
    });
  });

  test("has exactly the fields that the agent has a handler for", () => {
    expect(isRecord(spec) ? Object.keys(spec).sort() : spec).toEqual(Object.keys(fields).sort());
  });

  test("says of every field what it is for", () => {
    for (const field of Object.keys(fields))
      expect(at(spec, field, "description"), field).toMatch(/\S{2,}.*\.$/s);
  });
});

describe.each(Object.keys(bgpFilterFields))("a rule of the CRD bgpfilters in %s", (list) => {
  const rule = at(readCrd("bgpfilters").spec, list, "items", "properties");

  test("has exactly the fields and operations that the agent has a handler for", () => {
    expect(isRecord(rule) ? Object.keys(rule).sort() : rule).toEqual(Object.keys(filterRuleFields).sort());
    const operations = at(rule, "operations", "items", "properties");
    expect(isRecord(operations) ? Object.keys(operations).sort() : operations).toEqual(operationNames);
  });

  test("says of every field what it is for", () => {
    for (const field of Object.keys(filterRuleFields))
      expect(at(rule, field, "description"), field).toMatch(/\S{2,}.*\.$/s);
  });
});
