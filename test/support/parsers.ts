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

  /** bgpd says which lines it refuses, and ends well all the same; vtysh knows what all daemons take. */
  async frr(folder, files) {
    const told = await Promise.all(
      files.map(async ({ path }) => {
        const file = join(folder, basename(path));
        const bgpd = await execa("/usr/lib/frr/bgpd", ["-C", "-f", file], { reject: false });
        const vtysh = await execa("vtysh", ["-C", "-f", file], { reject: false });
        const refused = bgpd.stderr
          .split("\n")
          .filter((line) => line.includes("[EC ") && !needsZebra.test(line));
        return [...refused, ...(vtysh.exitCode === 0 ? [] : [vtysh.stdout, vtysh.stderr])].join("\n");
      }),
    );
    return told.filter((text) => text !== "").join("\n");
  },
};

/** Taken, and called a failure, for there is no zebra to be told of it. */
const needsZebra = /Warning Config Failed on config line [0-9]+: neighbor \S+ graceful-restart/;
