// Sessions that stay from test to test: the speaker with three neighbours, and what each of them knows.
import { expect } from "vitest";
import type { SpeakerChange } from "../../../../agent/engine/contract.ts";
import { familyOf } from "../../../../agent/model/address.ts";
import type { Peer } from "../../../../agent/model/peer.ts";
import { prefixFamily } from "../../../../agent/model/prefix.ts";
import type { Route } from "../../../../agent/model/route.ts";
import { until } from "../../../support/until.ts";
import type { EngineRig } from "./rig.ts";
import { asSeen, inOrder } from "./seen.ts";
import { route, Trial } from "./trial.ts";
import type { Opened } from "./trial.ts";

export class Rack {
  readonly rig: EngineRig;
  readonly trial: Trial;
  /** iBGP over either family, and eBGP. */
  readonly peers: readonly Peer[];
  #opened: Opened;

  private constructor(trial: Trial, peers: readonly Peer[], opened: Opened) {
    this.rig = trial.rig;
    this.trial = trial;
    this.peers = peers;
    this.#opened = opened;
  }

  /** On a node where the speaker never ran. */
  static async stand(rig: EngineRig): Promise<Rack> {
    const trial = new Trial(rig);
    const peers = [rig.peers.ipv4, rig.peers.ipv6, rig.external];
    await rig.wipe();
    await rig.start();
    await rig.witness.reset();
    const opened = await trial.open();
    await trial.applied(opened, { addPeers: peers });
    await trial.up(opened, ...peers);
    return new Rack(trial, peers, opened);
  }

  async fall(): Promise<void> {
    this.trial.end();
    await this.rig.kill();
  }

  get link() {
    return this.#opened.link;
  }

  /** A route with an explicit next hop, which goes over sessions of either family. */
  host(text: string, attributes: Partial<Route> = {}): Route {
    const plain = route(text);
    return { ...plain, nextHop: this.rig.own[prefixFamily(plain.prefix)], ...attributes };
  }

  change(change: Partial<SpeakerChange>): Promise<void> {
    return this.trial.applied(this.#opened, change);
  }

  /** Announces just these, and waits until every neighbour knows what of them it may, and no more. */
  async announce(...routes: readonly Route[]): Promise<void> {
    await this.trial.reconciled(this.#opened, routes, this.peers);
    await this.known(...routes);
  }

  /** Waits until every neighbour knows those of these routes that it may, as it may, and no others. */
  async known(...routes: readonly Route[]): Promise<void> {
    for (const peer of this.peers) await this.knownBy(peer, ...routes);
  }

  async knownBy(peer: Peer, ...routes: readonly Route[]): Promise<void> {
    const mine = routes.filter(({ notTo }) => !notTo.includes(peer.address));
    await until(`${peer.name} knows what it may`, async () => {
      const seen = await this.rig.witness.routes(peer);
      expect([...seen.keys()].sort()).toEqual(mine.map(({ prefix }) => prefix).sort());
      for (const each of mine)
        expect(inOrder(seen.get(each.prefix))).toMatchObject(asSeen(each, peer, this.rig));
      return true;
    });
  }

  /** The agent ends without a word to the speaker, and the next one opens it. */
  async reopen(): Promise<void> {
    await this.#opened.link.close("keep");
    this.#opened = await this.trial.open();
    expect(this.#opened.link).toMatchObject({ fresh: false, restarted: null });
  }

  /** Between two tests: nothing is announced, and no session was lost. */
  async settle(): Promise<void> {
    await this.rig.witness.send([]);
    await this.announce();
    expect(this.#opened.lost).toEqual([]);
    expect(this.rig.witness.losses()).toEqual([]);
    await this.rig.witness.reset();
  }
}

/** Is the route's family the one that the session goes over? */
export function isOfSession({ prefix }: Route, { address }: Peer): boolean {
  return prefixFamily(prefix) === familyOf(address);
}
