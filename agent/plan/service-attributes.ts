// What a service's annotations ask for its routes; a value that cannot be read is a problem, never a guess.
import { parseCommunity, parseLargeCommunity } from "../model/community.ts";
import type { Community, LargeCommunity } from "../model/community.ts";
import { quote } from "../model/problem.ts";
import type { Problem } from "../model/problem.ts";
import type { Service } from "../model/service.ts";

/** null: the annotation is not there, or cannot be read. */
export interface ServiceAttributes {
  readonly communities: readonly Community[];
  readonly largeCommunities: readonly LargeCommunity[];
  readonly med: number | null;
  readonly localPref: number | null;
  readonly prepend: number | null;
}

export const noAttributes: ServiceAttributes = {
  communities: [],
  largeCommunities: [],
  med: null,
  localPref: null,
  prepend: null,
};

/** Longer paths are dropped by many routers, and no ToR needs them to prefer another node. */
const maxPrepend = 16;
const maxUint32 = 0xffff_ffff;

interface Read {
  readonly attributes: ServiceAttributes;
  readonly problems: readonly Problem[];
}

const nothing: Read = { attributes: noAttributes, problems: [] };

export function readAttributes(service: Service): Read {
  const { annotations } = service;
  return Object.keys(annotations).length === 0 ? nothing : read(service);
}

function read({ key, annotations }: Service): Read {
  const problems: Problem[] = [];
  const tell = (name: string, message: string) =>
    problems.push({
      object: `Service/${key}`,
      field: `metadata.annotations[${name}]`,
      severity: "error",
      message,
    });
  const number = (name: string, max: number): number | null => {
    const text = annotations[name];
    if (text === undefined) return null;
    if (/^[0-9]{1,10}$/.test(text) && Number(text) <= max) return Number(text);
    tell(name, `${quote(text)} is not a number from 0 to ${max}; the route is announced without it`);
    return null;
  };
  const oneOf = (name: string, ...allowed: readonly string[]) => {
    const text = annotations[name];
    if (text !== undefined && !allowed.includes(text))
      tell(name, `${quote(text)} is not ${allowed.join(" or ")}; the annotation is left out of account`);
  };
  const communities: Community[] = [];
  const largeCommunities: LargeCommunity[] = [];
  for (const text of list(annotations["bellman.bgp/communities"])) {
    const [standard, large] = [parseCommunity(text), parseLargeCommunity(text)];
    if (standard !== null) communities.push(standard);
    else if (large !== null) largeCommunities.push(large);
    else
      tell(
        "bellman.bgp/communities",
        `${quote(text)} is no community (aa:nn or aa:nn:mm); the route is announced without it`,
      );
  }
  oneOf("bellman.bgp/advertise", "local", "none");
  oneOf("projectcalico.org/AdvertiseClusterIP", "true", "false");
  const attributes = {
    communities,
    largeCommunities,
    med: number("bellman.bgp/med", maxUint32),
    localPref: number("bellman.bgp/local-pref", maxUint32),
    prepend: number("bellman.bgp/prepend", maxPrepend),
  };
  return { attributes, problems };
}

function list(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  return text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}
