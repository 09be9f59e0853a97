// Whatever stands in whichever field of whichever object: the configuration holds no statement that was not asked for.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FileEngine } from "../../agent/engine/rendering.ts";
import { fileEngines } from "../golden/engines.ts";
import { goldenFolder } from "../golden/folder.ts";
import type { WireObject } from "../support/picture.ts";
import { hostileTexts, injected, injection } from "./hostile-text.ts";
import { soundObjects, textPlaces, withText } from "./objects.ts";
import { plainWish, play, statements } from "./play.ts";

const places = textPlaces(soundObjects);

describe.each(Object.entries(fileEngines))("%s", (_, make) => {
  const engine = make();
  const known = knownKinds(engine);

  /** Returns whether anything was written. */
  function check(objects: readonly WireObject[]): boolean {
    const played = play(engine, objects);
    if (played === null) return false;
    const { wish, rendered } = played;
    const found = statements(engine, rendered);
    // As many of each kind as for the same wish without a text of the user's in it, …
    expect(found).toEqual(statements(engine, engine.render(plainWish(wish))));
    // … no kind that has not been reviewed, …
    expect(found.filter((kind) => !known.has(kind))).toEqual([]);
    // … and as many neighbours and routes as were asked for and not refused.
    const refused = (t: "peer" | "route") => rendered.rejections.filter(({ item }) => item.t === t).length;
    const { session, route } = counted[engine.name];
    expect(found.filter((kind) => session.test(kind)).length).toBe(wish.peers.length - refused("peer"));
    expect(found.filter((kind) => route.test(kind)).length).toBe([...wish.routes].length - refused("route"));
    return true;
  }

  // All texts in all places would take minutes: they take turns, and chance has its share below.
  test("every field takes a hostile text", () => {
    expect(check(soundObjects)).toBe(true);
    const ways = ["whole", "behind", "within"] as const;
    let written = 0;
    for (const [index, place] of places.entries()) {
      const hostile = hostileTexts[index % hostileTexts.length] ?? "";
      const where = ways[index % ways.length] ?? "whole";
      written += Number(check(withText(soundObjects, place, (text) => injected(text, hostile, where))));
    }
    expect(written).toBeGreaterThan(places.length / 2);
  });

  test("several fields at once take any text", () => {
    const change = fc.tuple(fc.constantFrom(...places), injection);
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), (changes) => {
        check(changes.reduce((objects, [place, how]) => withText(objects, place, how), soundObjects));
      }),
      { numRuns: 100 },
    );
  });

  test("P3: a password is taken as it is, or refused with object, field and engine", () => {
    for (const hostile of hostileTexts) {
      const objects: readonly WireObject[] = [
        ...soundObjects.filter(([kind]) => kind !== "Secret"),
        [
          "Secret",
          { metadata: { name: "bgp", namespace: "bellman" }, stringData: { tor1: "x", tor3: hostile } },
        ],
      ];
      const played = play(engine, objects);
      const peer = played?.wish.peers.find((each) => each.name === "tor3");
      const told = played?.problems.filter(
        ({ object, severity }) => object === "BGPPeer/tor3" && severity === "error",
      );
      if (peer === undefined) {
        expect(told?.map(({ field }) => field)).toEqual([expect.stringMatching(/^spec\.password/)]);
        if (hostile !== "")
          expect(JSON.stringify(told)).not.toContain(hostile.length > 1 ? hostile : "\u0000");
      } else {
        expect(peer.password?.reveal()).toBe(hostile);
        expect(played?.rendered.files.some(({ text }) => text.includes(hostile))).toBe(true);
      }
    }
  });
});

/** The statement that there is one of for each session, and for each route. */
const counted: Readonly<Record<FileEngine["name"], { readonly session: RegExp; readonly route: RegExp }>> = {
  bird: {
    session: /^protocol bgp NAME > neighbor /,
    route: /^protocol static NAME > route PREFIX blackhole$/,
  },
  frr: { session: / > neighbor ADDRESS remote-as N$/, route: / > network PREFIX / },
};

/** All that stands in the files that people have reviewed. */
function knownKinds(engine: FileEngine): ReadonlySet<string> {
  const folders = readdirSync(goldenFolder(engine.name)).map((model) => goldenFolder(engine.name, model));
  const files = folders.flatMap((folder) =>
    readdirSync(folder).map((file) => ({
      path: file,
      mode: 0,
      text: readFileSync(join(folder, file), "utf8"),
      comment: "#" as const,
    })),
  );
  return new Set(statements(engine, { files }));
}
