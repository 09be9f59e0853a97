// Two projects: `unit` needs nothing but Node; `real` drives real daemons and runs one file at a time.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["agent/**/*.test.ts", "lab/**/*.test.ts", "test/support/**/*.test.ts"],
        },
      },
      {
        test: {
          name: "real",
          include: ["test/{integration,lab,kube}/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
