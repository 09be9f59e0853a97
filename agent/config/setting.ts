// What there is to say of a setting of the agent, whatever it is about.

/** What a default may depend on. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly hostname: string;
  /** Of the pod that the agent runs in; null or left out: none. */
  readonly podNamespace?: string | null;
}

export interface Setting<T> {
  /** Returns null for a text that is not allowed. */
  readonly parse: (text: string) => T | null;
  readonly fallback: (surroundings: Surroundings) => T;
  /** What the value is called in the help. */
  readonly placeholder: string;
  /** What may be written, to complete "… is not …". */
  readonly allowed: string;
  readonly help: string;
  /** What holds unless said, in words. */
  readonly otherwise: string;
  /** Entries with a comma between them; in the file also a list of YAML. */
  readonly list?: true;
  /** A flag without a value says `true`. */
  readonly bare?: true;
}

export type SettingsTable<Settings> = { readonly [Name in keyof Settings]: Setting<Settings[Name]> };
