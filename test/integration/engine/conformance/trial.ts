// One test's dealings with the speaker: links opened, what was told of them, and all of it ended afterwards.
import { expect } from "vitest";
import type {
  BgpInstance,
  Engine,
  EngineError,
  EngineLink,
  PeerStatus,
  SpeakerChange,
} from "../../../../agent/engine/contract.ts";
import { parseAddress } from "../../../../agent/model/address.ts";
import type { Address } from "../../../../agent/model/address.ts";
import { parseAsn } from "../../../../agent/model/asn.ts";
import type { Asn } from "../../../../agent/model/asn.ts";
import type { Peer } from "../../../../agent/model/peer.ts";
import { parsePrefix } from "../../../../agent/model/prefix.ts";
import type { Prefix } from "../../../../agent/model/prefix.ts";
import { plainRoute } from "../../../../agent/model/route.ts";
import type { Route } from "../../../../agent/model/route.ts";
import { compareAll, isEmpty } from "../../../../agent/reconcile/compare.ts";
import { until } from "../../../support/until.ts";
import type { EngineRig } from "./rig.ts";
import { asSeen, inOrder } from "./seen.ts";

export interface Opened {
  readonly engine: Engine;
  readonly link: EngineLink;
  /** As told by the event. */
  readonly lost: readonly EngineError[];
  /** As told by the event. */
  readonly sessions: readonly PeerStatus[];
  readonly abort: () => void;
}

export class Trial {
  readonly rig: EngineRig;
  readonly #aborts: (() => void)[] = [];

  constructor(rig: EngineRig) {
    this.rig = rig;
  }

  open(instance?: BgpInstance): Promise<Opened> {
    return this.openWith(this.rig.engine(), instance);
  }

  async openWith(engine: Engine, instance: BgpInstance = this.rig.instance): Promise<Opened> {
    const [lost, sessions]: [EngineError[], PeerStatus[]] = [[], []];
    const stop = new AbortController();
    const abort = () => stop.abort();
    this.#aborts.push(abort);
    const events = {
      lost: (error: EngineError) => void lost.push(error),
      session: (status: PeerStatus) => void sessions.push(status),
    };
    const link = await engine.open(instance, events, stop.signal);
    return { engine, link, lost, sessions, abort };
  }

  /** Opens, announces, and waits until the witness knows all of it over its IPv4 session. */
  async established(...routes: readonly Route[]): Promise<Opened> {
    const opened = await this.open();
    await this.applied(opened, { announce: routes, addPeers: [this.rig.peers.ipv4] });
    await until("the session is established", () => this.isEstablished(opened, this.rig.peers.ipv4));
    await this.witnessed(...routes);
    return opened;
  }

  /** Applies what must not be rejected. */
  async applied({ link }: Opened, change: Partial<SpeakerChange>): Promise<void> {
    expect(await link.apply({ ...nothing, ...change })).toEqual([]);
  }

  /** Applies what is missing until it holds just these, as the agent does; returns whether anything was. */
  async reconciled(opened: Opened, routes: readonly Route[], peers: readonly Peer[]): Promise<boolean> {
    const change = compareAll({ routes, peers }, await opened.link.held());
    if (isEmpty(change)) return false;
    await this.applied(opened, change);
    return true;
  }

  /**
   * The peers among these that the speaker can be asked for, all at once. Of each other one it says what it cannot be
   * asked for.
   */
  async honoured({ engine, link }: Opened, ...peers: readonly Peer[]): Promise<readonly Peer[]> {
    const refused = new Set<string>();
    for (const { object, field, severity, message } of engine.refusals({ peers })) {
      refused.add(object);
      expect(severity).toBe("error");
      expect(field).toMatch(/^spec/);
      expect(message).toMatch(new RegExp(`^${engine.name}.*; the session is not brought up$`, "i"));
    }
    const isRefused = (peer: Peer) => refused.has(`BGPPeer/${peer.name}`);
    expect(peers.filter(isRefused)).toHaveLength(refused.size);
    for (const peer of peers.filter(isRefused)) {
      if (engine.refusals({ peers: [peer] }).length === 0) continue;
      const rejections = await link.apply({ ...nothing, addPeers: [peer] });
      const held = (await link.held()).peers.get(peer.address);
      // Whoever asks all the same gets a refusal, or all of it: never a part.
      if (rejections.length === 0) expect(held).toEqual(peer);
      else {
        expect(rejections).toMatchObject([{ item: { t: "peer", address: peer.address } }]);
        expect(held).toBeUndefined();
      }
      expect(await link.apply({ ...nothing, removePeers: [peer.address] })).toEqual([]);
    }
    return peers.filter((peer) => !isRefused(peer));
  }

  /** Waits until the sessions with these peers are established. */
  async up(opened: Opened, ...peers: readonly Peer[]): Promise<void> {
    for (const peer of peers)
      await until(`${peer.name} is established`, () => this.isEstablished(opened, peer), {
        timeoutMs: 20_000,
      });
  }

  async isEstablished({ link }: Opened, peer: Peer): Promise<boolean> {
    return (await link.peers()).some(
      ({ address, state }) => address === peer.address && state === "established",
    );
  }

  /** Waits until the witness knows these routes, with just these attributes, over its IPv4 session. */
  witnessed(...routes: readonly Route[]): Promise<void> {
    return this.witnessedBy(this.rig.peers.ipv4, ...routes);
  }

  async witnessedBy(peer: Peer, ...routes: readonly Route[]): Promise<void> {
    await until(`${peer.name} knows ${routes.map(({ prefix }) => prefix).join(", ")}`, async () => {
      const seen = await this.rig.witness.routes(peer);
      for (const route of routes)
        expect(inOrder(seen.get(route.prefix))).toMatchObject(asSeen(route, peer, this.rig));
      return true;
    });
  }

  /** Waits until the witness knows none of these prefixes over its IPv4 session. */
  async forgotten(...prefixes: readonly Prefix[]): Promise<void> {
    await until(`${prefixes.join(", ")} are gone`, async () => {
      const seen = await this.rig.witness.routes(this.rig.peers.ipv4);
      return !prefixes.some((prefix) => seen.has(prefix));
    });
  }

  end(): void {
    for (const abort of this.#aborts) abort();
  }
}

export const nothing: SpeakerChange = { announce: [], withdraw: [], addPeers: [], removePeers: [] };

export function prefix(text: string): Prefix {
  const parsed = parsePrefix(text);
  if (parsed === null) throw new Error(`${text} is no prefix`);
  return parsed.prefix;
}

export function address(text: string): Address {
  const parsed = parseAddress(text);
  if (parsed === null) throw new Error(`${text} is no address`);
  return parsed;
}

export function asn(number: number): Asn {
  const parsed = parseAsn(number);
  if (parsed === null) throw new Error(`${number} is no AS number`);
  return parsed;
}

export function route(text: string, attributes: Partial<Route> = {}): Route {
  return { ...plainRoute(prefix(text)), ...attributes };
}

/** Host routes 10.49.N.M, counted up. */
export function manyRoutes(count: number, attributes: Partial<Route> = {}): readonly Route[] {
  return Array.from({ length: count }, (_, index) =>
    route(`10.49.${index >> 8}.${index & 0xff}/32`, attributes),
  );
}
