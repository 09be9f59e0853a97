// Templates that can be used, but make what the daemon does not take: its word is told, and everything stays.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { birdEngine } from "../../../agent/engine/bird/engine.ts";
import { frrEngine } from "../../../agent/engine/frr/engine.ts";
import type { Engine, EngineLink } from "../../../agent/engine/contract.ts";
import type { Overrides } from "../../../agent/engine/templates/overrides.ts";
import { compareAll } from "../../../agent/reconcile/compare.ts";
import frrAttributes from "../../../templates/frr/attributes.hbs";
import frrNeighbor from "../../../templates/frr/neighbor.hbs";
import birdPeer from "../../../templates/bird/peer.hbs";
import birdRoute from "../../../templates/bird/route.hbs";
import { frrRig } from "../engine/frr-rig.ts";
import { birdRig } from "../engine/bird-rig.ts";
import { communities } from "../engine/conformance/seen.ts";
import { nothing, route } from "../engine/conformance/trial.ts";
import { withRig } from "../engine/with-rig.ts";
import type { EngineRig } from "../engine/conformance/rig.ts";

interface Case<R extends EngineRig> {
  readonly make: () => Promise<R>;
  readonly engine: (rig: R, templates: Overrides) => Engine;
  /** What stands on disk for the daemon. */
  readonly files: (rig: R) => Readonly<Record<string, string>>;
  readonly peer: { readonly template: string; readonly text: string; readonly says: RegExp };
  readonly route: { readonly template: string; readonly text: string; readonly says: RegExp };
}

function describeRefusals<R extends EngineRig>(name: string, given: Case<R>): void {
  describe(name, () => {
    const current = withRig(given.make);
    const old = [route("10.49.0.1/32"), route("10.49.0.2/32", communities("64512:100"))];

    /** Everything is up, and then another agent comes, with this template of a user's. */
    async function withTemplate({ template, text }: Case<R>["peer"]): Promise<EngineLink> {
      const { rig, trial } = current();
      const { link } = await trial.established(...old);
      await link.close("keep");
      rig.witness.mark();
      const place = `/site/${name}/${template}.hbs`;
      const engine = given.engine(rig, new Map([[template, { place, text }]]));
      const events = { lost: () => undefined, session: () => undefined };
      return engine.open(rig.instance, events, new AbortController().signal);
    }

    /** Not a word about these routes to the neighbour; and so it stays when the daemon starts anew. */
    async function nothingIsLost(before: Readonly<Record<string, string>>, link: EngineLink): Promise<void> {
      const { rig, trial } = current();
      expect(given.files(rig)).toEqual(before);
      await trial.witnessed(...old);
      expect(rig.witness.events(rig.peers.ipv4).filter(({ t }) => t === "removed")).toEqual([]);
      await link.close("keep");
      await rig.kill();
      await rig.start();
      await trial.witnessed(...old);
    }

    test("a session as its template makes it is refused: the one that runs goes on", async () => {
      const { rig } = current();
      const link = await withTemplate(given.peer);
      const before = given.files(rig);
      const change = compareAll({ routes: old, peers: [rig.peers.ipv4] }, await link.held());
      expect(change).toMatchObject({ announce: [], withdraw: [] });
      const rejections = await link.apply(change);
      expect(rejections).toMatchObject([
        { item: { t: "peer", address: rig.peers.ipv4.address }, error: { code: "refused" } },
      ]);
      expect(rejections[0]?.error.message).toMatch(given.peer.says);
      await nothingIsLost(before, link);
    });

    test("routes as their template makes them are refused: those that there are stay", async () => {
      const { rig } = current();
      const link = await withTemplate(given.route);
      const before = given.files(rig);
      const fresh = route("10.49.0.3/32", { med: 77 });
      const wanted = [...old.map((each) => ({ ...each, med: 77 })), fresh];
      const { announce } = compareAll({ routes: wanted, peers: [rig.peers.ipv4] }, await link.held());
      expect(announce).toEqual(wanted);
      const rejections = await link.apply({ ...nothing, announce });
      expect(rejections.map(({ item }) => item)).toEqual(
        wanted.map(({ prefix }) => ({ t: "route", prefix })),
      );
      for (const { error } of rejections) expect(error.message).toMatch(given.route.says);
      await nothingIsLost(before, link);
    });
  });
}

describeRefusals("bird", {
  make: () => birdRig(),
  engine: ({ bird }, templates) => birdEngine({ socket: bird.socket, directory: bird.includes, templates }),
  files: ({ bird }) => textsIn(bird.includes),
  peer: {
    template: "peer",
    text: birdPeer.replace("hold time", "hold thyme"),
    says: /20-peers\.conf:[0-9]+:[0-9]+ syntax error/,
  },
  route: {
    template: "route",
    // Those without a MED are as the built-in template makes them.
    text: birdRoute.replace("bgp_med =", "bgp_mad ="),
    says: /10-services\.conf:[0-9]+:[0-9]+ syntax error/,
  },
});

describeRefusals("frr", {
  make: () => frrRig({ keepsFile: true }),
  engine: (rig, overrides) => frrEngine({ sockets: rig.frr.sockets, config: rig.frr.config, overrides }),
  files: ({ frr }) => ({ "frr.conf": readFileSync(frr.config, "utf8") }),
  peer: {
    template: "neighbor",
    text: frrNeighbor.replace("timers", "thymers"),
    says: /thymers/,
  },
  route: {
    template: "attributes",
    text: frrAttributes.replace("set metric", "set matric"),
    says: /matric/,
  },
});

function textsIn(directory: string): Readonly<Record<string, string>> {
  const files = readdirSync(directory).filter((file) => file.endsWith(".conf"));
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(directory, file), "utf8")]));
}
