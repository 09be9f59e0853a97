// Who serves a service, counted anew from all slices for every question.
import { at, list } from "./json.ts";
import { parseIp } from "./net.ts";
import type { Ip } from "./net.ts";

export type Bits = Ip["bits"];

/** `draining`: only pods that are about to end serve. */
export type Serving = "ready" | "draining" | "none";

interface WireEndpoint {
  readonly bits: Bits;
  readonly nodeName: unknown;
  readonly ready: boolean;
  readonly draining: boolean;
}

export class Endpoints {
  readonly #all: readonly WireEndpoint[];

  /** @param slices all slices there are; those of other services are left out here. */
  constructor(slices: Iterable<unknown>, namespace: string, service: string) {
    this.#all = [...slices].filter((slice) => isOf(slice, namespace, service)).flatMap(endpointsOf);
  }

  /** @param node null: anywhere. */
  serving(bits: Bits, node: string | null, terminating: "deprefer" | "keep" | "withdraw"): Serving {
    const here = this.#all.filter((each) => each.bits === bits && (node === null || each.nodeName === node));
    if (here.some(({ ready }) => ready)) return "ready";
    if (!here.some(({ draining }) => draining)) return "none";
    return { deprefer: "draining", keep: "ready", withdraw: "none" }[terminating] as Serving;
  }
}

function isOf(slice: unknown, namespace: string, service: string): boolean {
  const labels = at(slice, "metadata", "labels");
  return (
    at(slice, "metadata", "namespace") === namespace && at(labels, "kubernetes.io/service-name") === service
  );
}

function endpointsOf(slice: unknown): readonly WireEndpoint[] {
  const type = at(slice, "addressType");
  const bits = type === "IPv4" ? 32 : type === "IPv6" ? 128 : null;
  if (bits === null) return [];
  return list(at(slice, "endpoints")).flatMap((endpoint): readonly WireEndpoint[] => {
    if (parseIp(list(at(endpoint, "addresses"))[0])?.bits !== bits) return [];
    const condition = (name: string, otherwise: boolean) => at(endpoint, "conditions", name) ?? otherwise;
    const ready = condition("ready", true) === true;
    const ending = condition("terminating", false) === true && condition("serving", true) === true;
    return [{ bits, nodeName: at(endpoint, "nodeName"), ready, draining: !ready && ending }];
  });
}
