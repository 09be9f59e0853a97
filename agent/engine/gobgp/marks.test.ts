import { describe, expect, it } from "vitest";
import { address, communities, route } from "../../../test/integration/engine/conformance/trial.ts";
import { marked, marksOf, unmarked } from "./marks.ts";

const [a, b] = [address("192.0.2.1"), address("2001:db8::1")];
const marks = new Map([
  [a, 7],
  [b, 12],
]);
const owners = new Map([...marks].map(([neighbour, number]) => [number, neighbour]));
const own = communities("64512:1", "64512:4242:7");

describe("marks", () => {
  it.each([[[]], [[a]], [[b]], [[a, b]]])(
    "stand in the table for the neighbours %j, and are read back",
    (notTo) => {
      const wanted = route("10.49.0.1/32", { ...own, notTo });
      const inTable = marked(wanted, marks);
      expect(inTable).toMatchObject({ notTo: [], communities: own.communities });
      expect(inTable?.largeCommunities).toHaveLength(1 + notTo.length);
      expect(inTable && unmarked(inTable, owners)).toEqual(wanted);
    },
  );

  it("are needed for every neighbour that a route is kept from", () => {
    expect(marked(route("10.49.0.1/32", { notTo: [a, address("192.0.2.2")] }), marks)).toBeNull();
  });

  it("are nobody's own communities", () => {
    expect(marked(route("10.49.0.1/32", communities("4294967295:4242:7")), marks)).toBeNull();
    expect(marked(route("10.49.0.1/32", communities("4294967295:4243:7")), marks)).not.toBeNull();
  });

  it("that belong to nobody stay, so that the route is none of ours", () => {
    const stray = route("10.49.0.1/32", communities("4294967295:4242:7", "4294967295:4242:9"));
    expect(marksOf(stray)).toEqual([7, 9]);
    expect(unmarked(stray, owners)).toEqual(
      route("10.49.0.1/32", { ...communities("4294967295:4242:9"), notTo: [a] }),
    );
  });
});
