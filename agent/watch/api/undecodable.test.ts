import { beforeEach, expect, test } from "vitest";
import { Cluster } from "../cluster.ts";
import { DecodeError } from "../decode/fields.ts";
import { Undecodable } from "./undecodable.ts";

let cluster: Cluster;
let undecodable: Undecodable;
const wire = (name: string) => ({ metadata: { name } });
const objects = () => [...cluster.problems()].map(({ object, field }) => `${object} ${field}`);

beforeEach(() => {
  cluster = new Cluster();
  undecodable = new Undecodable("BGPPeer", cluster);
});

test("each object is reported by its name, and once it is mended no longer", () => {
  undecodable.add(wire("tor1"), new DecodeError("spec", "too deep"));
  undecodable.add(wire("tor2"), new DecodeError("spec", "too deep"));
  undecodable.add({}, new DecodeError("metadata", "none"));
  expect(objects()).toEqual(["BGPPeer/tor1 spec", "BGPPeer/tor2 spec", "BGPPeer metadata"]);
  undecodable.mended("tor1");
  expect(objects()).toEqual(["BGPPeer/tor2 spec", "BGPPeer metadata"]);
  undecodable.clear();
  expect(objects()).toEqual([]);
});

test("however many there are, the report stays readable", () => {
  for (let index = 0; index < 1000; index += 1)
    undecodable.add(wire(`p${index}`), new DecodeError("spec", "no"));
  expect(objects()).toHaveLength(100);
});
