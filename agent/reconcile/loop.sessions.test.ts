// Sessions are precious: which changes start one anew, and that no other is touched.
import { beforeEach, describe, expect, it } from "vitest";
import { ip, node } from "../decide/decide.fixture.ts";
import { MemorySpeaker } from "../engine/memory/speaker.ts";
import { Secret } from "../model/secret.ts";
import type { SecretState } from "../model/secret-object.ts";
import { objectKey } from "../model/service.ts";
import { peer, startWorld, sync, tor } from "./loop.fixture.ts";
import type { World } from "./loop.fixture.ts";
import { doubtAfterMs } from "./password-doubts.ts";

const other = ip("192.168.1.2");
const key = objectKey("bellman", "bgp");
const guard = { password: { secretKeyRef: { name: "bgp", key: "tor" } } };

let lines: string[];
beforeEach(() => {
  lines = [];
});

/** An agent for the same speaker as another one, or for a new one. */
function start(before?: World): World {
  const options = { namespace: "bellman", secretsSeen: "byName" } as const;
  return startWorld(
    (clock) => before?.speaker ?? new MemorySpeaker({ clock }),
    "keep",
    lines,
    undefined,
    null,
    options,
  );
}
async function begin(world: World, spec: object, secret?: SecretState): Promise<void> {
  sync(world.cluster);
  world.cluster.set("BGPPeer", "tor", peer("tor", tor, spec));
  world.cluster.set("BGPPeer", "tor2", peer("tor2", other));
  if (secret !== undefined) put(world, secret);
  await world.clock.advance(0);
}
function put({ cluster }: World, state: SecretState): void {
  cluster.set("Secret", key, { key, state });
}
const holding = (text: string): SecretState => ({
  t: "present",
  entries: new Map([["tor", { t: "text", text: new Secret(text) }]]),
});
const passwordOf = ({ speaker }: World) => speaker.peers.get(tor)?.password?.reveal() ?? null;
/** Neighbours whose session was not left alone since the news were cleared. */
const touched = ({ speaker }: World) => [...new Set(speaker.news.map(({ to }) => to))];

describe("P3: a rotated password", () => {
  it("starts that one session anew, and says so without showing it", async () => {
    const world = start();
    await begin(world, guard, holding("first"));
    expect(passwordOf(world)).toBe("first");
    world.speaker.clearNews();
    put(world, holding("second"));
    await world.clock.advance(0);
    expect(passwordOf(world)).toBe("second");
    expect(touched(world)).toEqual([tor]);
    expect(lines).toContain(`warn session with tor (${tor}) starts anew: password changed`);
    expect(lines.join()).not.toMatch(/first|second/);
    await world.stop();
  });

  it("that was not rotated after all touches nothing", async () => {
    const world = start();
    await begin(world, guard, holding("first"));
    world.speaker.clearNews();
    put(world, holding("first"));
    sync(world.cluster);
    await begin(world, guard, holding("first"));
    expect(touched(world)).toEqual([]);
    await world.stop();
  });
});

describe("P3: a neighbour that does not answer", () => {
  const says = `BGPPeer/tor spec.password: ${tor} does not answer`;
  const told = () => lines.filter((line) => line.includes(says)).length;

  it("makes doubtful the password that it is asked with, after a while, until it answers", async () => {
    const world = start();
    world.speaker.setReachable(tor, false);
    world.speaker.setReachable(other, false);
    await begin(world, guard, holding("first"));
    await world.clock.advance(doubtAfterMs - 1);
    expect(world.loop.doubts).toEqual([]);
    await world.clock.advance(10_000);
    expect(world.loop.doubts).toMatchObject([
      { object: "BGPPeer/tor", field: "spec.password", severity: "warning" },
    ]);
    expect(told()).toBe(1);
    world.speaker.setReachable(tor, true);
    await world.clock.advance(20_000);
    expect(world.loop.doubts).toEqual([]);
    expect(lines.join()).not.toContain("first");
    await world.stop();
  });
});

describe("P3: a Secret that is not known yet", () => {
  it("keeps a new session waiting, and lets it come up with the password", async () => {
    const world = start();
    await begin(world, guard);
    expect([...world.speaker.peers.keys()]).toEqual([other]);
    put(world, holding("first"));
    await world.clock.advance(0);
    expect(passwordOf(world)).toBe("first");
    await world.stop();
  });

  it("at a start of the agent leaves the session of the run before as it is", async () => {
    const before = start();
    await begin(before, guard, holding("first"));
    await before.stop();
    before.speaker.clearNews();
    const world = start(before);
    await begin(world, guard);
    expect(passwordOf(world)).toBe("first");
    put(world, holding("first"));
    await world.clock.advance(0);
    expect(touched(world)).toEqual([]);
    await world.stop();
  });
});

