// Bundles TypeScript into dist/, because Node.js 20 runs none.
//   node build.mjs [--if-stale] [NAME…]      NAME: bellman (default), lab, bench, probe
// The agent becomes one file with all its packages: it starts in a third of the time and half the memory.
import { build } from "esbuild";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL(".", import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** What each bundle is made from; `sources` decide whether it is stale. */
const bundles = {
  bellman: { entry: "agent/main.ts", sources: ["agent", "templates"], packages: "bundle" },
  lab: {
    entry: "lab/main.ts",
    sources: ["lab", "test/support", "test/scenarios", "test/kube", "agent", "templates"],
    packages: "external",
  },
  bench: {
    entry: "bench/main.ts",
    sources: ["bench", "lab", "test/support", "agent", "templates"],
    packages: "external",
  },
  // Measured where it runs, so it has to cost what the agent costs.
  probe: {
    entry: "bench/probe.ts",
    sources: ["bench", "lab", "test/support", "agent", "templates"],
    packages: "bundle",
  },
};

/**
 * KubeConfig is all that the agent takes from @kubernetes/client-node. Its API clients (generated models, undici)
 * would be a third of the bundle and 11 MB of memory: their constructors are replaced by one that says so.
 */
const kubeConfigOnly = {
  name: "kubeconfig-only",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^undici$|\/gen\/index\.js$/ }, ({ importer }) =>
      /client-node\/dist\/config\.js$/.test(importer)
        ? { path: "clients", namespace: "left-out" }
        : undefined,
    );
    onLoad({ filter: /.*/, namespace: "left-out" }, () => ({
      contents: `class LeftOut { constructor() { throw new Error("API clients are left out of the bundle"); } }
        export { LeftOut as Agent, LeftOut as ProxyAgent, LeftOut as ServerConfiguration, LeftOut as createConfiguration };`,
    }));
  },
};

const modified = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function stale(name) {
  const built = modified(join(root, `dist/${name}.mjs`));
  const inputs = ["package-lock.json", "build.mjs"].map((file) => join(root, file));
  for (const folder of bundles[name].sources)
    for (const file of readdirSync(join(root, folder), { recursive: true }))
      inputs.push(join(root, folder, file));
  return inputs.some((input) => modified(input) >= built);
}

const args = process.argv.slice(2);
const names = args.filter((arg) => arg !== "--if-stale");
for (const name of names.length > 0 ? names : ["bellman"]) {
  if (!(name in bundles))
    throw new Error(`no bundle "${name}": there are ${Object.keys(bundles).join(", ")}`);
  if (args.includes("--if-stale") && !stale(name)) continue;
  const shipped = bundles[name].packages === "bundle";
  await build({
    absWorkingDir: root,
    entryPoints: [bundles[name].entry],
    outfile: `dist/${name}.mjs`,
    bundle: true,
    packages: bundles[name].packages,
    plugins: shipped ? [kubeConfigOnly] : [],
    platform: "node",
    format: "esm",
    target: "node20.19",
    minifySyntax: true,
    minifyWhitespace: shipped,
    sourcemap: shipped ? false : "inline",
    legalComments: "none",
    loader: { ".hbs": "text" },
    define: { BELLMAN_VERSION: JSON.stringify(version) },
    // Packages in CommonJS call require(); an ES module has none of its own.
    banner: {
      js: `#!/usr/bin/env node\nimport{createRequire as bellmanRequire}from"node:module";const require=bellmanRequire(import.meta.url);`,
    },
    logLevel: "warning",
  });
}
