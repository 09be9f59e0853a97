// `unit` needs nothing but Node, `model` also takes a while; `real` drives real daemons, two files at a
// time: each makes namespaces of its own, and waits more than it works.
import { defineConfig } from "vitest/config";

/** As the bundler's loader gives them: a template is its text. */
const templates = {
  name: "templates",
  transform: (text: string, id: string) =>
    id.endsWith(".hbs") ? { code: `export default ${JSON.stringify(text)}`, map: null } : undefined,
};

export default defineConfig({
  plugins: [templates],
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          // Pure code keeps nothing from file to file: to load it once takes a third of the time.
          pool: "threads",
          isolate: false,
          // Property tests take a second, and many times that on a machine that is busy with other work.
          testTimeout: 30_000,
          include: [
            "{agent,lab}/**/*.test.ts",
            "test/{support,scenarios,golden,injection}/**/*.test.{ts,mjs}",
          ],
        },
      },
      { extends: true, test: { name: "model", include: ["test/model/**/*.test.ts"], testTimeout: 600_000 } },
      {
        extends: true,
        test: {
          name: "real",
          include: ["test/{integration,lab,kube}/**/*.test.ts"],
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: "versions",
          include: ["test/versions/**/*.test.ts"],
          // Each file has one daemon or two, and no rack of machines.
          maxWorkers: 4,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      // One speaker, named by test/versions/matrix.mjs, which runs several of these side by side.
      {
        extends: true,
        test: {
          name: "matrix",
          include: ["test/versions/row.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
