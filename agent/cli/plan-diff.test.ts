import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { rackManifests, runCommand, writeManifests } from "./command.fixture.ts";
import { planCommand } from "./plan.ts";

const moved = rackManifests
  .replace("nodeName: n2", "nodeName: n1")
  .replace("cidr: 192.168.3.0/24", "cidr: 192.168.4.0/24")
  .replace("peerIP: 192.168.1.1,", "peerIP: 192.168.1.1:1179,");

let directory: string;
let old: string;
let now: string;
beforeAll(() => {
  directory = writeManifests({ "old.yaml": rackManifests, "now.yaml": moved });
  old = join(directory, "old.yaml");
  now = join(directory, "now.yaml");
});
afterAll(() => rmSync(directory, { recursive: true }));

const diff = (from: string, to: string, node: string, ...more: readonly string[]) =>
  runCommand(planCommand, ["-f", to, "--node", node, "--diff", "--whole", "--against", from, ...more]);

describe("bellman plan --diff --whole", () => {
  it("tells what the node would announce, withdraw and change, with reasons", async () => {
    expect(await diff(old, now, "n2")).toEqual({
      code: 1,
      stderr: "",
      stdout: `+ 192.168.4.0/24  Aggregate
- 10.49.0.1/32  NoLocalEndpoints default/web
- 192.168.3.0/24  nothing asks for it any more

~ peer tor1  port 179 → 1179
`,
    });
    expect((await diff(old, now, "n1")).stdout).toContain("+ 10.49.0.1/32  LocalEndpoints default/web\n");
  });

  it("ends with 0 when there is no difference", async () => {
    expect(await diff(old, old, "n1")).toEqual({ code: 0, stdout: "n1: no difference.\n", stderr: "" });
  });

  it("has a form for machines", async () => {
    const { stdout } = await diff(old, now, "n2", "-o", "json");
    expect(JSON.parse(stdout)).toMatchObject({
      node: "n2",
      routes: {
        announced: [{ prefix: "192.168.4.0/24", reason: "Aggregate" }],
        withdrawn: [
          { prefix: "10.49.0.1/32", because: [{ service: "default/web", reason: "NoLocalEndpoints" }] },
          { prefix: "192.168.3.0/24", because: [] },
        ],
        changed: [],
      },
      peers: { added: [], removed: [], changed: [{ name: "tor1" }] },
    });
  });

  it("tells of problems that are new, and ends with 1 for an error", async () => {
    const broken = join(directory, "broken.yaml");
    writeFileSync(broken, rackManifests.replace('med: "50"', "med: fifty"));
    const { code, stdout } = await diff(old, broken, "n1", "-o", "json");
    expect(JSON.parse(stdout)).toMatchObject({
      routes: { announced: [], withdrawn: [], changed: [] },
      problems: [{ object: "Service/default/web", severity: "error" }],
    });
    expect(code).toBe(1);
    expect((await diff(broken, broken, "n1")).code).toBe(0);
  });

  it("refuses a node that is not there, which would announce nothing before and after", async () => {
    expect(await diff(old, old, "n9")).toEqual({
      code: 1,
      stdout: "",
      stderr: 'plan: there is no Node "n9"; see --node',
    });
  });

  test.each([
    [["--against", "x"], 2, "--against goes with --diff"],
    [["--agent", "http://127.0.0.1:1"], 2, "--agent goes with --diff"],
    [["--diff", "--against", "x", "--agent", "http://127.0.0.1:1"], 2, "not with both"],
    [["--delete", "x"], 2, "--delete goes with --diff"],
    [["--whole"], 2, "--whole goes with --diff"],
    [["--diff", "--whole", "--delete", "x"], 2, "leave out --delete"],
    [["--diff", "--against", "-", "--delete", "-"], 2, "only once"],
    [["--diff", "--whole", "--agent", "http://127.0.0.1:1"], 3, "cannot reach the agent"],
    [["--diff", "--kubeconfig", "/does/not/exist"], 3, "/does/not/exist"],
    [["--diff", "--against", "/does/not/exist"], 1, "/does/not/exist"],
  ] as const)("refuses %j with exit code %i and one line", async (argv, code, says) => {
    const outcome = await runCommand(planCommand, ["-f", old, "--node", "n1", ...argv]);
    expect(outcome.stderr).toContain(says);
    expect(outcome).toMatchObject({ code, stdout: "" });
  });
});
