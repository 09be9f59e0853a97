// Which services have to be decided again after a change of node or configuration: those of which a gate may now see
// something else.
import type { AddressSource, AllowEntry } from "../config/node-config.ts";
import type { Address } from "../model/address.ts";
import type { Prefix } from "../model/prefix.ts";
import type { Service } from "../model/service.ts";
import type { Verdict } from "../model/verdict.ts";
import { claimsOf } from "./claim.ts";
import type { View } from "./view.ts";

/** Whether the verdicts on a service may become others. @param verdicts those from before the change */
export type ServiceTest = (service: Service, verdicts: readonly Verdict[]) => boolean;

type AddressTest = (address: Address) => boolean;

const always = () => true;

/** One rule for each part of the view; null: what is read of that part is the same. */
const rules = {
  nodeName: (before, after) => (before.nodeName === after.nodeName ? null : always),
  settings: (before, after) => (before.settings === after.settings ? null : always),
  nodeRefusal: (before, after) => (before.nodeRefusal === after.nodeRefusal ? null : always),
  // It tells by itself which services are to be decided again.
  dataplane: () => null,
  // Only the reason of what is announced depends on it.
  draining: (before, after) =>
    before.draining === after.draining ? null : (_, verdicts) => verdicts.some(({ announce }) => announce),
  // Why it drains is told of the node alone.
  drainCauses: () => null,
  node: (before, after) => {
    const changed = difference(before.node?.addresses ?? [], after.node?.addresses ?? []);
    return changed.size === 0 ? null : claiming(() => (address) => changed.has(address));
  },
  config: ({ config: before }, { config: after }) => {
    const listTests: Readonly<Record<AddressSource, AddressTest | null>> = {
      clusterIPs: listTest(before.allow.clusterIPs, after.allow.clusterIPs),
      externalIPs: listTest(before.allow.externalIPs, after.allow.externalIPs),
      loadBalancerIPs:
        before.aggregateLoadBalancerIPs === after.aggregateLoadBalancerIPs
          ? listTest(before.allow.loadBalancerIPs, after.allow.loadBalancerIPs)
          : always,
    };
    const same = Object.values(listTests).every((test) => test === null);
    return same ? null : claiming((source) => listTests[source]);
  },
} satisfies Readonly<Record<keyof View, (before: View, after: View) => ServiceTest | null>>;

/** A service that passes none of the tests keeps its verdicts; without tests that holds for every service. */
export function viewChanges(before: View, after: View): readonly ServiceTest[] {
  return Object.values(rules)
    .map((rule) => rule(before, after))
    .filter((test) => test !== null);
}

/** Services that claim an address, from a source, which passes the test for that source. */
function claiming(testFor: (source: AddressSource) => AddressTest | null): ServiceTest {
  return (service) => {
    for (const { source, address } of claimsOf(service)) if (testFor(source)?.(address) === true) return true;
    return false;
  };
}

/** For an address a list changes with the entries that hold it, for all addresses when it becomes or was empty. */
function listTest(
  before: readonly AllowEntry[] | null,
  after: readonly AllowEntry[] | null,
): AddressTest | null {
  const [old, now] = [before ?? [], after ?? []];
  if ((old.length === 0) !== (now.length === 0)) return always;
  const prefixes = difference(old.map(prefixOf), now.map(prefixOf));
  const changed = [...old, ...now].filter(({ prefix }) => prefixes.has(prefix));
  return changed.length === 0 ? null : (address) => changed.some((entry) => entry.contains(address));
}

function prefixOf({ prefix }: AllowEntry): Prefix {
  return prefix;
}

/** What is in one of the lists only. */
function difference<T>(before: readonly T[], after: readonly T[]): ReadonlySet<T> {
  const [old, now] = [new Set(before), new Set(after)];
  return new Set([...before.filter((item) => !now.has(item)), ...after.filter((item) => !old.has(item))]);
}
