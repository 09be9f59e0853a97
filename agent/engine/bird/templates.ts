// The templates of templates/bird/, and what they are filled with to see whether they can be used.
import peerTemplate from "../../../templates/bird/peer.hbs";
import peersTemplate from "../../../templates/bird/peers.hbs";
import routeTemplate from "../../../templates/bird/route.hbs";
import servicesTemplate from "../../../templates/bird/services.hbs";
import type { Overrides } from "../templates/overrides.ts";
import type { Template } from "../templates/template.ts";
import { Templates } from "../templates/templates.ts";
import type { PeerContext, PeersContext, RouteContext, ServicesContext } from "./contexts.ts";

const builtIn = {
  route: routeTemplate,
  services: servicesTemplate,
  peer: peerTemplate,
  peers: peersTemplate,
} as const;

export const birdTemplateNames = ["route", "services", "peer", "peers"] as const;

export interface BirdTemplates {
  readonly route: Template<RouteContext>;
  readonly services: Template<ServicesContext>;
  readonly peer: Template<PeerContext>;
  readonly peers: Template<PeersContext>;
}

const attributes = {
  med: "50",
  localPref: "200",
  path: ["64512"],
  communities: [{ high: "64512", low: "100" }],
  largeCommunities: [{ global: "64512", local1: "1", local2: "2" }],
};

const route: RouteContext = {
  prefix: "192.0.2.1/32",
  attributes: true,
  nextHop: "192.168.1.10",
  ...attributes,
  notTo: ["192_168_1_1"],
  variants: [{ id: "fd01__1", ...attributes }],
};

const peer: PeerContext = {
  id: "192_168_1_1",
  name: "tor1",
  address: "192.168.1.1",
  port: "179",
  asn: "65001",
  localAsn: "64512",
  routerId: "192.168.1.10",
  listenPort: "179",
  holdTimeSeconds: "9",
  keepaliveSeconds: "3",
  password: "secret",
  sourceAddress: "192.168.1.10",
  multihop: "255",
  direct: true,
  ttlSecurity: true,
  allowedLocalAsns: "1",
  gracefulRestartSeconds: "30",
  bfdIntervalMs: "100",
};

const services: ServicesContext = { neighbors: ["192_168_1_1"], ipv4: "", ipv6: "" };
const peers: PeersContext = { bfd: true, peers: "" };

/** By template: all that each can be given, with nothing left out. */
export const birdSamples = { route, services, peer, peers } as const;

/** @throws {TemplateError} for the first that cannot be used */
export function birdTemplates(overrides: Overrides = new Map()): BirdTemplates {
  const templates = new Templates("bird", builtIn, overrides);
  return {
    route: templates.compile("route", birdSamples.route),
    services: templates.compile("services", birdSamples.services),
    peer: templates.compile("peer", birdSamples.peer),
    peers: templates.compile("peers", birdSamples.peers),
  };
}
