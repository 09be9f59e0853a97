import { describe, expect, test } from "vitest";
import type { EngineSettings } from "./engine-settings.ts";
import { readSettings } from "./settings.ts";
import type { SettingsInput } from "./settings.ts";

const read = (given: Partial<SettingsInput>) => readSettings({ argv: [], env: {}, hostname: "n1", ...given });

describe("where a speaker is", () => {
  const good: readonly (readonly [keyof EngineSettings, string, unknown])[] = [
    ["frrSockets", "--frr-sockets=/run/x", "/run/x"],
    ["frrConfig", "--frr-config=/run/x/frr.conf", "/run/x/frr.conf"],
    ["birdSocket", "--bird-socket=/run/x/bird.ctl", "/run/x/bird.ctl"],
    ["birdDir", "--bird-dir=/run/x/bird", "/run/x/bird"],
    ["templates", "--templates=site", "site"],
  ];
  test.each(good)("%s is read from %s", (name, flag, value) => {
    expect(read({ argv: [flag] })[name]).toBe(value);
  });

  test("does not depend on the directory the agent was started in", () => {
    expect(() => read({ argv: ["--frr-sockets", "run"] })).toThrow(
      '--frr-sockets: "run" is not an absolute path',
    );
  });
});

describe("--frr-adopt", () => {
  test("needs no value, and takes none that stands apart", () => {
    expect(read({ argv: ["--frr-adopt"] }).frrAdopt).toBe(true);
    expect(read({ argv: ["--frr-adopt", "--listen-port", "1790"] })).toMatchObject({
      frrAdopt: true,
      listenPort: 1790,
    });
    expect(() => read({ argv: ["--frr-adopt", "false"] })).toThrow('unexpected argument "false"');
  });

  test("takes one that is attached, from a variable, from a file", () => {
    expect(read({ argv: ["--frr-adopt=false"], env: { BELLMAN_FRR_ADOPT: "true" } }).frrAdopt).toBe(false);
    expect(read({ env: { BELLMAN_FRR_ADOPT: "true" } }).frrAdopt).toBe(true);
    expect(read({ file: { path: "/etc/bellman.yaml", text: "frr-adopt: true" } }).frrAdopt).toBe(true);
    expect(() => read({ argv: ["--frr-adopt=yes"] })).toThrow('--frr-adopt: "yes" is not true or false');
  });
});
