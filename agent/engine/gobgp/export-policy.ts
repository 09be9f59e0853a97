// Tells neighbours apart: keeps routes from some, and changes them on their way to others.
//
// gobgpd 3.10 does not withdraw what its export policy does not let through any more, but it does withdraw a route that
// changes into one which the policy rejects. So the policy stays and the route changes: one rule for each neighbour and
// each treatment sees to the routes that carry its mark, and a last one takes all marks off what is sent. No session is
// touched.
import { hostPrefix, isHostPrefix, parsePrefix, prefixAddress } from "../../model/prefix.ts";
import { EngineError } from "../contract.ts";
import type { Dialect } from "./dialect.ts";
import {
  action,
  guard,
  guarding,
  guards,
  numberIn,
  ruleFor,
  ruleName,
  treatmentIn,
  unmark,
  unmarking,
  unmarks,
} from "./export-rules.ts";
import { refusal } from "./errors.ts";
import { markText } from "../marks.ts";
import { Marks, expressionOf, leavingNumber } from "./marks.ts";
import type { Mark } from "./marks.ts";
import type { PolicyAssignment } from "./proto/gobgp.pb.ts";
import type { Rpc } from "./rpc.ts";
import { treatmentKey } from "./treatment.ts";

const directionExport = 2;

export class ExportPolicy {
  readonly #rpc: Rpc;
  readonly #dialect: Dialect;
  #marks = new Marks();
  #guarded = false;

  constructor(rpc: Rpc, dialect: Dialect) {
    this.#rpc = rpc;
    this.#dialect = dialect;
  }

  /** Those in force when it was last looked. */
  get marks(): Marks {
    return this.#marks;
  }

  /** Was what neighbours send kept from all others when it was last looked? */
  get guarded(): boolean {
    return this.#guarded;
  }

