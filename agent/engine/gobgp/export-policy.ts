// Keeps routes from single neighbours.
//
// gobgpd 3.10 does not withdraw what its export policy does not let through any more, but it does withdraw a route that
// changes into one which the policy rejects. So the policy stays and the route changes: one rule for each neighbour
// rejects the routes that carry its mark, and a last one takes all marks off what is sent. No session is touched.
import type { Address } from "../../model/address.ts";
import { isHostPrefix, hostPrefix, parsePrefix, prefixAddress } from "../../model/prefix.ts";
import { EngineError } from "../contract.ts";
import type { Dialect } from "./dialect.ts";
import {
  action,
  numberIn,
  rejecting,
  rejects,
  ruleName,
  unmark,
  unmarking,
  unmarks,
} from "./export-rules.ts";
import { expressionOf, markText } from "./marks.ts";
import type { Marks } from "./marks.ts";
import type { PolicyAssignment } from "./proto/gobgp.pb.ts";
import type { Rpc } from "./rpc.ts";

const directionExport = 2;

export class ExportPolicy {
  readonly #rpc: Rpc;
  readonly #dialect: Dialect;
  #marks: Marks = new Map();

  constructor(rpc: Rpc, dialect: Dialect) {
    this.#rpc = rpc;
    this.#dialect = dialect;
  }

  /** Those in force when it was last looked. */
  get marks(): Marks {
    return this.#marks;
  }

  /** Those in force. A rule that somebody has changed counts for nothing. @throws {EngineError} */
  async read(): Promise<Marks> {
    this.#marks = await this.#inForce();
    return this.#marks;
  }

  /** @throws {EngineError} `unreachable` when a rule is not in force any more: what neighbours know has to be judged anew. */
  async assertInForce(): Promise<void> {
    const before = this.#marks;
    const now = await this.read();
    if ([...before].some(([address, number]) => now.get(address) !== number))
      throw new EngineError(
        "unreachable",
        `another program changed the export policy of gobgpd at ${this.#rpc.address.text}`,
      );
  }

  /**
   * Sees to it that each of these neighbours has a mark, and that it is in force. Must be before the first route that
   * carries it, and before the neighbour.
   *
   * @param used the highest mark that a route carries: a new one must be on none, or the route would not be withdrawn
   * @throws {EngineError} `refused`, also when gobgpd does not do what it was asked for
   */
  async enforce(addresses: Iterable<Address>, used: () => Promise<number>): Promise<void> {
    const wanted = new Set(addresses);
    const missing = (marks: Marks) => [...wanted].filter((address) => !marks.has(address));
    if (missing(this.#marks).length === 0) return;
    const marks = new Map(await this.read());
    const added = missing(marks);
    if (added.length === 0) return;
    let number = Math.max(await used(), await this.#highestDefined());
    for (const address of added) {
      await this.#define(address, ++number);
      marks.set(address, number);
    }
    await this.#assign([...marks.values()]);
    const [lost] = missing(await this.read());
    if (lost !== undefined)
      throw new EngineError(
        "refused",
        `gobgpd at ${this.#rpc.address.text} does not keep routes from ${lost} as it was asked to`,
      );
  }

  /** Clears away the marks of neighbours that no route is kept from any more. @throws {EngineError} */
  async forget(addresses: readonly Address[]): Promise<void> {
    const numbers = addresses
      .map((address) => this.#marks.get(address))
      .filter((number) => number !== undefined);
    if (numbers.length === 0) return;
    const kept = new Map([...this.#marks].filter(([address]) => !addresses.includes(address)));
    await this.#assign([...kept.values()]);
    this.#marks = kept;
    const { call, policy } = this.#dialect;
    for (const name of numbers.map((number) => ruleName(number))) {
      await this.#rpc.unary(call.deletePolicy, { policy: { name }, all: true });
      for (const definedType of [policy.neighbours, policy.largeCommunities])
        await this.#rpc.unary(call.deleteDefinedSet, { definedSet: { definedType, name }, all: true });
    }
  }

  async #inForce(): Promise<Marks> {
    const marks = new Map<Address, number>();
    const assignment = await this.#assignment();
    // Without it the marks would be sent along: then no rule is as it should be.
    const last = assignment?.policies.at(-1);
    if (assignment === null || last === undefined || !unmarks(last, this.#dialect.policy)) return marks;
    const { policy } = this.#dialect;
    const neighbours = await this.#sets(policy.neighbours);
    const communities = await this.#sets(policy.largeCommunities);
    for (const rule of assignment.policies) {
      const number = numberIn(rule.name);
      if (number === null || !rejects(rule, policy)) continue;
      const [only, ...others] = neighbours.get(rule.name) ?? [];
      const neighbour = parsePrefix(only ?? "")?.prefix;
      if (neighbour === undefined || !isHostPrefix(neighbour) || others.length > 0) continue;
      const [expression, ...more] = communities.get(rule.name) ?? [];
      if (expression !== expressionOf(number) || more.length > 0) continue;
      marks.set(prefixAddress(neighbour), number);
    }
    return marks;
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

  async #define(address: Address, number: number): Promise<void> {
    const { call, policy } = this.#dialect;
    const name = ruleName(number);
    const sets = [
      { definedType: policy.neighbours, name, list: [hostPrefix(address)] },
      { definedType: policy.largeCommunities, name, list: [markText(number)] },
    ];
    for (const definedSet of sets) await this.#rpc.unary(call.addDefinedSet, { definedSet });
    await this.#rpc.unary(call.addPolicy, { policy: rejecting(name, policy) });
  }

  async #assign(numbers: readonly number[]): Promise<void> {
    const rules = numbers.map((number) => ruleName(number));
    const before = await this.#assignment();
    await this.#defineUnmark(rules);
    await this.#put([...rules, unmark]);
    // Somebody has closed all doors, and opening them sends nothing yet.
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
      await this.#put(rules);
      await this.#rpc.unary(call.deletePolicy, { policy: { name: unmark }, all: true });
    }
    await this.#rpc.unary(call.addPolicy, { policy: unmarking(policy) });
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
}
