// Network namespaces as machines: a bridge in a namespace of its own is the cable between them.
import { execa } from "execa";

/** Runs a command to its end and returns stdout. @throws with command, exit code and stderr. */
export async function run(...argv: readonly string[]): Promise<string> {
  const [file = "", ...args] = argv;
  return (await execa(file, args)).stdout;
}

/** Runs a command inside a namespace and returns stdout. */
export function runIn(netns: string, ...argv: readonly string[]): Promise<string> {
  return run("ip", "netns", "exec", netns, ...argv);
}

export async function netnsExists(name: string): Promise<boolean> {
  return (await run("ip", "netns", "list")).split("\n").some((line) => line.split(" ")[0] === name);
}

/** A namespace with its loopback up and IPv6 usable at once (no duplicate address detection). */
export async function addNetns(name: string): Promise<void> {
  await run("ip", "netns", "add", name);
  await runIn(name, "ip", "link", "set", "lo", "up");
  await sysctl(name, { "net.ipv6.conf.all.disable_ipv6": 0, "net.ipv6.conf.default.accept_dad": 0 });
}

/** Removes a namespace and with it every interface inside; none of that name is fine. */
export async function deleteNetns(name: string): Promise<void> {
  if (!(await netnsExists(name))) return;
  try {
    await run("ip", "netns", "delete", name);
  } catch (error) {
    // Somebody else has removed it meanwhile: two who begin find the same lab that was abandoned.
    if (await netnsExists(name)) throw error;
  }
}

export async function sysctl(netns: string, values: Readonly<Record<string, number>>): Promise<void> {
  await runIn(netns, "sysctl", "-qw", ...Object.entries(values).map(([key, value]) => `${key}=${value}`));
}

/** One end of a cable: the interface `name` in `netns` with its addresses (`192.168.1.10/24`). */
export interface Port {
  readonly netns: string;
  readonly name: string;
  readonly addresses: readonly string[];
}

/** Two namespaces, directly connected. */
export async function connect(a: Port, b: Port): Promise<void> {
  await run(
    "ip",
    "link",
    "add",
    a.name,
    "netns",
    a.netns,
    "type",
    "veth",
    "peer",
    "name",
    b.name,
    "netns",
    b.netns,
  );
  for (const port of [a, b]) await bringUp(port);
}

/** A bridge inside `netns` that `plug` connects machines to. */
export async function addBridge(bridge: Port): Promise<void> {
  await runIn(bridge.netns, "ip", "link", "add", bridge.name, "type", "bridge");
  await bringUp(bridge);
}

/** Connects a machine to a bridge; the port on the bridge's side is called after the machine's namespace. */
export async function plug(bridge: Port, machine: Port, bridgePort: string): Promise<void> {
  await connect(machine, { netns: bridge.netns, name: bridgePort, addresses: [] });
  await runIn(bridge.netns, "ip", "link", "set", bridgePort, "master", bridge.name);
}

async function bringUp({ netns, name, addresses }: Port): Promise<void> {
  for (const address of addresses) {
    const noDad = address.includes(":") ? ["nodad"] : [];
    await runIn(netns, "ip", "address", "add", address, "dev", name, ...noDad);
  }
  await runIn(netns, "ip", "link", "set", name, "up");
}
