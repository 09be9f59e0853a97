// What is not wanted any more leaves our part of frr.conf while bgpd is down: it would announce that until the agent is
// back. Route-maps without a use stay until then.
import { parseAddress } from "../../model/address.ts";
import { parsePrefix } from "../../model/prefix.ts";
import { EngineError } from "../contract.ts";
import type { Wanted } from "../contract.ts";
import type { ConfigFile } from "./config-file.ts";
import { partOf } from "./config-part.ts";
import { endsSection, routerHead } from "./running-config.ts";

/** @returns how many routes and sessions are gone. @throws {EngineError} when the file cannot be written */
export async function forget(file: ConfigFile, wanted: Wanted): Promise<number> {
  // The last changes may be on their way to it yet.
  await file.flush();
  const part = partOf((await file.read()) ?? "");
  if (part === null) return 0;
  const gone = new Set<string>();
  let inRouter = false;
  const kept = part.split("\n").filter((line) => {
    // A site's template may have other routers write networks and neighbours, too.
    inRouter = routerHead.test(line.trimEnd()) || (inRouter && !endsSection(line));
    const unwanted = inRouter ? unwantedIn(line, wanted) : null;
    if (unwanted !== null) gone.add(unwanted);
    return unwanted === null;
  });
  if (gone.size === 0) return 0;
  file.changed(() => kept.join("\n"));
  await file.flush();
  // It is for the caller to try again, with what is wanted then.
  const fault = file.rest();
  if (fault !== null) throw new EngineError("refused", fault);
  return gone.size;
}

/** Prefix or neighbour that the line is about; null: it has to stay. */
function unwantedIn(line: string, wanted: Wanted): string | null {
  const [word, name = ""] = line.trimStart().replace(/^no /, "").split(" ");
  if (word === "network") {
    const prefix = parsePrefix(name)?.prefix;
    return prefix !== undefined && !wanted.route(prefix) ? name : null;
  }
  // It may be the name of a peer group.
  const address = word === "neighbor" ? parseAddress(name) : null;
  return address !== null && !wanted.peer(address) ? name : null;
}
