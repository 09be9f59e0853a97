// frr.conf kept by an agent that is not root, but a member of FRR's group.
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { ConfigFile } from "../../../agent/engine/frr/config-file.ts";
import { markedPart } from "../../../agent/engine/frr/config-part.ts";
import { systemClock } from "../../../agent/time/clock.ts";

const [member, group] = [54_321, 54_322];

/**
 * Lets a member write our part. The folder and the file in it are root's and the group's.
 *
 * @param folderMode, fileMode permission bits
 */
async function writtenByMember(folderMode: number, fileMode: number) {
  const folder = mkdtempSync(join(tmpdir(), "bellman-frr-group-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "frr.conf");
  writeFileSync(path, "hostname a\n");
  for (const [at, mode] of [
    [path, fileMode],
    [folder, folderMode],
  ] as const) {
    chownSync(at, 0, group);
    chmodSync(at, mode);
  }
  const file = new ConfigFile({ path, clock: systemClock });
  let fault: string | null = null;
  process.setegid?.(group);
  process.seteuid?.(member);
  try {
    file.changed(() => "router bgp 1");
    await file.flush();
    fault = file.rest();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
  return { fault, text: readFileSync(path, "utf8"), stat: statSync(path) };
}

it.each([
  ["replaces the file in a folder that the group may write to", 0o2770, 0o640, member],
  ["writes in place where it is the file that the group may write to", 0o750, 0o660, 0],
])("%s", async (_, folderMode, fileMode, owner) => {
  const { fault, text, stat } = await writtenByMember(folderMode, fileMode);
  expect(fault).toBeNull();
  expect(text).toBe(`hostname a\n${markedPart("router bgp 1")}`);
  expect(stat).toMatchObject({ uid: owner, gid: group });
  expect(stat.mode & 0o007).toBe(0);
});

it("writes nothing where everybody could read it", async () => {
  const { fault, text } = await writtenByMember(0o750, 0o664);
  expect(fault).toMatch(/frr\.conf cannot be written: EPERM/);
  expect(text).toBe("hostname a\n");
});
