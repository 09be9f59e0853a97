// What docs/reference says of each engine is what its driver says of itself.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { codeIn, tablesOf } from "../../test/support/markdown.ts";
import { parseAddress } from "../model/address.ts";
import { defaultAsn } from "../model/asn.ts";
import { plainSession } from "../model/peer.ts";
import { Secret } from "../model/secret.ts";
import { birdEngine } from "./bird/engine.ts";
import type { Engine } from "./contract.ts";
import { frrEngine } from "./frr/engine.ts";
import { gobgpEngine } from "./gobgp/engine.ts";

const engines: readonly Engine[] = [
  birdEngine({ socket: "/nowhere.ctl", directory: "/nowhere" }),
  frrEngine({ sockets: "/nowhere", config: null }),
  gobgpEngine({ address: "unix:///nowhere.sock" }),
];

const address = parseAddress("192.0.2.1");
if (address === null) throw new Error("192.0.2.1 is an address");

/** All that a BGPPeer can ask of a speaker. */
const demanding = {
  ...plainSession,
  name: "tor1",
  address,
  port: 179,
  asn: defaultAsn,
  localAsn: defaultAsn,
  holdTimeSeconds: 30,
  keepaliveSeconds: 10,
  password: new Secret("p"),
  sourceAddress: address,
  ttlSecurityHops: 1,
  allowedLocalAsns: 1,
  gracefulRestartSeconds: 20,
};

/** Field → what a page's column of an engine has. */
function column(page: string, engine: string): ReadonlyMap<string, string> {
  const text = readFileSync(new URL(`../../docs/reference/${page}.md`, import.meta.url), "utf8");
  return new Map(
    tablesOf(text).flatMap(({ head, rows }) => {
      const index = head[0] === "field" ? head.indexOf(engine) : -1;
      if (index === -1) return [];
      return rows.flatMap((row) => codeIn(row[0] ?? "").map((field) => [field, row[index] ?? ""] as const));
    }),
  );
}

test("docs/reference is compared with every driver that is shipped", () => {
  const drivers = readdirSync(import.meta.dirname).filter((folder) =>
    existsSync(join(import.meta.dirname, folder, "engine.ts")),
  );
  expect(drivers).toEqual([...engines.map(({ name }) => name), "memory"].sort());
});

describe.each(engines)("docs/reference and $name", (engine) => {
  const { name } = engine;

  test("say the same of each field of a BGPPeer", () => {
    const said = column("bgppeer", name);
    const refused = engine.refusals({ peers: [demanding] }).map(({ field }) => field.replace("spec.", ""));
    for (const [field, says] of said) {
      if (field === "filters") continue;
      const beyond = refused.some((each) => field === each || field.startsWith(`${each}.`));
      expect(says, field).toMatch(beyond ? /^reported/ : /^(honoured|–$)/);
    }
    // Nobody honours these.
    const ofNobody = ["reachableBy", "reversePeering", "peerSelector", "localWorkloadSelector"];
    expect([...said].filter(([, says]) => says === "–").map(([field]) => field)).toEqual(ofNobody);
  });

  test("say the same of filters", () => {
    const said = column("bgpfilter", name);
    expect(said.get("exportV4")).toMatch(/^honoured/);
    expect(said.get("operations")).toMatch(/^honoured/);
    expect(said.get("importV4")).toMatch(/^(honoured|reported)/);
    expect(column("bgppeer", name).get("filters")).toMatch(/^honoured/);
  });
});
