// How settings are called where they are written: flags, environment variables; and those that are not there yet.

/** Settings whose flag is another word than their name. */
const otherFlags: ReadonlyMap<string, string> = new Map([
  ["loadBalancerClasses", "load-balancer-class"],
  ["drainWaitMs", "drain-wait"],
  ["dataplaneGateMaxWaitMs", "dataplane-gate-max-wait"],
]);

/** Flags whose capability comes with a later release: known, and refused. */
export const laterFlags: readonly string[] = [
  "gobgp-tls-ca",
  "gobgp-tls-cert",
  "gobgp-tls-key",
  "guard",
  "withdraw-hold",
];

/** `gobgpAddress` → `gobgp-address` */
export function flagName(setting: string): string {
  return otherFlags.get(setting) ?? setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `gobgp-address` → `BELLMAN_GOBGP_ADDRESS` */
export function envName(flag: string): string {
  return `BELLMAN_${flag.toUpperCase().replaceAll("-", "_")}`;
}
