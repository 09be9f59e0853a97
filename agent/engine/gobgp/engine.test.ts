import { inspect } from "node:util";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GobgpdStandIn } from "../../../test/support/gobgpd-stand-in.ts";
import { until } from "../../../test/support/until.ts";
import { parseAddress } from "../../model/address.ts";
import { defaultAsn, parseAsn } from "../../model/asn.ts";
import type { Asn } from "../../model/asn.ts";
import { plainSession } from "../../model/peer.ts";
import type { Peer } from "../../model/peer.ts";
import { parsePrefix } from "../../model/prefix.ts";
import type { Prefix } from "../../model/prefix.ts";
import { plainRoute } from "../../model/route.ts";
import type { Route } from "../../model/route.ts";
import { ManualClock } from "../../time/manual-clock.ts";
import type { EngineLink } from "../contract.ts";
import { Secret } from "../../model/secret.ts";
import { encodePrefix } from "../wire/nlri.ts";
import { v3, v4 } from "./dialect.ts";
import { gobgpEngine } from "./engine.ts";

const address = parseAddress("192.168.1.1");
if (address === null) throw new Error("192.168.1.1 is an address");

describe.each([v3, v4])("a gobgpd with API $version", (dialect) => {
  const gobgpd = new GobgpdStandIn({ dialect });

  it("is told by what it answers to, and is asked in its own words", async () => {
    const events = { lost: () => undefined, session: () => undefined };
    const engine = gobgpEngine({ address: await gobgpd.start() });
    const instance = { asn: defaultAsn, routerId: address, listenPort: -1 };
    const link = await engine.open(instance, events, new AbortController().signal);
    const change = { announce: manyRoutes(3), withdraw: [], addPeers: [], removePeers: [] };
    expect(await link.apply(change)).toEqual([]);
    expect(link.version).toBe(`gobgp ${dialect.version}`);
    expect(gobgpd.routes.size).toBe(3);
    expect(gobgpd.tables).toEqual(new Set([dialect.globalTable]));
    await link.close("keep");
    gobgpd.stop();
  });
});

describe("a gobgpd that refuses a neighbour, and repeats what it was asked for", () => {
  const apply = async (password: Secret | null) => {
    const gobgpd = new GobgpdStandIn({ repeating: true });
    const events = { lost: () => undefined, session: () => undefined };
    const engine = gobgpEngine({ address: await gobgpd.start() });
    const instance = { asn: defaultAsn, routerId: address, listenPort: -1 };
    const link = await engine.open(instance, events, new AbortController().signal);
    const peer = {
      name: "tor",
      address,
      port: 179,
      asn: defaultAsn,
      localAsn: defaultAsn,
      ...plainSession,
      password,
    };
    const change = { announce: [], withdraw: [], addPeers: [peer], removePeers: [] };
    const [rejection] = await link.apply(change);
    await link.close("keep");
    gobgpd.stop();
    return rejection?.error;
  };

  it.each(["hush", 'hu"sh\\', "hush".repeat(20)])(
    "P3: is not cited when that holds a password: %s",
    async (text) => {
      const error = await apply(new Secret(text));
      expect(error).toMatchObject({ code: "refused", message: expect.stringContaining("AddPeer") as string });
      expect(inspect(error, { depth: null, showHidden: true })).not.toMatch(/hu"?\\*"?sh/);
    },
  );

  it("is cited when it does not", async () => {
    expect((await apply(null))?.message).toContain('refused AddPeer: "cannot take');
  });
});

describe("a gobgpd that refuses some of many routes", () => {
  const gobgpd = new GobgpdStandIn();
  const stop = new AbortController();
  let link: EngineLink;

  beforeEach(async () => {
    const events = { lost: () => undefined, session: () => undefined };
    const engine = gobgpEngine({ address: await gobgpd.start() });
    link = await engine.open({ asn: defaultAsn, routerId: address, listenPort: -1 }, events, stop.signal);
  });
  afterEach(async () => {
    await link.close("keep");
    gobgpd.stop();
  });

  it("gets all the others, and each refused one is told by name", async () => {
    const routes = manyRoutes(2_000);
    const bad = [0, 499, 500, 1_777]
      .map((index) => routes[index]?.prefix)
      .filter((prefix) => prefix !== undefined);
    for (const prefix of bad) gobgpd.refused.add(nlri(prefix));

    const change = { announce: routes, withdraw: [], addPeers: [], removePeers: [] };
    const rejections = await link.apply(change);
    expect(rejections.map(({ item }) => item)).toEqual(bad.map((prefix) => ({ t: "route", prefix })));
    for (const { error } of rejections) expect(error).toMatchObject({ code: "refused" });
    expect(gobgpd.routes.size).toBe(1_996);
    expect(await link.count()).toBe(1_996);
    // Not route by route, though.
    expect(gobgpd.requests).toBeLessThan(100);

    // The refused ones alone, one of them welcome by now.
    const [first = "", ...others] = bad.map(nlri);
    gobgpd.refused.delete(first);
    const again = await link.apply({
      ...change,
      announce: routes.filter(({ prefix }) => bad.includes(prefix)),
    });
    expect(again).toHaveLength(others.length);
    expect(gobgpd.routes.has(first)).toBe(true);
  });
});

