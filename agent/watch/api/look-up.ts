// Single objects as they stand in the API, as they are written there: what a change is laid over.
import type { Clock } from "../../time/clock.ts";
import { isFields } from "../decode/fields.ts";
import type { Fields } from "../decode/fields.ts";
import { readKey } from "../decode/metadata.ts";
import { messageOf, WatchError } from "../errors.ts";
import { kinds } from "../kinds.ts";
import { nameOf } from "../manifests/change.ts";
import type { ObjectName, WireStore } from "../manifests/change.ts";
import { readText } from "./body.ts";
import { Collection } from "./collection.ts";
import { Credentials } from "./credentials.ts";
import { defaultLimits } from "./limits.ts";
import { parseListPage } from "./list-page.ts";
import { Transport } from "./transport.ts";

export interface LookUpOptions {
  readonly kubeconfig?: string;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Asks for each object by itself, by a list of one: the right to list, which the agent has, will do.
 *
 * @returns by `nameOf`, without those that are not there.
 * @throws {WatchError} at the first that cannot be asked for.
 */
export async function lookUp(
  wanted: readonly ObjectName[],
  { kubeconfig, clock, env }: LookUpOptions,
  signal: AbortSignal,
): Promise<WireStore> {
  const limits = defaultLimits;
  const credentials = new Credentials(kubeconfig, { env });
  const transport = new Transport({ credentials, clock, limits, userAgent: "bellman" });
  const common = { clock, limits, answered: () => undefined };
  const found = new Map<string, Fields>();
  try {
    for (const object of wanted) {
      const { kind, key } = object;
      const collection = new Collection({ ...common, kind, fieldSelector: selectorOf(object) }, transport);
      const answer = await collection.find(() => ({}), true, signal);
      if (answer === "missing") continue;
      const idleTimeoutMs = limits.responseTimeoutMs;
      const { items } = parseListPage(await readText(answer, limits.maxPageBytes, { clock, idleTimeoutMs }));
      for (const item of items)
        if (isFields(item) && readKey(kind, item) === key) found.set(nameOf(object), item);
    }
  } catch (error) {
    if (error instanceof WatchError) throw error;
    throw new WatchError("unreachable", messageOf(error), { cause: error });
  } finally {
    transport.reset();
  }
  return found;
}

function selectorOf({ kind, key }: ObjectName): string {
  const [first = "", ...rest] = key.split("/");
  return kinds[kind].namespaced
    ? `metadata.namespace=${first},metadata.name=${rest.join("/")}`
    : `metadata.name=${key}`;
}
