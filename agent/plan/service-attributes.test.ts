import { describe, expect, it, test } from "vitest";
import { service } from "../decide/decide.fixture.ts";
import { readAttributes } from "./service-attributes.ts";

const read = (annotations: Readonly<Record<string, string>>) => readAttributes(service({ annotations }));

describe("annotations", () => {
  it("T5: give MED, local preference, prepend and communities of both kinds", () => {
    expect(
      read({
        "bellman.bgp/communities": "64512:100, 64512:1:2",
        "bellman.bgp/med": "50",
        "bellman.bgp/local-pref": "200",
        "bellman.bgp/prepend": "3",
      }),
    ).toEqual({
      attributes: {
        communities: ["64512:100"],
        largeCommunities: ["64512:1:2"],
        med: 50,
        localPref: 200,
        prepend: 3,
      },
      problems: [],
    });
  });
  test.each([
    ["bellman.bgp/med", "4294967296"],
    ["bellman.bgp/med", "-1"],
    ["bellman.bgp/med", ""],
    ["bellman.bgp/local-pref", "1e3"],
    ["bellman.bgp/prepend", "17"],
    ["bellman.bgp/communities", "64512:100,nonsense"],
    ["bellman.bgp/communities", "70000:1"],
    ["bellman.bgp/advertise", "locally"],
    ["projectcalico.org/AdvertiseClusterIP", "yes"],
  ])("T4: %s: %j is a problem that names service and annotation", (name, value) => {
    const { problems } = read({ [name]: value });
    expect(problems).toMatchObject([
      { object: "Service/default/web", field: `metadata.annotations[${name}]`, severity: "error" },
    ]);
  });
  it("keeps what can be read beside what cannot", () => {
    const { attributes } = read({ "bellman.bgp/communities": "64512:100,nonsense", "bellman.bgp/med": "x" });
    expect(attributes).toMatchObject({ communities: ["64512:100"], med: null });
  });
});
