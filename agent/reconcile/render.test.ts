import { expect, test } from "vitest";
import { pictureWith, plainDecisions } from "../../test/support/picture.ts";
import type { WireObject } from "../../test/support/picture.ts";
import { EngineError } from "../engine/contract.ts";
import type { FileEngine, SpeakerWish } from "../engine/rendering.ts";
import { decideOnce } from "./offline.ts";
import { renderDesired } from "./render.ts";

/** Writes down what it is asked for, but for tor2 and IPv6. */
const scribe: FileEngine = {
  name: "bird",
  refusals: ({ peers }) =>
    peers
      .filter(({ name }) => name === "tor2")
      .map(({ name }) => ({
        object: `BGPPeer/${name}`,
        field: "spec.x",
        severity: "error",
        message: "cannot",
      })),
  render: (wish: SpeakerWish) => ({
    files: [{ path: "/x", mode: 0o640, comment: "#", text: textOf(wish) }],
    rejections: [...wish.routes].flatMap(({ prefix }) =>
      prefix.includes(":")
        ? [{ item: { t: "route", prefix }, error: new EngineError("refused", "not here") }]
        : [],
    ),
  }),
  open: () => Promise.reject(new EngineError("unreachable", "there is no speaker")),
};

const textOf = ({ peers, routes }: SpeakerWish): string =>
  [
    ...peers.map(({ name, password }) => `${name} ${password?.reveal() ?? "-"}`),
    ...[...routes].map(({ prefix }) => prefix),
  ].join("\n");

const node = [
  "Node",
  { metadata: { name: "n1" }, status: { addresses: [{ type: "InternalIP", address: "192.168.1.10" }] } },
] as const;
const named = (name: string, spec: object) => ({ metadata: { name }, spec });
const guarded = (peerIP: string) => ({
  peerIP,
  asNumber: 65001,
  password: { secretKeyRef: { name: "bgp", key: "tor" } },
});
const objects: readonly WireObject[] = [
  ["BGPConfiguration", named("default", { serviceClusterIPs: [{ cidr: "10.49.0.0/16" }] })],
  ["BGPPeer", named("tor1", guarded("192.168.1.1"))],
  ["BGPPeer", named("tor2", guarded("192.168.1.2"))],
  [
    "Service",
    {
      metadata: { name: "web", namespace: "shop", annotations: { "bellman.bgp/advertise": "local" } },
      spec: { type: "NodePort", clusterIPs: ["10.49.0.7"], externalTrafficPolicy: "Local" },
    },
  ],
];
const secret = [
  "Secret",
  { metadata: { name: "bgp", namespace: "bellman" }, stringData: { tor: "guess me" } },
] as const;

function rendered(...objects: readonly WireObject[]) {
  const desired = decideOnce(pictureWith(objects), { ...plainDecisions, namespace: "bellman" });
  return renderDesired(desired, scribe);
}

test("P3: no password is rendered, whether its Secret is there or not; a peer that is refused is left out and told", () => {
  for (const more of [[secret], []]) {
    const { files, problems } = rendered(node, ...objects, ...more);
    expect(files).toEqual([{ path: "/x", mode: 0o640, comment: "#", text: "tor1 (secret)\n10.49.0.0/16" }]);
    expect(problems).toEqual([
      { object: "BGPPeer/tor2", field: "spec.x", severity: "error", message: "cannot" },
    ]);
  }
});

test("a route that cannot be written down is told", () => {
  const wide = named("default", { serviceClusterIPs: [{ cidr: "fd10::/112" }] });
  const both = {
    ...node[1],
    status: {
      addresses: ["192.168.1.10", "fd00::10"].map((address) => ({ type: "InternalIP", address })),
    },
  };
  expect(rendered(["Node", both], ["BGPConfiguration", wide]).problems).toEqual([
    { object: "BGPConfiguration/default", field: "", severity: "error", message: "not here" },
  ]);
});

test("nothing is rendered for a node that is not there", () => {
  const { files, problems } = rendered(...objects);
  expect(files).toEqual([]);
  expect(problems).toContainEqual(expect.objectContaining({ object: "Node/n1", severity: "error" }));
});
