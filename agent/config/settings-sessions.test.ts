import { describe, expect, test } from "vitest";
import { readSettings } from "./settings.ts";
import type { SettingsInput } from "./settings.ts";

const read = (given: Partial<SettingsInput>) => readSettings({ argv: [], env: {}, hostname: "n1", ...given });

describe("what sessions have in common", () => {
  test("is read from flags", () => {
    const argv = [
      "--peer-selector=bgp == 'bellman'",
      "--graceful-restart=2m",
      "--bfd=300ms",
      "--namespace=x",
    ];
    expect(read({ argv, podNamespace: "pod" })).toMatchObject({
      peerSelector: { t: "equals", label: "bgp", value: "bellman" },
      gracefulRestart: 120,
      bfd: 300,
      namespace: "x",
    });
    expect(read({ argv: ["--graceful-restart=off", "--bfd", "off"] })).toMatchObject({
      gracefulRestart: "off",
      bfd: "off",
    });
  });

  test("Secrets live in the pod's own namespace unless said", () => {
    expect(read({ podNamespace: "pod" }).namespace).toBe("pod");
  });
});
