// A node and its top-of-rack router, directly connected: two namespaces and a cable.
import { addNetns, connect, deleteNetns } from "./netns.ts";

export const nodeAddress = { ipv4: "192.168.1.10", ipv6: "fd01::10" } as const;
export const torAddress = { ipv4: "192.168.1.1", ipv6: "fd01::1" } as const;

export interface NodeAndTor {
  /** Names of the namespaces. */
  readonly node: string;
  readonly tor: string;
  connect(): Promise<void>;
  remove(): Promise<void>;
}

export function nodeAndTor(prefix: string): NodeAndTor {
  const [node, tor] = [`${prefix}-node`, `${prefix}-tor`];
  const port = (netns: string, { ipv4, ipv6 }: typeof nodeAddress | typeof torAddress) => ({
    netns,
    name: "eth0",
    addresses: [`${ipv4}/24`, `${ipv6}/64`],
  });
  return {
    node,
    tor,
    async connect() {
      for (const netns of [node, tor]) await addNetns(netns);
      await connect(port(node, nodeAddress), port(tor, torAddress));
    },
    async remove() {
      for (const netns of [node, tor]) await deleteNetns(netns);
    },
  };
}
