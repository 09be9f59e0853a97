// The export policy of the stand-in for gobgpd: takes rules and gives them back, and carries out those that reject.
import type { PolicyNumbers } from "../../agent/engine/gobgp/dialect.ts";
import type { DefinedSet, Path, Policy, PolicyAssignment } from "../../agent/engine/gobgp/proto/gobgp.pb.ts";
import { decodeRoute } from "../../agent/engine/wire/decode-route.ts";
import { decodePrefix } from "../../agent/engine/wire/nlri.ts";
import { defaultAsn } from "../../agent/model/asn.ts";

const reject = 2;

export class StandInPolicy {
  readonly #numbers: PolicyNumbers;
  readonly #sets = new Map<string, DefinedSet>();
  readonly #policies = new Map<string, Policy>();
  #assigned: PolicyAssignment | null = null;

  constructor(numbers: PolicyNumbers) {
    this.#numbers = numbers;
  }

  addSet(set: DefinedSet | undefined): object {
    if (set !== undefined) this.#sets.set(keyOf(set), set);
    return {};
  }

  deleteSet(set: DefinedSet | undefined): object {
    if (set === undefined || !this.#sets.delete(keyOf(set))) throw new Error("no such set");
    return {};
  }

  sets(definedType: number): readonly { readonly definedSet: DefinedSet }[] {
    const asExpression = (text: string) =>
      definedType === this.#numbers.largeCommunities ? `^${text}$` : text;
    return [...this.#sets.values()]
      .filter((set) => set.definedType === definedType)
      .map((set) => ({ definedSet: { ...set, list: set.list.map(asExpression) } }));
  }

  add(policy: Policy | undefined): object {
    if (policy !== undefined) this.#policies.set(policy.name, policy);
    return {};
  }

  delete(name: string): object {
    if (this.#assigned?.policies.some((policy) => policy.name === name) === true) throw new Error("in use");
    if (!this.#policies.delete(name)) throw new Error("no such policy");
    return {};
  }

  list(): readonly { readonly policy: Policy }[] {
    return [...this.#policies.values()].map((policy) => ({ policy }));
  }

  assign(assignment: PolicyAssignment): object {
    const policies = assignment.policies.map(({ name }) => {
      const policy = this.#policies.get(name);
      if (policy === undefined) throw new Error("no such policy");
      return policy;
    });
    this.#assigned = { ...assignment, policies };
    return {};
  }

  assignment(): readonly { readonly assignment: PolicyAssignment }[] {
    return this.#assigned === null ? [] : [{ assignment: this.#assigned }];
  }

  /** Does a rule keep the path from this neighbour? */
  rejects(path: Path, address: string): boolean {
    const prefix = decodePrefix(path.family?.afi === 1 ? "ipv4" : "ipv6", path.nlriBinary);
    const { largeCommunities } = decodeRoute(prefix, path.pattrsBinary, defaultAsn);
    return (this.#assigned?.policies ?? []).some(({ name, statements }) => {
      const { neighbours, largeCommunities: type } = this.#numbers;
      const [only] = this.#sets.get(`${neighbours} ${name}`)?.list ?? [];
      const [mark] = this.#sets.get(`${type} ${name}`)?.list ?? [];
      return (
        statements[0]?.actions?.routeAction === reject &&
        only?.split("/")[0] === address &&
        largeCommunities.some((community) => community === mark)
      );
    });
  }
}

function keyOf({ definedType, name }: DefinedSet): string {
  return `${definedType} ${name}`;
}
