// Refuses what peers send: a policy that accepts the daemon's own paths, and "reject" for all others.
//
// The global import policy also judges the daemon's own paths; a bare "reject" would drop them without an error.
// SetPolicies ignores the assignments it is given (gobgpd 3.10), so the policy and its assignment are set apart.
import type { Dialect } from "./dialect.ts";
import type { Policy, PolicyAssignment } from "./proto/gobgp.pb.ts";
import type { Rpc } from "./rpc.ts";

const name = "bellman-originates";

// Values of the enumerations RouteType, RouteAction and PolicyDirection: the same in every version.
const routeTypeLocal = 3;
const action = { accept: 1, reject: 2 } as const;
const directionImport = 1;

/** Reads first: AddPolicy fails when repeated, and an assignment that holds already is better left alone. */
export async function refuseReceived(rpc: Rpc, dialect: Dialect): Promise<void> {
  const { call } = dialect;
  const [current] = await rpc.list(call.listPolicyAssignment, { name: "global", direction: directionImport });
  if (current?.assignment !== undefined && refuses(current.assignment)) return;

  const policies = await rpc.list(call.listPolicy, {});
  const found = policies.find(({ policy }) => policy?.name === name)?.policy;
  if (found !== undefined && !acceptsOnlyLocal(found)) {
    // Somebody changed it. It must not be in use to be removed; until it is back nothing at all is accepted.
    await assign(rpc, dialect, []);
    await rpc.unary(call.deletePolicy, { policy: { name }, all: true });
  }
  if (found === undefined || !acceptsOnlyLocal(found)) {
    const statement = {
      name,
      conditions: { routeType: routeTypeLocal },
      actions: { routeAction: action.accept },
    };
    await rpc.unary(call.addPolicy, { policy: { name, statements: [statement] } });
  }
  await assign(rpc, dialect, [{ name }]);
  await forgetReceived(rpc, dialect);
}

function assign(rpc: Rpc, { call }: Dialect, policies: readonly { name: string }[]): Promise<unknown> {
  return rpc.unary(call.setPolicyAssignment, {
    assignment: {
      name: "global",
      direction: directionImport,
      policies: [...policies],
      defaultAction: action.reject,
    },
  });
}

/** Judges what came in before the policy once more (a soft reset: no session is lost). */
async function forgetReceived(rpc: Rpc, { call, resetIn }: Dialect): Promise<void> {
  for (const { peer } of await rpc.list(call.listPeer, {}))
    await rpc.unary(call.resetPeer, {
      address: peer?.conf?.neighborAddress ?? "",
      soft: true,
      direction: resetIn,
    });
}

function refuses(assignment: PolicyAssignment): boolean {
  const [policy, ...others] = assignment.policies;
  return (
    assignment.defaultAction === action.reject &&
    policy?.name === name &&
    others.length === 0 &&
    acceptsOnlyLocal(policy)
  );
}

function acceptsOnlyLocal(policy: Policy): boolean {
  const [statement, ...others] = policy.statements;
  return (
    others.length === 0 &&
    statement?.conditions?.routeType === routeTypeLocal &&
    statement.actions?.routeAction === action.accept
  );
}
