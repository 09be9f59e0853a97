// What a gobgpd refuses must not let a neighbour see what is kept from it. A stand-in, for a real one refuses none of it.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { address, asn, prefix, route } from "../../../test/integration/engine/conformance/trial.ts";
import { GobgpdStandIn } from "../../../test/support/gobgpd-stand-in.ts";
import { defaultAsn } from "../../model/asn.ts";
import { anyRoute } from "../../model/filter.fixture.ts";
import { plainSession } from "../../model/peer.ts";
import type { Peer } from "../../model/peer.ts";
import type { Route } from "../../model/route.ts";
import type { EngineLink, Rejection, SpeakerChange } from "../contract.ts";
import { encodePrefix } from "../wire/nlri.ts";
import { gobgpEngine } from "./engine.ts";

const [shy, plain] = [peer("shy", "192.168.1.2"), peer("plain", "192.168.1.3")];
const [first, second] = [route("10.49.0.1/32"), route("10.49.0.2/32")];
const hidden = (each: Route): Route => ({ ...each, notTo: [shy.address] });
const altered = (each: Route): Route => ({
  ...each,
  variants: [{ to: [shy.address], communities: [], largeCommunities: [], med: 7, localPref: null, path: [] }],
});

describe("a gobgpd that refuses to keep a route from a neighbour", () => {
  let gobgpd: GobgpdStandIn;
  let link: EngineLink;

  beforeEach(async () => {
    gobgpd = new GobgpdStandIn();
    const events = { lost: () => undefined, session: () => undefined };
    const instance = { asn: defaultAsn, routerId: address("192.168.1.1"), listenPort: -1 };
    const engine = gobgpEngine({ address: await gobgpd.start() });
    link = await engine.open(instance, events, new AbortController().signal);
    expect(await apply({ announce: [first], addPeers: [plain] })).toEqual([]);
  });
  afterEach(async () => {
    await link.close("keep");
    gobgpd.stop();
  });

  const apply = (change: Partial<SpeakerChange>) =>
    link.apply({ announce: [], withdraw: [], addPeers: [], removePeers: [], ...change });
  const sessions = () => [...gobgpd.peers.keys()];
  /** What the neighbour is sent; null: it has no session. */
  const seen = ({ address: neighbour }: Peer) =>
    gobgpd.peers.has(neighbour) ? gobgpd.sentTo(neighbour) : null;

  describe.each([
    ["a set", "AddDefinedSet"],
    ["a rule", "AddPolicy"],
    ["to put a rule in force", "SetPolicyAssignment"],
  ])("as it refuses %s", (_, call) => {
    it.each([
      ["kept from it", hidden],
      ["changed on its way to it", altered],
    ])("ends the session of the neighbour whose route is to be %s, and serves the others", async (__, to) => {
      await apply({ addPeers: [shy] });
      gobgpd.denied.add(call);
      const rejections = await apply({ announce: [to(first), to(second)] });
      expect(items(rejections)).toEqual([shy.address, first.prefix, second.prefix]);
      for (const { error } of rejections) expect(error.message).toContain(call);
      expect(sessions()).toEqual([plain.address]);
      expect(seen(plain)).toEqual(names(first, second));

      // However often it is asked for.
      expect(items(await apply({ addPeers: [shy] }))).toEqual([shy.address]);
      expect(items(await apply({ announce: [route("10.49.0.3/32")], addPeers: [shy] }))).toEqual([
        shy.address,
      ]);
      expect(sessions()).toEqual([plain.address]);

      gobgpd.denied.clear();
      expect(await apply({ announce: [to(first), to(second)], addPeers: [shy] })).toEqual([]);
      expect(sessions()).toEqual([plain.address, shy.address]);
      if (to === hidden) expect(seen(shy)).toEqual(names(route("10.49.0.3/32")));
      expect(await link.count()).toBe(3);
    });

    it("takes up no session with it, and leaves nothing behind", async () => {
      gobgpd.denied.add(call);
      const rejections = await apply({ announce: [hidden(first)], addPeers: [shy] });
      expect(items(rejections)).toEqual([first.prefix, shy.address]);
      gobgpd.denied.clear();
      expect(await apply({ withdraw: [first.prefix] })).toEqual([]);
      expect(await apply({ addPeers: [shy] })).toEqual([]);
      expect((await link.held()).routes.size).toBe(0);
    });
  });

  it.each(["AddDefinedSet", "AddPolicy", "nothing, but does not heed it"])(
    "from its neighbours, and refuses %s for what is taken, takes nothing and keeps the session",
    async (call) => {
      await apply({ announce: [second], addPeers: [shy] });
      gobgpd.denied.add(call);
      const asked = {
        family: "ipv4",
        rule: anyRoute("accept"),
        field: "spec.filters[0]",
        filter: "f",
      } as const;
      const rejections = await apply({ imports: new Map([[shy.address, [asked]]]) });
      expect(rejections).toMatchObject([
        { item: { t: "imports", address: shy.address }, error: { code: "refused" } },
      ]);
      expect(sessions()).toEqual([plain.address, shy.address]);
      expect((await link.peers()).map(({ accepted }) => accepted)).toEqual([{}, {}]);
      expect(await link.count()).toBe(2);
    },
  );

  it("as it refuses the route with its mark, ends the session of the neighbour that has it without", async () => {
    await apply({ addPeers: [shy] });
    gobgpd.refused.add(name(first));
    expect(items(await apply({ announce: [hidden(first), hidden(second)] }))).toEqual([
      first.prefix,
      shy.address,
    ]);
    expect(sessions()).toEqual([plain.address]);
    gobgpd.refused.clear();
    expect(await apply({ announce: [hidden(first)], addPeers: [shy] })).toEqual([]);
    expect(seen(shy)).toEqual([]);
  });

  it("as it refuses a route that is kept from the neighbour already, leaves the session alone", async () => {
    await apply({ announce: [hidden(first)], addPeers: [shy] });
    gobgpd.refused.add(name(first));
    gobgpd.refused.add(name(second));
    const changed = { ...hidden(first), med: 7 };
    expect(items(await apply({ announce: [changed, hidden(second)] }))).toEqual([
      first.prefix,
      second.prefix,
    ]);
    expect([sessions(), seen(shy)]).toEqual([[plain.address, shy.address], []]);
  });

  it("and not to remove the neighbour, keeps from it what is to be kept from nobody next", async () => {
    await apply({ announce: [hidden(first)], addPeers: [shy] });
    gobgpd.denied.add("DeletePeer");
    expect(items(await apply({ announce: [first], removePeers: [shy.address] }))).toEqual([
      shy.address,
      first.prefix,
    ]);
    expect(items(await apply({ announce: [altered(second)] }))).toEqual([second.prefix]);
    expect([seen(shy), seen(plain)]).toEqual([[], names(first, second)]);

    gobgpd.denied.clear();
    expect(await apply({ announce: [first, second], removePeers: [shy.address] })).toEqual([]);
    expect(sessions()).toEqual([plain.address]);
    expect((await link.held()).routes).toEqual(
      new Map([
        [first.prefix, first],
        [second.prefix, second],
      ]),
    );
  });

  it("and refuses both, sends nothing new to anybody that it would see", async () => {
    await apply({ addPeers: [shy] });
    for (const call of ["DeletePeer", "AddDefinedSet"]) gobgpd.denied.add(call);
    const rejections = await apply({ announce: [hidden(second), route("10.49.0.3/32")] });
    expect(new Set(items(rejections))).toEqual(new Set([shy.address, second.prefix]));
    expect(seen(shy)).toEqual(names(first, route("10.49.0.3/32")));
  });

  it("does not do as it was asked, ends the session of that neighbour alone", async () => {
    await apply({ addPeers: [shy] });
    gobgpd.heedless.add("AddPolicy");
    const rejections = await apply({ announce: [hidden(first)] });
    expect(items(rejections)).toEqual([shy.address, first.prefix]);
    expect(sessions()).toEqual([plain.address]);
  });
});

function items(rejections: readonly Rejection[]): readonly string[] {
  return rejections.map(({ item }) => (item.t === "route" ? item.prefix : item.address));
}

function names(...routes: readonly Route[]): readonly string[] {
  return routes.map(name);
}

function name(each: Route): string {
  return Buffer.from(encodePrefix(prefix(each.prefix))).toString("hex");
}

function peer(called: string, text: string): Peer {
  const at = { address: address(text), port: 179, asn: asn(65001), localAsn: defaultAsn };
  return { name: called, ...at, ...plainSession };
}