  /**
   * Sees to it that what neighbours send goes on to no other. Must be before anything is taken.
   *
   * @throws {EngineError}
   */
  async ensureGuard(): Promise<void> {
    const marks = await this.read();
    if (this.#guarded) return;
    const { call, policy } = this.#dialect;
    const rules = [...marks.byNumber.keys()].map(ruleName);
    const policies = await this.#rpc.list(call.listPolicy, {});
    if (policies.some((answer) => answer.policy?.name === guard)) {
      await this.#assign([...marks.byNumber.keys()]);
      await this.#rpc.unary(call.deletePolicy, { policy: { name: guard }, all: true });
    }
    const set = { definedType: policy.largeCommunities, name: guard };
    // To add to one that there is would leave what else it has.
    if ((await this.#sets(policy.largeCommunities)).has(guard))
      await this.#rpc.unary(call.deleteDefinedSet, { definedSet: set, all: true });
    const definedSet = { ...set, list: [markText(leavingNumber)] };
    await this.#rpc.unary(call.addDefinedSet, { definedSet });
    await this.#rpc.unary(call.addPolicy, { policy: guarding(policy) });
    await this.#defineUnmark(rules);
    await this.#put([guard, ...rules, unmark]);
    await this.read();
    if (this.guarded) return;
    const { text } = this.#rpc.address;
    throw new EngineError(
      "refused",
      `gobgpd at ${text} does not keep what neighbours send from the others as it was asked to: nothing is taken`,
    );
  }

  /** Those in force. A rule that somebody has changed counts for nothing. @throws {EngineError} */
  async read(): Promise<Marks> {
    const assignment = await this.#assignment();
    if (assignment?.defaultAction === action.reject) {
      // Somebody has closed all doors. Opening them sends nothing yet.
      await this.#put(assignment.policies.map(({ name }) => name));
      await this.#sendAnew();
    }
    this.#marks = await this.#inForce(assignment);
    return this.#marks;
  }

  /** @throws {EngineError} `unreachable` when a rule is not in force any more: what neighbours know has to be judged anew. */
  async assertInForce(): Promise<void> {
    const [before, guarded] = [this.#marks, this.#guarded];
    const now = await this.read();
    if (
      (guarded && !this.#guarded) ||
      [...before.byNumber].some(([number, mark]) => now.numberOf(mark) !== number)
    )
      throw new EngineError(
        "unreachable",
        `another program changed the export policy of gobgpd at ${this.#rpc.address.text}`,
      );
  }

  /**
   * Sees to it that each of these marks has a number, and that its rule is in force. Must be before the first route that
   * carries it, and before the neighbour.
   *
   * @param used the highest number that a route carries: a new one must be on none, or the route would not be withdrawn
   * @returns why some have none; null: all have
   * @throws {EngineError} when gobgpd is lost
   */
  async enforce(wanted: Iterable<Mark>, used: () => Promise<number>): Promise<EngineError | null> {
    if (missing(wanted, this.#marks).length === 0) return null;
    const refusals: EngineError[] = [];
    const refused = async (work: Promise<void>) => {
      const error = await refusal(work);
      if (error !== null) refusals.push(error);
      return error !== null;
    };
    const marks = await this.read();
    const added = missing(wanted, marks);
    if (added.length === 0) return null;
    let number = Math.max(await used(), await this.#highestDefined());
    const defined: number[] = [];
    for (const mark of added) {
      number++;
      if (await refused(this.#define(mark, number))) await refused(this.#undefine(number));
      else defined.push(number);
    }
    if (await refused(this.#assign([...marks.byNumber.keys(), ...defined])))
      for (const each of defined) await refused(this.#undefine(each));
    const [lost] = missing(added, await this.read());
    return lost === undefined ? null : (refusals[0] ?? this.#unheeded(lost));
  }

  /** Clears away marks that no route carries any more. @throws {EngineError} */
  async forget(numbers: readonly number[]): Promise<void> {
    if (numbers.length === 0) return;
    const kept = new Marks([...this.#marks.byNumber].filter(([number]) => !numbers.includes(number)));
    await this.#assign([...kept.byNumber.keys()]);
    this.#marks = kept;
    for (const number of numbers) await this.#undefine(number);
  }

  async #inForce(assignment: PolicyAssignment | null): Promise<Marks> {
    this.#guarded = false;
    const last = assignment?.policies.at(-1);
    const { policy } = this.#dialect;
    // Without the last the marks would be sent along, and one of somebody else's may let everything pass.
    if (assignment === null || last === undefined || !unmarks(last, policy)) return new Marks();
    const communities = await this.#sets(policy.largeCommunities);
    const [first] = assignment.policies;
    const guarded = first !== undefined && guards(first, communities.get(guard), policy);
    const rules = assignment.policies.slice(guarded ? 1 : 0, -1);
    if (rules.some(({ name }) => numberIn(name) === null)) return new Marks();
    this.#guarded = guarded;
    const neighbours = await this.#sets(policy.neighbours);
    const marks = new Map<number, Mark>();
    for (const rule of rules) {
      const number = numberIn(rule.name);
      const treatment = treatmentIn(rule, policy);
      if (number === null || treatment === null) continue;
      const [only, ...others] = neighbours.get(rule.name) ?? [];
      const host = parsePrefix(only ?? "")?.prefix;
      if (host === undefined || !isHostPrefix(host) || others.length > 0) continue;
      const [expression, ...more] = communities.get(rule.name) ?? [];
      if (expression !== expressionOf(number) || more.length > 0) continue;
      marks.set(number, { neighbour: prefixAddress(host), treatment });
    }
    return new Marks(marks);
  }

  async #assignment(): Promise<PolicyAssignment | null> {
    const { call } = this.#dialect;
    const request = { name: "global", direction: directionExport };
    const [answer] = await this.#rpc.list(call.listPolicyAssignment, request);
    return answer?.assignment ?? null;
  }

  async #sets(definedType: number): Promise<ReadonlyMap<string, readonly string[]>> {
    const answers = await this.#rpc.list(this.#dialect.call.listDefinedSet, { definedType });
    return new Map(answers.map(({ definedSet }) => [definedSet?.name ?? "", definedSet?.list ?? []]));
  }

  async #highestDefined(): Promise<number> {
    const names = (await this.#sets(this.#dialect.policy.neighbours)).keys();
    return Math.max(0, ...[...names].map((name) => numberIn(name) ?? 0));
  }

  async #define({ neighbour, treatment }: Mark, number: number): Promise<void> {
    const { call, policy } = this.#dialect;
    const name = ruleName(number);
    const sets = [
      { definedType: policy.neighbours, name, list: [hostPrefix(neighbour)] },
      { definedType: policy.largeCommunities, name, list: [markText(number)] },
    ];
    for (const definedSet of sets) await this.#rpc.unary(call.addDefinedSet, { definedSet });
    await this.#rpc.unary(call.addPolicy, { policy: ruleFor(name, treatment, policy) });
  }

  /** All of it that there is. */
  async #undefine(number: number): Promise<void> {
    const { call, policy } = this.#dialect;
    const name = ruleName(number);
    const obstacles = [await refusal(this.#rpc.unary(call.deletePolicy, { policy: { name }, all: true }))];
    for (const definedType of [policy.neighbours, policy.largeCommunities]) {
      const definedSet = { definedType, name };
      obstacles.push(await refusal(this.#rpc.unary(call.deleteDefinedSet, { definedSet, all: true })));
    }
    const obstacle = obstacles.find((each) => each !== null);
    if (obstacle != null) throw obstacle;
  }

  async #assign(numbers: readonly number[]): Promise<void> {
    const rules = numbers.map((number) => ruleName(number));
    const before = await this.#assignment();
    await this.#defineUnmark(rules);
    await this.#put([...this.#first, ...rules, unmark]);
    // Somebody has taken all of it out: what was sent meanwhile has to be judged anew.
    if (before?.defaultAction !== action.accept) await this.#sendAnew();
  }

  /** A soft reset: no session is lost. */
  async #sendAnew(): Promise<void> {
    const { call, resetOut: direction } = this.#dialect;
    for (const { peer } of await this.#rpc.list(call.listPeer, {}))
      await this.#rpc.unary(call.resetPeer, {
        address: peer?.conf?.neighborAddress ?? "",
        soft: true,
        direction,
      });
  }

  /** @param rules that stay in force when somebody changed the last one and it has to be made anew */
  async #defineUnmark(rules: readonly string[]): Promise<void> {
    const { call, policy } = this.#dialect;
    const policies = await this.#rpc.list(call.listPolicy, {});
    const found = policies.find((answer) => answer.policy?.name === unmark)?.policy;
    if (found !== undefined) {
      if (unmarks(found, policy)) return;
      await this.#put([...this.#first, ...rules]);
      await this.#rpc.unary(call.deletePolicy, { policy: { name: unmark }, all: true });
    }
    await this.#rpc.unary(call.addPolicy, { policy: unmarking(policy) });
  }

  get #first(): readonly string[] {
    return this.#guarded ? [guard] : [];
  }

  async #put(names: readonly string[]): Promise<void> {
    await this.#rpc.unary(this.#dialect.call.setPolicyAssignment, {
      assignment: {
        name: "global",
        direction: directionExport,
        policies: names.map((name) => ({ name })),
        defaultAction: action.accept,
      },
    });
  }

  #unheeded({ neighbour }: Mark): EngineError {
    const { text } = this.#rpc.address;
    return new EngineError(
      "refused",
      `gobgpd at ${text} does not tell ${neighbour} apart from other neighbours as it was asked to`,
    );
  }
}

/** Each once. */
function missing(wanted: Iterable<Mark>, marks: Marks): readonly Mark[] {
  const found = new Map<string, Mark>();
  for (const mark of wanted)
    if (marks.numberOf(mark) === undefined)
      found.set(`${mark.neighbour} ${treatmentKey(mark.treatment)}`, mark);
  return [...found.values()];
}
