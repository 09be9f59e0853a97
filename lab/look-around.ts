// What to do in a lab that was left up.
import { Agent } from "./rack/agent.ts";
import type { Rack } from "./rack/rack.ts";

export function lookAround(rack: Rack): string {
  const inside = (netns: string, command: string) => `ip netns exec ${netns} ${command}`;
  const node = rack.node("n1");
  const kubectl =
    rack.controlPlane === null
      ? []
      : [
          [
            "use the API",
            inside(
              `${rack.prefix}-kube`,
              `${rack.controlPlane.program("kubectl")} --kubeconfig ${rack.controlPlane.kubeconfig} get services`,
            ),
          ],
        ];
  const lines = [
    ...rack.tors.flatMap(({ netns, router }, index) => {
      const tor = rack.tors.length === 1 ? "the ToR" : `ToR ${index + 1}`;
      return [
        [`${tor}'s routes`, inside(netns, "ip route")],
        [`${tor}'s router`, router.shell.slice(0, router.name === "frr" ? -1 : undefined).join(" ")],
      ];
    }),
    ["an agent", inside(node.netns, `node lab/get.mjs ${Agent.http}/api/v1/routes`)],
    ...rack.nodes.map(({ name, speaker }) => [`${name}'s ${speaker.program}`, speaker.listRoutes.join(" ")]),
    ["the client", inside(rack.client.netns, `node lab/connect.mjs 10.49.62.131 80 300`)],
    ["the logs", `${rack.directory}/logs/`],
    ...(rack.cluster.name === "manifests"
      ? [["edit these, the agents follow", `${rack.directory}/manifests/`]]
      : kubectl),
    ["take it down", `npm run lab -- down${rack.prefix === "bellman" ? "" : ` --name ${rack.prefix}`}`],
  ];
  const width = Math.max(...lines.map(([what = ""]) => what.length));
  return [
    "",
    "The lab is up:",
    ...lines.map(([what = "", how = ""]) => `  ${what.padEnd(width)}  ${how}`),
  ].join("\n");
}
