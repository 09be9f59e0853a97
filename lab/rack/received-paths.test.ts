import { describe, expect, it } from "vitest";
import type { NodeName } from "./layout.ts";
import { alike } from "./received-paths.ts";
import type { ReceivedPath } from "./received-paths.ts";

const plain: ReceivedPath = {
  nextHop: "192.168.1.10",
  med: 0,
  localPref: null,
  asPath: "4200000010",
  communities: "",
  largeCommunities: "",
  further: { origin: "IGP" },
};

function nodesAlike(others: Partial<ReceivedPath>): readonly (readonly NodeName[])[] {
  const paths = new Map([
    ["n1", plain] as const,
    ["n2", { ...plain, ...others }] as const,
    ["n3", plain] as const,
  ]);
  return alike(paths).map(({ nodes }) => nodes);
}

describe("paths from several nodes", () => {
  it("are alike whatever the address and the AS number of the node", () => {
    expect(nodesAlike({ nextHop: "192.168.1.11", asPath: "4200000011" })).toEqual([["n1", "n2", "n3"]]);
  });

  it.each([
    { med: 50 },
    { localPref: 100 },
    { asPath: "4200000011 4200000011" },
    { communities: "65535:0" },
    { largeCommunities: "64512:1:2" },
    { further: { origin: "incomplete" } },
  ])("are not alike with %j from one of them", (others) => {
    expect(nodesAlike(others)).toEqual([["n1", "n3"], ["n2"]]);
  });
});
