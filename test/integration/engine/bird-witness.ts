// BIRD as the neighbour that tells what it was told. A BIRD speaks to another address once only: so one for iBGP, over
// either family, and one each for what the rig has beyond that.
import { join } from "node:path";
import { familyOf } from "../../../agent/model/address.ts";
import type { Address } from "../../../agent/model/address.ts";
import type { Peer } from "../../../agent/model/peer.ts";
import { BirdPeer } from "../../support/bird-peer.ts";
import type { BirdNeighbour } from "../../support/bird-peer.ts";
import { runIn } from "../../support/netns.ts";
import { until } from "../../support/until.ts";
import type { EngineRig, Witness } from "./conformance/rig.ts";

export interface BirdWitnessOptions {
  readonly directory: string;
  /** Of the routers, and of the node. */
  readonly netns: { readonly tor: string; readonly node: string };
  readonly own: EngineRig["own"];
  /** For each BIRD. */
  readonly peers: readonly (readonly [Peer, ...Peer[]])[];
}

export interface BirdWitness extends Witness {
  start(): Promise<void>;
  stop(): Promise<void>;
}

interface Router {
  readonly bird: BirdPeer;
  readonly atFirst: ReadonlyMap<Address, BirdNeighbour>;
  sessions: ReadonlyMap<Address, BirdNeighbour>;
}

export function birdWitness({ directory, netns, own, peers }: BirdWitnessOptions): BirdWitness {
  const session = (peer: Peer, helps = true): BirdNeighbour => ({
    name: peer.name,
    address: peer.sourceAddress ?? own[familyOf(peer.address)],
    asn: peer.localAsn,
    local: { address: peer.address, port: peer.port, asn: peer.asn },
    options: optionsOf(peer, helps),
  });
  const routers = peers.map((mine, index): Router => {
    const atFirst = new Map(mine.map((peer) => [peer.address, session(peer)]));
    const bird = new BirdPeer({
      netns: netns.tor,
      directory: join(directory, mine[0].name),
      // IPv4 addresses stand first.
      routerId: mine[0].address,
      asn: mine[0].asn,
      neighbours: [...atFirst.values()],
      amongOthers: { bfd: index === 0 },
    });
    return { bird, atFirst, sessions: atFirst };
  });
  const routerOf = ({ address }: Peer): Router => {
    const router = routers.find(({ atFirst }) => atFirst.has(address));
    if (router === undefined) throw new Error(`the witness has no address ${address}`);
    return router;
  };
  const told = (peer: Peer) => routerOf(peer).bird.command("show", "protocols", "all", peer.name);
  let sent = 0;

  const witness: BirdWitness = {
    async start() {
      await Promise.all(routers.map(({ bird }) => bird.start()));
    },
    async stop() {
      await Promise.all(routers.map(({ bird }) => bird.stop()));
    },
    async expect(peer, { helps } = {}) {
      const router = routerOf(peer);
      await setSessions(router, new Map([...router.sessions, [peer.address, session(peer, helps)]]));
    },
    async reset() {
      for (const router of routers) await setSessions(router, router.atFirst);
      await witness.send([]);
      witness.mark();
    },
    async hangUp(peer) {
      await routerOf(peer).bird.command("restart", peer.name);
    },
    // Its sessions are called as the peers are.
    routes: (peer) => routerOf(peer).bird.routes(peer.name),
    async taken(peer) {
      const counts = (await told(peer)).matchAll(/Import (?:updates|withdraws): +(\d+) /g);
      return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
    },
    async bfdIsUp(peer) {
      const node = peer.sourceAddress ?? own[familyOf(peer.address)];
      const sessions = await routerOf(peer).bird.command("show", "bfd", "sessions");
      return sessions.split("\n").some((line) => line.startsWith(`${node} `) && line.includes(" Up "));
    },
    mark() {
      for (const { bird } of routers) bird.mark();
    },
    events: (peer) =>
      (peer === undefined ? routers : [routerOf(peer)])
        .flatMap(({ bird }) => bird.events())
        .filter(({ session: name }) => peer === undefined || name === peer.name)
        .map(({ t, prefix }) => ({ t, prefix })),
    losses: () => routers.flatMap(({ bird }) => bird.losses()),
    async send(prefixes) {
      if (prefixes.length === 0 && sent === 0) return;
      sent = prefixes.length;
      for (const { bird } of routers) await bird.send(prefixes);
      if (prefixes.length > 0) await until("the speaker has got them", () => nothingUnread(netns));
    },
  };
  return witness;
}

async function setSessions(router: Router, sessions: Router["sessions"]): Promise<void> {
  if (JSON.stringify([...sessions]) === JSON.stringify([...router.sessions])) return;
  router.sessions = sessions;
  await router.bird.setNeighbours([...sessions.values()]);
}

/** Of the session, in BIRD's words. */
function optionsOf(peer: Peer, helps: boolean): string {
  const { password, multihop, ttlSecurityHops, gracefulRestartSeconds, bfdIntervalMs } = peer;
  return [
    ...(password === null ? [] : [`password "${password.reveal()}";`]),
    ...(multihop ? [`multihop ${ttlSecurityHops ?? 5};`] : []),
    ...(ttlSecurityHops === null ? [] : ["ttl security on;"]),
    ...(helps ? [] : ["graceful restart off;"]),
    ...(gracefulRestartSeconds !== null && helps ? ["graceful restart on;"] : []),
    // iBGP counts as several hops to BIRD, with a BFD of its own for that.
    ...(bfdIntervalMs === null ? [] : ["bfd on;", ...(multihop ? [] : ["direct;"])]),
  ].join(" ");
}

/** Is all of it out of the routers' sockets, and read from the node's? */
async function nothingUnread(netns: BirdWitnessOptions["netns"]): Promise<boolean> {
  const queues = async (name: string) =>
    (await runIn(name, "ss", "-Htn", "state", "established"))
      .split("\n")
      .map((line) => line.trim().split(/\s+/).slice(0, 2).map(Number));
  const [tor, node] = await Promise.all([queues(netns.tor), queues(netns.node)]);
  const idle = ([unread = 0, unsent = 0]: readonly number[]) => unread === 0 && unsent === 0;
  return [...tor, ...node].every(idle);
}
