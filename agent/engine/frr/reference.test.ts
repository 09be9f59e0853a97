// What docs/reference/frr.md tells to run does what it says.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { markedPart } from "./config-part.ts";

const page = readFileSync(new URL("../../../docs/reference/frr.md", import.meta.url), "utf8");
const others = "hostname a\n!\nrouter bgp 65009 vrf blue\n neighbor 192.0.2.1 remote-as 65001\nexit\n";
const part = markedPart("router bgp 64512\n address-family ipv4 unicast\n  network 203.0.113.1/32\nexit");

describe("the unit for a boot", () => {
  let directory = "";
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "bellman-frr-boot-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** Runs its commands with other paths. @param file null: there is none */
  function boot(file: string | null): { readonly path: string; readonly mark: string } {
    const [path, mark] = [join(directory, "frr.conf"), join(directory, "mark")];
    if (file !== null) writeFileSync(path, file);
    if (file !== null) chmodSync(path, 0o640);
    const commands = [...page.matchAll(/^ExecStart=(.*)$/gm)].map(([, command = ""]) => command);
    expect(commands).toHaveLength(2);
    for (const command of commands) {
      const here = command.replaceAll("/etc/frr/frr.conf", path).replaceAll("/run/bellman-frr-boot", mark);
      execFileSync("sh", ["-c", here]);
    }
    return { path, mark };
  }

  test.each([
    ["our part, and nothing else", `${others}${part}! after\n`, `${others}! after\n`],
    ["nothing where we have no part", others, others],
    ["nothing where nobody knows how far our part goes", part.split("\n")[0] ?? "", part.split("\n")[0]],
  ])("takes out %s", (_, before, after) => {
    const { path } = boot(before);
    expect(readFileSync(path, "utf8")).toBe(after);
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  test("leaves a mark that keeps it from being run again until the next boot, whatever there was to do", () => {
    const { path, mark } = boot(null);
    expect([existsSync(path), existsSync(mark)]).toEqual([false, true]);
    expect(page).toMatch(/^ConditionPathExists=!\/run\/bellman-frr-boot$/m);
  });
});
