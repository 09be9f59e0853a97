// bgpd through vtysh: slower by a process for each question, but in every version's own words. For a bgpd whose socket
// does not speak as we expect it.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa, ExecaError } from "execa";
import { EngineError } from "../contract.ts";
import { oneLine } from "./vty.ts";
import type { RefusedLine, Vty } from "./vty.ts";

/** How long vtysh may take: for a question, and for any number of lines. */
const timeoutMs = { show: 3_000, configure: 30_000 } as const;

/** As much as bgpd may answer. */
const maxBuffer = 256 * 1024 * 1024;

export class Vtysh implements Vty {
  readonly #command: readonly string[];
  readonly #stop = new AbortController();

  /** @param command vtysh, and where the sockets are that it asks */
  constructor(command: readonly string[]) {
    this.#command = [...command, "-d", "bgpd"];
  }

  async show(command: string): Promise<string> {
    return (await this.#run(["-c", command], timeoutMs.show)).stdout;
  }

  /** Lines go by a file of ours alone: arguments can be seen by everybody, and a password may be among them. */
  async configure(lines: readonly string[]): Promise<readonly RefusedLine[]> {
    if (lines.length === 0) return [];
    const directory = await mkdtemp(join(tmpdir(), "bellman-vtysh-"));
    try {
      const file = join(directory, "lines");
      await writeFile(file, `${lines.join("\n")}\n`, { mode: 0o600 });
      const { stdout, stderr } = await this.#run(["-f", file], timeoutMs.configure);
      return refusedLines(lines, stdout, stderr);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  close(): void {
    this.#stop.abort();
  }

  async #run(args: readonly string[], timeout: number) {
    const [program = "vtysh", ...first] = this.#command;
    const [result] = await Promise.allSettled([
      execa(program, [...first, ...args], {
        timeout,
        maxBuffer,
        cancelSignal: this.#stop.signal,
      }),
    ]);
    if (result.status === "fulfilled") return result.value;
    const error: unknown = result.reason;
    if (!(error instanceof ExecaError)) throw error;
    const { exitCode, stdout, stderr, timedOut, isCanceled } = error;
    const said = { stdout: textOf(stdout), stderr: textOf(stderr) };
    // Lines that were refused are told one by one.
    if (exitCode !== undefined && /^line [0-9]+: /m.test(said.stderr)) return said;
    throw errorOf({ timedOut, isCanceled, exitCode }, said.stderr || said.stdout);
  }
}

function textOf(output: unknown): string {
  return typeof output === "string" ? output : "";
}

interface Ending {
  readonly timedOut: boolean;
  readonly isCanceled: boolean;
  readonly exitCode: number | undefined;
}

/** Without what vtysh was given: a password may be in it. */
function errorOf({ timedOut, isCanceled, exitCode }: Ending, says: string): EngineError {
  if (timedOut) return new EngineError("timeout", "bgpd does not answer vtysh: is it frozen or overloaded?");
  if (isCanceled) return new EngineError("unreachable", "the link to bgpd is closed");
  const why = oneLine(says) || `exit code ${exitCode ?? "none"}`;
  return new EngineError("unreachable", `bgpd cannot be reached through vtysh: ${why}`);
}

/**
 * vtysh names the lines on stderr, by numbers from 1. What bgpd said to those that it took for commands stands on
 * stdout, in their order.
 */
export function refusedLines(
  lines: readonly string[],
  stdout: string,
  stderr: string,
): readonly RefusedLine[] {
  const words = stdout.split("\n").filter((line) => line.startsWith("%"));
  return [...stderr.matchAll(/^line ([0-9]+): (.*)$/gm)].flatMap(
    ([, number, told = ""]): readonly RefusedLine[] => {
      const index = Number(number) - 1;
      const line = lines[index];
      if (line === undefined) return [];
      const says = told.startsWith("Failure to communicate") ? (words.shift() ?? told) : told;
      return [{ index, line, says: oneLine(says) }];
    },
  );
}
