// All that stands in test/golden, asked of the real daemon: on disk it is what `render` prints, and a daemon that begins
// with it has just what it had, so that nothing is left to be changed.
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { FileEngine, SpeakerWish } from "../../../agent/engine/rendering.ts";
import { beyond, models } from "../../golden/models.ts";
import type { GoldenModel } from "../../golden/models.ts";
import { frrLines } from "../../injection/frr-statements.ts";
import { birdRig } from "../engine/bird-rig.ts";
import type { BirdRig } from "../engine/bird-rig.ts";
import type { EngineRig } from "../engine/conformance/rig.ts";
import { frrRig } from "../engine/frr-rig.ts";
import type { FrrRig } from "../engine/frr-rig.ts";
import { withRig } from "../engine/with-rig.ts";

/** Texts by their names. */
type Files = Readonly<Record<string, string>>;

type FileRig = { engine(): FileEngine } & EngineRig;

interface Daemon<R extends FileRig> {
  readonly make: () => Promise<R>;
  /** As they are on disk. */
  readonly kept: (rig: R) => Files;
  /** What is said in a file, where it does not matter in which order. */
  readonly statements: (text: string) => readonly string[];
  /** What the daemon says that it was configured with, and which routes it has of it. */
  readonly holds: (rig: R) => Promise<readonly string[]>;
  /** Of what it holds: what must not stand there for these files, and what is missing. Left out: it does not show its files. */
  readonly unlike?: (holds: readonly string[], files: Files) => readonly string[];
}

function describeDaemon<R extends FileRig>(name: FileEngine["name"], daemon: Daemon<R>): void {
  describe(`${name}, loaded with what was rendered`, () => {
    const current = withRig(daemon.make);
    const statements = (files: Files) =>
      Object.fromEntries(Object.entries(files).map(([file, text]) => [file, daemon.statements(text)]));

    it.each(Object.entries<GoldenModel>(models))("T9: is asked for no change: %s", async (model, all) => {
      const { rig, trial } = current();
      const told = beyond.get(`${name}: ${model}`) ?? [];
      const peers = all.peers.filter((peer) => !told.includes(`BGPPeer/${peer.name} spec`));
      const wish: SpeakerWish = { ...all, peers };
      const rendered = Object.fromEntries(
        rig
          .engine()
          .render(wish)
          .files.map(({ path, text }) => [basename(path), text]),
      );

      const first = await trial.open(all.instance);
      await trial.applied(first, { announce: all.routes, addPeers: peers });
      expect(await first.link.count()).toBe(all.routes.length);
      const before = await daemon.holds(rig);
      await first.link.close("keep");
      expect(statements(daemon.kept(rig))).toEqual(statements(rendered));

      await rig.kill();
      await rig.start();
      expect(await daemon.holds(rig)).toEqual(before);
      expect(daemon.unlike?.(before, rendered) ?? []).toEqual([]);
      const second = await trial.open(all.instance);
      expect(second.link).toMatchObject({ fresh: false, restarted: null });
      expect(await trial.reconciled(second, all.routes, peers)).toBe(false);
      await second.link.close("keep");
      // Written once more, from what was read back.
      expect(statements(daemon.kept(rig))).toEqual(statements(rendered));
    });
  });
}

/** @param folder of the daemons; default those that the system has */
export function describeLoadedFrr(folder?: string): void {
  describeDaemon<FrrRig>("frr", {
    make: () => frrRig({ folder, keepsFile: true }),
    kept: ({ frr }) => ({ [basename(frr.config)]: readFileSync(frr.config, "utf8") }),
    // bgpd tells what it holds in an order of its own.
    statements: (text) => [...frrLines(text)].sort(),
    holds: async ({ frr }) => frrLines(await frr.command("show running-config")).filter(isConfiguration),
    unlike: (holds, files) => {
      const shown = new Set(holds.map(asShown));
      const rendered = new Set(Object.values(files).flatMap(frrLines).map(asShown));
      return [
        ...[...shown].filter((line) => !rendered.has(line)),
        ...[...rendered].filter((line) => !shown.has(line)),
      ];
    },
  });
}

/** What bgpd shows around it, for any configuration. */
function isConfiguration(line: string): boolean {
  return !/^(?:Building configuration|Current configuration|(?:frr|hostname|log|service) |end$)/.test(line);
}

const communityNames = new Map([
  ["internet", "0:0"],
  ["graceful-shutdown", "65535:0"],
  ["no-export", "65535:65281"],
  ["no-advertise", "65535:65282"],
  ["local-AS", "65535:65283"],
]);

/** A line as every FRR shows it. Nothing else is shown otherwise than it is given. */
function asShown(line: string): string {
  // To which other communities bgpd gives names is its own affair: numbers say the same.
  if (line.includes(" > set community "))
    return line.replace(/[^ ]+/g, (word) => communityNames.get(word) ?? word);
  return (
    line
      // Its intervals are bfdd's, which is told them.
      .replace(/( > neighbor \S+ bfd) \d+ \d+ \d+$/, "$1")
      // All there are: not shown any more from FRR 10 on.
      .replace(/( > neighbor \S+ ebgp-multihop) 255$/, "$1")
  );
}

/** @param folder of bird and birdc; default those that the system has */
export function describeLoadedBird(folder?: string): void {
  describeDaemon<BirdRig>("bird", {
    make: () => birdRig({ folder }),
    kept: ({ bird }) =>
      Object.fromEntries(
        readdirSync(bird.includes).map((file) => [file, readFileSync(join(bird.includes, file), "utf8")]),
      ),
    statements: (text) => text.split("\n"),
    holds: async ({ bird }) => {
      const protocols = await bird.command("show", "protocols", "all");
      const routes = await bird.command("show", "route", "table", "all", "all");
      return [...protocols.split("\n").flatMap(configuredOf), ...routesOf(routes)];
    },
  });
}

/**
 * Of a line about a protocol: what it was configured with, without how it fares. A source address is shown for as long as
 * a connection has one, be it asked for or not.
 */
function configuredOf(line: string): readonly string[] {
  const [, name, kind] = /^(\S+) +(BGP|Static|BFD|Device) /.exec(line) ?? [];
  if (name !== undefined && kind !== undefined) return [`${kind} ${name}`];
  const told =
    /^ +(?:Description|Router ID|Neighbor address|Neighbor port|Neighbor AS|Local AS|Table|(?:Input|Output) filter|Channel|VRF|Multihop|Preference)\b/;
  return told.test(line) ? [line.trim()] : [];
}

/** Each with its table and all that it has, in an order of ours: BIRD 3 has none of its own, and numbers them so. */
function routesOf(text: string): readonly string[] {
  return text
    .split(/^(?=Table )/m)
    .flatMap((section) => {
      const [table = "", ...lines] = section.split("\n");
      const told = lines.filter((line) => !line.includes("Internal route handling values:"));
      const routes = told
        .map(withoutTime)
        .join("\n")
        .split(/\n(?=\S)/);
      return routes.map((route) => `${table}\n${route.trimEnd()}`);
    })
    .sort();
}

function withoutTime(line: string): string {
  return line.replace(/\d\d:\d\d:\d\d(?:\.\d+)?/, "");
}