describe("P3: a Secret that is deleted", () => {
  it("leaves the running session with the password that it has; recreated, only a usable one counts", async () => {
    const world = start();
    await begin(world, guard, holding("first"));
    world.speaker.clearNews();
    put(world, { t: "absent" });
    await world.clock.advance(0);
    put(world, { t: "present", entries: new Map() });
    await world.clock.advance(0);
    expect(passwordOf(world)).toBe("first");
    expect(touched(world)).toEqual([]);
    expect(world.desired.problems()).toMatchObject([
      { object: "BGPPeer/tor", field: "spec.password.secretKeyRef.key", severity: "error" },
    ]);
    put(world, holding("third"));
    await world.clock.advance(0);
    expect(passwordOf(world)).toBe("third");
    expect(touched(world)).toEqual([tor]);
    await world.stop();
  });

  it("keeps a session down that never had one, at a restart as well", async () => {
    const world = start();
    await begin(world, guard, { t: "absent" });
    expect([...world.speaker.peers.keys()]).toEqual([other]);
    await world.stop();
    const again = start(world);
    await begin(again, guard, { t: "absent" });
    expect([...again.speaker.peers.keys()]).toEqual([other]);
    await again.stop();
  });
});

describe("P9: a session starts anew only for a change of its own", () => {
  it("that is told, and no other session hears of it", async () => {
    const world = start();
    await begin(world, {});
    world.speaker.clearNews();
    world.cluster.set(
      "BGPPeer",
      "tor",
      peer("tor", tor, { keepaliveTime: "5s", numAllowedLocalASNumbers: 1 }),
    );
    await world.clock.advance(0);
    expect(touched(world)).toEqual([tor]);
    expect(lines).toContain(
      `warn session with tor (${tor}) starts anew: keepaliveTime, numAllowedLocalASNumbers changed`,
    );
    await world.stop();
  });

  it("and not for the order of the node's addresses, nor over a restart", async () => {
    const addresses = [ip("192.168.1.10"), ip("192.168.1.11")];
    const world = start();
    await begin(world, {});
    world.cluster.set("Node", "n1", node({ internalIPs: addresses, addresses }));
    await world.clock.advance(0);
    expect(world.speaker.peers.get(tor)?.sourceAddress).toBe(addresses[0]);
    world.speaker.clearNews();
    const turned = [...addresses].reverse();
    world.cluster.set("Node", "n1", node({ internalIPs: turned, addresses: turned }));
    await world.clock.advance(0);
    await world.stop();
    const again = start(world);
    sync(again.cluster);
    again.cluster.set("Node", "n1", node({ internalIPs: turned, addresses: turned }));
    again.cluster.set("BGPPeer", "tor2", peer("tor2", other));
    await again.clock.advance(0);
    expect(again.speaker.peers.get(tor)?.sourceAddress).toBe(addresses[0]);
    expect(touched(again)).toEqual([]);
    await again.stop();
  });

  it("and not for an edit that cannot be read, nor when the agent restarts on it", async () => {
    const world = start();
    await begin(world, { keepaliveTime: "5s" });
    world.speaker.clearNews();
    const bad = { peerIP: "nowhere", keepaliveTime: "7s" };
    world.cluster.set("BGPPeer", "tor", peer("tor", "nowhere", bad));
    await world.clock.advance(0);
    await world.stop();
    const again = start(world);
    await begin(again, bad);
    expect(touched(again)).toEqual([]);
    expect(again.speaker.peers.get(tor)).toMatchObject({ keepaliveSeconds: 5 });
    expect(again.desired.config.peers.map(({ name }) => name)).toEqual(["tor", "tor2"]);
    await again.stop();
  });
});

describe("why a session was lost", () => {
  it("is logged when the speaker says it, once, also when that is later", async () => {
    const { clock, cluster, speaker, loop, stop } = start();
    sync(cluster);
    await clock.advance(1_000);
    lines.splice(0);
    speaker.drop(tor);
    expect(lines).toEqual([
      "warn session with tor (192.168.1.1) is lost after 1 s: it is active now; look at the neighbour and the way to it",
    ]);
    lines.splice(0);
    for (let times = 0; times < 2; times++) speaker.explain(tor, "hold timer expired");
    expect(lines).toEqual([
      "warn session with tor (192.168.1.1) was lost, as the speaker says now: hold timer expired",
    ]);
    expect(loop.sessions.get(tor)).toMatchObject({ drops: 1, lastDrop: { reason: "hold timer expired" } });
    await stop();
  });
});
