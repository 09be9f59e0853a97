// The stand-in's nftables rules: the translation that kube-proxy would do, for one node, as one atomic ruleset.
import { podCidrs } from "../rack/layout.ts";
import type { ServicePort } from "./service-table.ts";

const table = "inet lab_proxy";

/** Text for `nft -f`: replaces what an earlier one has put in place. */
export function ruleset(ports: readonly ServicePort[]): string {
  const served = ports.filter((port) => port.endpoints.length > 0);
  const empty = ports.filter((port) => port.endpoints.length === 0);
  return `add table ${table}
delete table ${table}
table ${table} {
  chain services {
${lines(served.map((port) => `${match(port)} ${translate(port)}`))}  }
  chain nobody {
${lines(empty.map((port) => `${match(port)} ${port.whenEmpty}`))}  }
  chain prerouting { type nat hook prerouting priority dstnat; jump services; }
  chain output_nat { type nat hook output priority -100; jump services; }
  chain input { type filter hook input priority filter; jump nobody; }
  chain forward { type filter hook forward priority filter; jump nobody; }
  chain output { type filter hook output priority filter; jump nobody; }
  # Answers from another node's pod must come back through us.
  chain postrouting {
    type nat hook postrouting priority srcnat;
    oifname "eth0" ct status dnat ip saddr != ${podCidrs.ipv4} masquerade
    oifname "eth0" ct status dnat ip6 saddr != ${podCidrs.ipv6} masquerade
  }
}
`;
}

const words = { ipv4: "ip", ipv6: "ip6" } as const;

function match({ address, family, protocol, port }: ServicePort): string {
  const nfproto = family === "ipv4" ? "ipv4" : "ipv6";
  const to =
    address === null ? `meta nfproto ${nfproto} fib daddr type local` : `${words[family]} daddr ${address}`;
  return `${to} ${protocol} dport ${port}`;
}

function translate({ family, endpoints }: ServicePort): string {
  const targets = endpoints.map((endpoint, index) => `${index} : ${endpoint.address} . ${endpoint.port}`);
  return `dnat ${words[family]} addr . port to numgen random mod ${targets.length} map { ${targets.join(", ")} }`;
}

function lines(rules: readonly string[]): string {
  return rules.map((rule) => `    ${rule}\n`).join("");
}
