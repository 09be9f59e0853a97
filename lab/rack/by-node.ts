// A value for each node.
import type { NodeName } from "./layout.ts";

export function byNode<T>(make: (node: NodeName) => T): Readonly<Record<NodeName, T>> {
  return { n1: make("n1"), n2: make("n2"), n3: make("n3") };
}
