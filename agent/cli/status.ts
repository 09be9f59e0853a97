// `bellman status`: how the running agent is.
import type { StatusJson } from "../serve/api.ts";
import { drainText } from "./drain-text.ts";
import { hasLists } from "./agent-client.ts";
import { askingCommand } from "./asking.ts";
import { problemTable } from "./problem-table.ts";
import { sections, table } from "./table.ts";

export const statusCommand = askingCommand<StatusJson>({
  name: "status",
  about:
    "Whether the running agent is ready, its speaker, what it watches, and every problem.\n" +
    "  Exit code 1: it is not ready, or a problem is an error.",
  path: "/api/v1/status",
  is: hasLists<StatusJson>("watch", "problems"),
  table: statusTable,
  exitCode: ({ ready, problems }) =>
    ready && !problems.some(({ severity }) => severity === "error") ? 0 : 1,
});

export function statusTable(status: StatusJson): string {
  const { engine, routes } = status;
  const count = (family: "ipv4" | "ipv6") => `${routes.held[family]} of ${routes.wanted[family]}`;
  const speaker = `${engine.version ?? engine.name}, ${engine.state}`;
  return sections(
    table(
      ["NODE", status.node],
      [
        ["version", status.version],
        ["ready", status.notReady === undefined ? "yes" : `no: ${status.notReady}`],
        ["excluded", status.excluded ? "yes, by its label" : "no"],
        ["drain", drainText(status.drain)],
        ["speaker", engine.error === null ? speaker : `${speaker}: ${engine.error}`],
        ["routes held", `IPv4 ${count("ipv4")}, IPv6 ${count("ipv6")}`],
        ["services", String(status.services)],
      ],
    ),
    table(
      ["KIND", "OBJECTS", "SYNCED", "STALE", "ERROR"],
      status.watch.map(({ kind, objects, synced, staleSeconds, error }) => [
        kind,
        String(objects),
        synced ? "yes" : "no",
        staleSeconds === 0 ? "-" : `${Math.round(staleSeconds)} s`,
        error ?? "-",
      ]),
    ),
    problemTable(status.problems),
  );
}