describe("peers that gobgpd cannot tell apart", () => {
  const plain = { address, asn: defaultAsn, localAsn: defaultAsn, ...plainSession };
  const first: Peer = { ...plain, name: "a", port: 179 };
  const second: Peer = { ...plain, name: "b", port: 1790 };

  it.each([[[first, second]], [[second, first]]])(
    "the first by name stays, the other is a problem",
    (peers) => {
      const engine = gobgpEngine({ address: "127.0.0.1:1" });
      expect(engine.refusals({ peers })).toMatchObject([
        { object: "BGPPeer/b", field: "spec.peerIP", severity: "error" },
      ]);
    },
  );

  it("peers of several addresses are no problem", () => {
    const other = parseAddress("fd01::1");
    if (other === null) throw new Error("fd01::1 is an address");
    const engine = gobgpEngine({ address: "127.0.0.1:1" });
    expect(engine.refusals({ peers: [first, { ...second, address: other }] })).toEqual([]);
  });
});

describe("filters that put AS numbers into the path", () => {
  const engine = gobgpEngine({ address: "127.0.0.1:1" });
  const [other, third] = [parseAsn(65001), parseAsn(65010)];
  if (other === null || third === null) throw new Error("they are AS numbers");
  const peer: Peer = { name: "a", address, port: 179, asn: other, localAsn: defaultAsn, ...plainSession };
  const refusals = (over: Partial<Peer>, ...asns: readonly Asn[]) => {
    const asked = { operation: { t: "prepend", asns }, field: "spec.filters[1]", filter: "f" } as const;
    return engine.refusals({ peers: [{ ...peer, ...over }], operations: new Map([["a", [asked, asked]]]) });
  };

  it("T7: are a problem where a number is not the session's own, towards another AS", () => {
    expect(refusals({}, defaultAsn, third)).toEqual([
      {
        object: "BGPPeer/a",
        field: "spec.filters[1]",
        severity: "error",
        message:
          "BGPFilter/f puts AS 65010 into the path towards another AS, which gobgpd cannot do behind its own 64512; the session is not brought up",
      },
    ]);
    expect(refusals({ localAsn: third }, defaultAsn)).toHaveLength(1);
  });

  it("are none where all numbers are the session's own, or within one AS", () => {
    expect(refusals({}, defaultAsn, defaultAsn)).toEqual([]);
    expect(refusals({ localAsn: third }, third)).toEqual([]);
    expect(refusals({ asn: defaultAsn }, third)).toEqual([]);
  });
});

describe("something else than gobgpd at the address", () => {
  it("is refused with the versions that would do", async () => {
    const server = new Server();
    const port = await new Promise<number>((resolve) => {
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (_, bound) => resolve(bound));
    });
    const events = { lost: () => undefined, session: () => undefined };
    const engine = gobgpEngine({ address: `127.0.0.1:${port}` });
    const instance = { asn: defaultAsn, routerId: address, listenPort: -1 };
    await expect(engine.open(instance, events, new AbortController().signal)).rejects.toThrow(
      /does not know GetBgp of GoBGP's API v3 or v4: is it gobgpd 3\.10 or newer/,
    );
    server.forceShutdown();
  });
});

describe("a speaker that takes the call for its events and stays silent", () => {
  const events = { lost: () => undefined, session: () => undefined };
  const instance = { asn: defaultAsn, routerId: address, listenPort: -1 };

  it("counts as frozen after a while", async () => {
    const [standIn, clock] = [new GobgpdStandIn({ silent: true }), new ManualClock()];
    const engine = gobgpEngine({ address: await standIn.start(), clock });
    const opening = engine.open(instance, events, new AbortController().signal);
    const outcome = expect(opening).rejects.toMatchObject({ code: "timeout" });
    await until("it was asked for events", () => standIn.watches === 1);
    await clock.advance(3_000);
    await outcome;
    expect(clock.pending).toBe(0);
    standIn.stop();
  });

  it("does not keep the agent from ending", async () => {
    const [standIn, controller] = [new GobgpdStandIn({ silent: true }), new AbortController()];
    const engine = gobgpEngine({ address: await standIn.start(), clock: new ManualClock() });
    const outcome = expect(engine.open(instance, events, controller.signal)).rejects.toThrow();
    await until("it was asked for events", () => standIn.watches === 1);
    controller.abort();
    await outcome;
    standIn.stop();
  });
});

describe("the address of an engine", () => {
  it("is refused when it is none", () => {
    expect(() => gobgpEngine({ address: "nowhere" })).toThrow(/"nowhere" is no address of gobgpd/);
  });
});

function manyRoutes(count: number): readonly Route[] {
  return Array.from({ length: count }, (_, index) => {
    const parsed = parsePrefix(`10.49.${index >> 8}.${index & 0xff}/32`);
    if (parsed === null) throw new Error("no prefix");
    return plainRoute(parsed.prefix);
  });
}

function nlri(prefix: Prefix): string {
  return Buffer.from(encodePrefix(prefix)).toString("hex");
}
