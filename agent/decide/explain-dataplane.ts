// What the node's proxy was asked, and what came of it, as facts.
import { familyOf } from "../model/address.ts";
import type { Case } from "./address-gates.ts";
import type { Passage, Standing } from "./dataplane.ts";

export function dataplaneFacts({ service, claim, view }: Case): readonly string[] {
  const standing = view.dataplane.standing(service.key, claim.address);
  const proxy = `kube-proxy on ${view.nodeName}`;
  switch (standing.t) {
    case "unknown":
      return [];
    case "passed":
      return [`${passages[standing.how](proxy)} (${at(standing.atMs)})`];
    case "waiting":
      return waitingFacts(standing, proxy, familyOf(claim.address) === "ipv4" ? "IPv4" : "IPv6");
  }
}

const passages = {
  held: () => "the speaker held the route when the agent looked: what is announced is not held back",
  confirmed: (proxy) => `${proxy} has told that it serves it`,
  untold: (proxy) =>
    `${proxy} does not tell when it synced (older than Kubernetes 1.33, or another program): it is not waited for`,
  silent: () => "nothing has answered on port 10256 of the node: there is no kube-proxy to wait for",
  overdue: (proxy) =>
    `announced after the maximum wait (--dataplane-gate-max-wait): ${proxy} has not told that it serves it`,
} as const satisfies Record<Passage, (proxy: string) => string>;

function waitingFacts(
  { asking, changedAtMs, beganMs, untilMs }: Extract<Standing, { t: "waiting" }>,
  proxy: string,
  family: string,
): readonly string[] {
  const sync = `${proxy}: status.${family}.lastUpdated of :10256/healthz is not after ${
    changedAtMs === null ? "its start" : at(changedAtMs)
  }, when the agent heard of the change`;
  return [
    asking.t === "healthCheck"
      ? `${proxy}: healthCheckNodePort ${asking.port} has not answered 200 with localEndpoints above 0, or ${sync}`
      : sync,
    `waiting since ${at(beganMs)}, until ${at(untilMs)} at most (--dataplane-gate-max-wait)`,
  ];
}

function at(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
