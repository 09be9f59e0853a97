import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Address } from "../../model/address.ts";
import type { Peer } from "../../model/peer.ts";
import type { Prefix } from "../../model/prefix.ts";
import type { Route } from "../../model/route.ts";
import { fullPeer, fullRoute, instance, plainPeer, route } from "./bird.fixture.ts";
import { birdEngine } from "./engine.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bellman-bird-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const engine = () => birdEngine({ socket: join(directory, "none"), directory });
const path = (name: string) => join(directory, name);
const services = () => readFileSync(path("10-services.conf"), "utf8");
const sessions = () => readFileSync(path("20-peers.conf"), "utf8");

function write(routes: readonly Route[], peers: readonly Peer[]): void {
  for (const file of engine().render({ instance, routes, peers }).files)
    writeFileSync(file.path, file.text, { mode: file.mode });
}

/** Forgets these; returns how many it knew. */
const forget = (...gone: readonly (Prefix | Address)[]) =>
  engine().forget?.({ route: (prefix) => !gone.includes(prefix), peer: (peer) => !gone.includes(peer) });

const [a, b, c] = [route("10.49.0.1/32"), route("10.49.0.3/32"), route("fd49::1/128")];

test("what is left is what would be written without it", async () => {
  write([fullRoute, b], [plainPeer]);
  const before = [services(), sessions()];
  write([fullRoute, a, b], [plainPeer]);
  expect(await forget(a.prefix)).toBe(1);
  expect([services(), sessions()]).toEqual(before);
  expect(await forget(a.prefix)).toBe(0);
});

test("all of it leaves tables and protocols, and the sessions' part that is nobody's", async () => {
  write([a, fullRoute, c], [fullPeer, plainPeer]);
  expect(await forget(a.prefix, fullRoute.prefix, c.prefix, fullPeer.address, plainPeer.address)).toBe(5);
  expect(services().match(/^(?:route|protocol static \S+)/gm)).toEqual([
    "protocol static bellman_static4",
    "protocol static bellman_static6",
  ]);
  expect(sessions()).not.toMatch(/protocol bgp|filter|password "/);
  expect(sessions()).toMatch(/^#= instance .*^graceful restart wait 10;$/ms);
});

test("a text that somebody has changed stays, and so do lines before one", async () => {
  write([a, b], [plainPeer]);
  const changed = services().replace("10.49.0.1/32 blackhole", "10.49.0.1/32 unreachable");
  writeFileSync(path("10-services.conf"), changed);
  writeFileSync(path("20-peers.conf"), sessions().replace("# BIRD sends on", "# mine\n# BIRD sends on"));
  expect(await forget(a.prefix, b.prefix, plainPeer.address)).toBe(2);
  expect(services()).toContain("route 10.49.0.1/32 unreachable;");
  expect(services()).not.toContain("10.49.0.3/32");
  expect(sessions()).toMatch(/^# mine\n$/m);
  expect(sessions()).not.toContain("protocol bgp");
});

test("what a change was interrupted in is settled before, and does not bring it back", async () => {
  const open = () =>
    engine().open(
      instance,
      { lost: () => undefined, session: () => undefined },
      new AbortController().signal,
    );
  write([a, b], []);
  writeFileSync(path(".10-services.conf.before"), services());
  writeFileSync(path("10-services.conf"), "nonsense");
  await expect(open()).rejects.toMatchObject({ code: "unreachable" });
  expect(await forget(a.prefix)).toBe(1);
  await expect(open()).rejects.toMatchObject({ code: "unreachable" });
  expect(services()).not.toContain(a.prefix);
  expect(services()).toContain(b.prefix);
});

test("the files stay BIRD's alone to read, and where there are none none are made", async () => {
  expect(await forget(a.prefix)).toBe(0);
  expect(readdirSync(directory)).toEqual([]);
  write([a], [plainPeer]);
  const { gid } = statSync(path("10-services.conf"));
  expect(await forget(a.prefix)).toBe(1);
  expect(statSync(path("10-services.conf"))).toMatchObject({ mode: 0o100640, gid });
});
