// The program: one command per file in cli/, loaded when asked for.
import { CommandError, oneLine, usageError } from "./cli/errors.ts";
import type { ExitCode } from "./cli/errors.ts";
import { processIo } from "./cli/io.ts";
import type { Io } from "./cli/io.ts";
import { quote } from "./model/problem.ts";

/** Put in by the bundler, from package.json. */
declare const BELLMAN_VERSION: string;

type Command = (argv: readonly string[], io: Io) => Promise<ExitCode>;

const commands: Readonly<Record<string, { readonly does: string; readonly load: () => Promise<Command> }>> = {
  agent: {
    does: "run on a node",
    load: async () => {
      const { agentCommand } = await import("./cli/agent.ts");
      return (argv, io) => agentCommand(argv, io, BELLMAN_VERSION);
    },
  },
  plan: {
    does: "what a node would announce, from files or from the cluster",
    load: async () => (await import("./cli/plan.ts")).planCommand,
  },
  explain: {
    does: "why a service, address or prefix is announced or not",
    load: async () => (await import("./cli/explain.ts")).explainCommand,
  },
  validate: {
    does: "every problem in manifests, or in the cluster's objects",
    load: async () => (await import("./cli/validate.ts")).validateCommand,
  },
  render: {
    does: "the configuration that a speaker would be given, as text",
    load: async () => (await import("./cli/render.ts")).renderCommand,
  },
  status: {
    does: "how the running agent is",
    load: async () => (await import("./cli/status.ts")).statusCommand,
  },
  routes: {
    does: "what the running agent announces",
    load: async () => (await import("./cli/routes.ts")).routesCommand,
  },
  peers: {
    does: "the sessions of the running agent",
    load: async () => (await import("./cli/peers.ts")).peersCommand,
  },
  drain: {
    does: "take this node's routes away gently, and bring them back",
    load: async () => (await import("./cli/drain.ts")).drainCommand,
  },
};

function usage(): string {
  const lines = Object.entries(commands).map(([name, { does }]) => `  ${name.padEnd(8)} ${does}\n`);
  return `bellman COMMAND [OPTION…]\n\n${lines.join("")}\nbellman COMMAND --help tells more; bellman --version the version.\n`;
}

async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  const [name, ...rest] = argv;
  if (name === "--help" || name === "-h" || name === "help") {
    io.stdout(usage());
    return 0;
  }
  if (name === "--version") {
    io.stdout(`bellman ${BELLMAN_VERSION}\n`);
    return 0;
  }
  if (name === undefined)
    throw usageError(`which command? ${Object.keys(commands).join(", ")}; see bellman --help`);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined)
    throw usageError(`no command ${quote(name)}; there are ${Object.keys(commands).join(", ")}`);
  return (await command.load())(rest, io);
}

const io = processIo();
try {
  process.exitCode = await run(process.argv.slice(2), io);
} catch (error) {
  io.stderr(`bellman: ${oneLine(error)}\n`);
  process.exitCode = error instanceof CommandError ? error.code : 1;
}
