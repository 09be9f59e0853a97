// The log: pino's JSON lines, or one readable line each on a terminal.
import { pino } from "pino";
import type { Logger } from "pino";
import type { LogLevel } from "../config/node-config.ts";

export type LogFormat = "json" | "pretty";

export function createLog(
  format: LogFormat,
  level: LogLevel,
  node: string,
  write: (line: string) => void,
): Logger {
  const options = {
    level,
    base: { node },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(options, { write: format === "json" ? write : (line: string) => write(pretty(line)) });
}

/** `12:00:00.000 warn  message  {"field":1}` */
function pretty(line: string): string {
  const { time, level, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  delete fields["node"];
  const rest = Object.keys(fields).length === 0 ? "" : `  ${JSON.stringify(fields)}`;
  return `${String(time).slice(11, 23)} ${String(level).padEnd(5)} ${String(msg)}${rest}\n`;
}
