// What `npm test` runs, in this order, and what each part needs.

const sessionFiles = ["peers", "session-kinds", "filters", "passwords", "restart", "faults", "drain", "bfd"];

/** Debian suite → names of the lab's tests that ask most of the speaker. Debian 13's has the API that the system's has. */
const sessionRows = {
  trixie: String.raw`\b(P9|P13|T6): .*(?<!BIRD\))$|\bR2: (gobgp|whichever)`,
  sid: String.raw`\b(P1|P6|P7|P9|P13|T6|T8): |\bR2: (gobgp|whichever)|\bR9: (gobgp|SIGTERM)|\bP3: the session .*(right|another one|wrong)`,
};

/**
 * @typedef Group
 * @property name   how to ask for it alone
 * @property needs  names of the capabilities of test/capabilities.mjs without which it is left out
 * @property about  a line for people
 * @property extra  true: to leave it out is no failure, even where nothing is to be left out
 * @property asked  true: it runs only when it is asked for by name
 * @property rows   run once for the gobgpd of each of these Debian suites that is there: suite → pattern of the tests' names
 * @property vitest arguments of vitest, or
 * @property lab    arguments of the lab, once for each list
 */

/** @type {readonly Group[]} */
export const groups = [
  { name: "unit", about: "pure parts", needs: [], vitest: ["--project", "unit"] },
  { name: "model", about: "random histories against an oracle", needs: [], vitest: ["--project", "model"] },
  {
    name: "integration",
    about: "real speakers, faults on the wire",
    needs: ["rack"],
    vitest: ["--project", "real", "test/integration/"],
  },
  {
    name: "versions",
    about: "the GoBGP driver with gobgpd of newer Debian suites",
    needs: ["rack", "newerGobgp"],
    extra: true,
    asked: true,
    vitest: ["--project", "versions"],
  },
  {
    name: "lab",
    about: "three nodes and a ToR",
    needs: ["rack"],
    vitest: ["--project", "real", "test/lab/"],
  },
  {
    name: "versions-lab",
    about: "three nodes with gobgpd of newer Debian suites, and two ToRs",
    needs: ["rack", "newerGobgp"],
    extra: true,
    asked: true,
    rows: sessionRows,
    vitest: ["--project", "real", ...sessionFiles.map((name) => `test/lab/${name}.test.ts`)],
  },
  {
    name: "kube",
    about: "a real API server",
    needs: ["rack", "kubernetes"],
    vitest: ["--project", "real", "test/kube/"],
  },
  {
    name: "check",
    about:
      "npm run lab -- --check: each engine and all of them, ToRs with FRR and BIRD, in one AS and in many",
    needs: ["rack"],
    lab: [
      ["--check"],
      ["--check", "--engine", "frr", "--tors", "2"],
      ["--check", "--engine", "bird", "--tor", "bird", "--ebgp"],
      ["--check", "--engine", "mixed", "--tors", "2"],
    ],
  },
  {
    name: "check-kubernetes",
    about: "npm run lab -- --kubernetes --check: an engine on each node, every node in its own AS",
    needs: ["rack", "kubernetes"],
    lab: [["--kubernetes", "--check", "--engine", "mixed", "--ebgp"]],
  },
];
