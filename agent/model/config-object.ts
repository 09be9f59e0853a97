// A projectcalico.org/v3 object as it was read; the config room gives its spec a meaning.

export type ConfigKind = "BGPConfiguration" | "BGPPeer" | "BGPFilter";

export interface ConfigObject {
  readonly kind: ConfigKind;
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  /** As decoded from JSON or YAML, not validated. */
  readonly spec: unknown;
}
