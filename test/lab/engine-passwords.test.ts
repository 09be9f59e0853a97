// P3 with FRR and BIRD as speakers, both at once: their passwords stand in files, too.
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { at } from "../../lab/rack/json.ts";
import type { Session } from "../../lab/rack/router.ts";
import { GuardedRack, passwords } from "./passwords.ts";
import { unseenBy } from "./tor-session.ts";

const { first, second, third } = passwords;

let sides: readonly GuardedRack[];
beforeAll(async () => {
  const guarded = await GuardedRack.start(`pwe${process.pid}`, "manifests", "mixed");
  sides = [guarded.on("n2"), guarded.on("n3")];
});
afterAll(() => any().rack.down());

function any(): GuardedRack {
  const [side] = sides;
  if (side === undefined) throw new Error("there are two");
  return side;
}

const tor = () => any().tor("frr");
const other = () => any().tor("bird");

/** Does the same for the sessions of both nodes with the FRR ToR, at the same time. */
async function both(work: (side: GuardedRack) => Promise<void>): Promise<void> {
  await Promise.all(sides.map(work));
}

function guard(password: string): Promise<void> {
  return both((side) => side.guard(tor(), password));
}

function sessions(): Promise<readonly Session[]> {
  return Promise.all(sides.map((side) => side.sessionAt(tor())));
}

it("P3: a session of FRR and of BIRD comes up with the right password", async () => {
  const { n1 } = await tor().sessions();
  await unseenBy(other(), () => guard(first));
  expect((await tor().sessions()).n1).toEqual(n1);
  for (const { node } of sides) expect(at(await node.agent.api("status"), "problems")).toEqual([]);
});

it("P3: with another password in Secret and ToR it is established anew, and no other session is touched", async () => {
  await guard(first);
  const before = await sessions();
  const { n1 } = await tor().sessions();
  await unseenBy(other(), () => guard(second));
  expect((await tor().sessions()).n1).toEqual(n1);
  for (const [index, { ups }] of (await sessions()).entries())
    expect(ups).toBeGreaterThan(before[index]?.ups ?? 0);
  await both((side) => side.earshot.get());
});

it("P3: a session whose Secret is gone keeps its password, and that is told", async () => {
  await guard(first);
  const before = await sessions();
  await unseenBy(other(), async () => {
    await any().deleteSecret();
    const field = "spec.password.secretKeyRef.name";
    await both((side) => side.tells(tor(), field, "there is no Secret bellman/bgp-passwords"));
    expect(await sessions()).toEqual(before);
  });
  await guard(first);
});

it("P3: a wrong password keeps it down, and the reason is told, until the Secret has the right one", async () => {
  await guard(first);
  await unseenBy(other(), async () => {
    await both((side) => side.setAtTor(tor(), third));
    await both(async (side) => {
      await side.says(tor(), "spec.password", "does not answer; a neighbour with another password");
      const series = `bellman_peer_state{peer="${side.peerOf(tor())}",state="established"} 0\n`;
      expect((await side.node.agent.get("/metrics")).body).toContain(series);
      expect((await side.sessionAt(tor())).established).toBe(false);
      await Promise.all([side.earshot.get(), side.earshot.ask()]);
    });
    await any().putSecret(Object.fromEntries(sides.map((side) => [side.peerOf(tor()), third])));
    await both(async (side) => {
      await side.retry(tor());
      await side.guardedBy(tor(), third);
    });
  });
});

it("P3: the password is nowhere to be heard, and nobody else can read the files that have it", async () => {
  for (const side of sides) {
    expect(side.earshot.size).toBeGreaterThan(10_000);
    expect(await side.leaks()).toEqual([]);
    expect(side.where([join(side.rack.directory, side.node.name)]).length).toBeGreaterThan(0);
  }
});
