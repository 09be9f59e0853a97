// The daemons' own parsers, as judges of what was written for them. Nothing is run but the reading of it.
import { execa } from "execa";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { FileEngine } from "../../agent/engine/rendering.ts";

export interface NamedText {
  readonly path: string;
  readonly text: string;
}

type Judge = (folder: string, files: readonly NamedText[]) => Promise<string>;

/** All that the parser has to say against the files; empty: it takes them. */
export async function complaints(engine: FileEngine["name"], files: readonly NamedText[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "bellman-parser-"));
  // FRR's daemons are not root for long.
  chmodSync(folder, 0o755);
  try {
    for (const { path, text } of files) writeFileSync(join(folder, basename(path)), text);
    return await judges[engine](folder, files);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const judges: Readonly<Record<FileEngine["name"], Judge>> = {
  async bird(folder) {
    const main = join(folder, "main");
    writeFileSync(main, `protocol device { }\ninclude "${folder}/*.conf";\n`);
    const { exitCode, stderr } = await execa("bird", ["-p", "-c", main], { reject: false });
    return exitCode === 0 ? "" : stderr || `exit code ${exitCode}`;
  },

  /** bgpd tells what it refuses, and ends well all the same; vtysh knows what all daemons take. */
  async frr(folder, files) {
    const told = await Promise.all(
      files.map(async ({ path }) => {
        const file = join(folder, basename(path));
        const bgpd = await execa("/usr/lib/frr/bgpd", ["-C", "-f", file], { reject: false });
        const vtysh = await execa("vtysh", ["-C", "-f", file], { reject: false });
        const refused = bgpd.stderr
          .split("\n")
          .filter(
            (line) => line !== "" && ![...withoutZebra, ...aboutItself].some((other) => other.test(line)),
          );
        return [
          ...refused,
          ...(bgpd.exitCode === 0 ? [] : [bgpd.message]),
          ...(vtysh.exitCode === 0 ? [] : [vtysh.stdout, vtysh.stderr]),
        ].join("\n");
      }),
    );
    return told.filter((text) => text !== "").join("\n");
  },
};

/**
 * All that bgpd says of a line that it takes: of graceful restart, for a zebra has to be told of it, and a bgpd that only
 * reads has none. That it takes these lines beside zebra, test/integration/templates/loaded.ts shows.
 */
const withoutZebra = [
  /^Graceful restart configuration changed, reset this peer to take effect$/,
  /^% Invalid value$/,
  /\]\[EC \d+\] Command returned Warning Config Failed on config line \d+: neighbor \S+ graceful-restart(?:-disable)?$/,
];

/** Where its crash logs go: one of the same process number has left some. */
const aboutItself = [
  /\] failed to mkdir "\/var\/tmp\/frr\/bgpd\.\d+": File exists$/,
  /\] crashlog and per-thread log buffering unavailable!$/,
];
