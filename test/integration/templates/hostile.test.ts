// Hostile objects, and the daemons' own parsers: what is written parses, whatever stands in whichever field.
import fc from "fast-check";
import { expect, test } from "vitest";
import { fileEngines } from "../../golden/engines.ts";
import { injection } from "../../injection/hostile-text.ts";
import { soundObjects, textPlaces, withText } from "../../injection/objects.ts";
import { play } from "../../injection/play.ts";
import { complaints } from "../../support/parsers.ts";

const places = textPlaces(soundObjects);
/** Texts that get furthest: they reach a configuration as they are. */
const passwords = places.filter(({ at, of }) => of === "value" && at.includes("stringData"));

test.each(Object.entries(fileEngines))(
  "%s takes what is written for them",
  async (_, make) => {
    const engine = make();
    const change = fc.tuple(fc.constantFrom(...places, ...passwords, ...passwords, ...passwords), injection);
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 6 }), async (changes) => {
        const played = play(
          engine,
          changes.reduce((objects, [place, how]) => withText(objects, place, how), soundObjects),
        );
        if (played !== null) expect(await complaints(engine.name, played.rendered.files)).toBe("");
      }),
      { numRuns: 25 },
    );
  },
  120_000,
);
