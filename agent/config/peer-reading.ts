// What a BGPPeer object says, collected field by field.
import type { Asn } from "../model/asn.ts";
import type { Selector } from "./selector/selector.ts";
import type { Endpoint } from "./values.ts";

/**
 * What is to be said of a field. `typo`, `ignored`: the session is as it would be without the field. `refused`: the
 * session must not run, because without the field it would be another one. `invalid`: cannot be read, so an edit
 * that changes nothing yet. `waits`: not known yet, so what stands stays.
 */
export interface Finding {
  readonly effect: "typo" | "ignored" | "refused" | "invalid" | "waits";
  readonly field: string;
  /** For `refused` and `invalid` without what holds meanwhile: that depends on what was valid before. */
  readonly says: string;
}

/** Which nodes speak to the peer. `unknown`: what is written cannot be read, or contradicts itself. */
export type Nodes =
  | { readonly t: "every" | "unknown" }
  | { readonly t: "named"; readonly name: string }
  | { readonly t: "labelled"; readonly selector: Selector };

/** A key of a Secret in the agent's namespace. */
export interface PasswordRef {
  readonly name: string;
  readonly key: string;
}

/** What the object says; whether it is for this node, and what was valid before, is for the caller to add. */
export interface PeerDraft {
  readonly nodes: Nodes;
  /** null: missing or not readable. */
  readonly endpoint: Endpoint | null;
  readonly asn: Asn | null;
  /** null: as the node. */
  readonly localAsn: Asn | null;
  /** null: not set. */
  readonly keepaliveSeconds: number | null;
  readonly restartSeconds: number | null;
  readonly passwordRef: PasswordRef | null;
  readonly source: "UseNodeIP" | "None";
  readonly ttlSecurityHops: number | null;
  readonly allowedLocalAsns: number;
  /** null: not readable. */
  readonly filters: readonly string[] | null;
  readonly findings: readonly Finding[];
}

export class Reading implements PeerDraft {
  nodes: Nodes = { t: "every" };
  /** The neighbours are nodes or workloads, chosen by label. */
  withSelected = false;
  misreads = false;
  endpoint: Endpoint | null = null;
  asn: Asn | null = null;
  localAsn: Asn | null = null;
  keepaliveSeconds: number | null = null;
  restartSeconds: number | null = null;
  passwordRef: PasswordRef | null = null;
  source: "UseNodeIP" | "None" = "UseNodeIP";
  ttlSecurityHops: number | null = null;
  allowedLocalAsns = 0;
  filters: readonly string[] | null = [];
  readonly written = new Set<"peerIP" | "asNumber">();
  readonly findings: Finding[] = [];

  tell(effect: Finding["effect"], field: string, says: string): void {
    this.findings.push({ effect, field, says });
  }

  /** A field that is not known may stand for one that keeps something back: no session runs without it. */
  misread(field: string, says: string): void {
    this.misreads = true;
    if (this.nodes.t === "every") this.nodes = { t: "unknown" };
    this.tell("invalid", field, says);
  }

  /** Takes the one choice of nodes that an object may make; in which order the fields are written means nothing. */
  choose(nodes: Nodes): void {
    if (this.nodes.t === "every") this.nodes = nodes;
    else if (this.nodes.t !== "unknown") {
      this.nodes = { t: "unknown" };
      this.tell("invalid", "spec.nodeSelector", "node and nodeSelector are both set, and only one may be");
    }
  }
}
