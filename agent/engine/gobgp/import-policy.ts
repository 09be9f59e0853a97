// What peers send: a policy that accepts the daemon's own paths, one that takes what filters accept, and "reject" for all
// others.
//
// The global import policy also judges the daemon's own paths; a bare "reject" would drop them without an error.
// SetPolicies ignores the assignments it is given (gobgpd 3.10), so the policy and its assignment are set apart.
import { EngineError } from "../contract.ts";
import type { Dialect } from "./dialect.ts";
import { refusal } from "./errors.ts";
import type { TakeRule } from "./import-rules.ts";
import type { DefinedSet, Policy, PolicyAssignment } from "./proto/gobgp.pb.ts";
import type { Rpc } from "./rpc.ts";
import { isOurs, policyFor, setTypes, setsFor, takes, takesAsAsked } from "./take-policy.ts";

const name = "bellman-originates";

// Values of the enumerations RouteType, RouteAction and PolicyDirection: the same in every version.
const routeTypeLocal = 3;
const action = { accept: 1, reject: 2 } as const;
const directionImport = 1;

export class ImportPolicy {
  readonly #rpc: Rpc;
  readonly #dialect: Dialect;
  #rules: readonly TakeRule[] = [];

  constructor(rpc: Rpc, dialect: Dialect) {
    this.#rpc = rpc;
    this.#dialect = dialect;
  }

  /** Is anything taken from anybody? */
  get taking(): boolean {
    return this.#rules.length > 0;
  }

  /** From now on nothing is taken from anybody. @throws {EngineError} */
  async refuse(): Promise<void> {
    this.#rules = [];
    await this.enforce();
  }

  /**
   * From now on this is taken, and nothing else. No session notices.
   *
   * @throws {EngineError} `refused`: nothing is taken.
   */
  async take(rules: readonly TakeRule[]): Promise<void> {
    const error = await refusal(this.#enforce(rules));
    this.#rules = error === null ? rules : [];
    if (error === null) return;
    await this.#close();
    await this.#judgeAnew();
    throw error;
  }

  /** Sees to it that what was asked for last is in force. Reads first: what holds already is better left alone. */
  enforce(): Promise<void> {
    return this.#enforce(this.#rules);
  }

  async #enforce(rules: readonly TakeRule[]): Promise<void> {
    if (await this.#holds(rules)) return;
    await this.#close();
    await this.#clear();
    if (rules.length > 0) {
      const { call, policy } = this.#dialect;
      for (const definedSet of setsFor(rules, policy))
        await this.#rpc.unary(call.addDefinedSet, { definedSet });
      await this.#rpc.unary(call.addPolicy, { policy: policyFor(rules, policy) });
      await this.#assign([{ name }, { name: takes }]);
      if (!(await this.#holds(rules)))
        throw new EngineError(
          "refused",
          `gobgpd at ${this.#rpc.address.text} does not judge what neighbours send as it was asked to: nothing is taken from them`,
        );
    }
    await this.#judgeAnew();
  }

  async #holds(rules: readonly TakeRule[]): Promise<boolean> {
    const { call, policy } = this.#dialect;
    const request = { name: "global", direction: directionImport };
    const [current] = await this.#rpc.list(call.listPolicyAssignment, request);
    const assignment = current?.assignment;
    if (assignment === undefined || !refusesOthers(assignment)) return false;
    const [, taking, ...others] = assignment.policies;
    if (rules.length === 0) return taking === undefined;
    return others.length === 0 && takesAsAsked(taking, await this.#sets(), rules, policy);
  }

  /** Only what the daemon originates is let in. */
  async #close(): Promise<void> {
    const { call } = this.#dialect;
    const found = (await this.#policies()).find((policy) => policy.name === name);
    if (found !== undefined && !acceptsOnlyLocal(found)) {
      // Somebody changed it. It must not be in use to be removed; until it is back nothing at all is accepted.
      await this.#assign([]);
      await this.#rpc.unary(call.deletePolicy, { policy: { name }, all: true });
    }
    if (found === undefined || !acceptsOnlyLocal(found)) {
      const statement = {
        name,
        conditions: { routeType: routeTypeLocal },
        actions: { routeAction: action.accept },
      };
      await this.#rpc.unary(call.addPolicy, { policy: { name, statements: [statement] } });
    }
    await this.#assign([{ name }]);
  }

  /** Takes away what is not in force any more. */
  async #clear(): Promise<void> {
    const { call } = this.#dialect;
    if ((await this.#policies()).some((policy) => policy.name === takes))
      await this.#rpc.unary(call.deletePolicy, { policy: { name: takes }, all: true });
    for (const { definedType, name: set } of await this.#sets())
      if (isOurs(set))
        await this.#rpc.unary(call.deleteDefinedSet, { definedSet: { definedType, name: set }, all: true });
  }

  async #policies(): Promise<readonly Policy[]> {
    const answers = await this.#rpc.list(this.#dialect.call.listPolicy, {});
    return answers.map(({ policy }) => policy).filter((policy) => policy !== undefined);
  }

  async #sets(): Promise<readonly DefinedSet[]> {
    const { call, policy } = this.#dialect;
    const sets: DefinedSet[] = [];
    for (const definedType of setTypes(policy))
      for (const { definedSet } of await this.#rpc.list(call.listDefinedSet, { definedType }))
        if (definedSet !== undefined) sets.push(definedSet);
    return sets;
  }

  #assign(policies: readonly { name: string }[]): Promise<unknown> {
    return this.#rpc.unary(this.#dialect.call.setPolicyAssignment, {
      assignment: {
        name: "global",
        direction: directionImport,
        policies: [...policies],
        defaultAction: action.reject,
      },
    });
  }

  /** Judges what came in before the policy once more (a soft reset: no session is lost). */
  async #judgeAnew(): Promise<void> {
    const { call, resetIn } = this.#dialect;
    for (const { peer } of await this.#rpc.list(call.listPeer, {}))
      await this.#rpc.unary(call.resetPeer, {
        address: peer?.conf?.neighborAddress ?? "",
        soft: true,
        direction: resetIn,
      });
  }
}

/** All but what the first policy accepts, and what others take. */
function refusesOthers({ defaultAction, policies: [first] }: PolicyAssignment): boolean {
  return defaultAction === action.reject && first?.name === name && acceptsOnlyLocal(first);
}

function acceptsOnlyLocal(policy: Policy): boolean {
  const [statement, ...others] = policy.statements;
  return (
    others.length === 0 &&
    statement?.conditions?.routeType === routeTypeLocal &&
    statement.actions?.routeAction === action.accept
  );
}
