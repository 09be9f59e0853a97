// A whole wish as our part of frr.conf, without any bgpd: what the agent would have written once it is fulfilled.
import type { Rejection } from "../contract.ts";
import type { SpeakerWish } from "../rendering.ts";
import { markedPart } from "./config-part.ts";
import { Ledger } from "./ledger.ts";
import type { Rendering } from "./rendering.ts";
import { announcements } from "./routes.ts";

/** Pure. @throws {TemplateError} */
export function renderPart(
  rendering: Rendering,
  { instance, peers, routes }: SpeakerWish,
): { readonly text: string; readonly rejections: readonly Rejection[] } {
  const rejections: Rejection[] = [];
  const ledger = new Ledger({ rendering, localAsn: instance.asn, shared: false });
  for (const peer of peers) {
    ledger.addPeer(peer);
    ledger.restartSeconds ??= peer.gracefulRestartSeconds;
  }
  for (const { route, map } of announcements(ledger, [...routes], rejections)) {
    ledger.setDefined(map);
    ledger.setNetwork(route.prefix, map.name);
  }
  return { text: markedPart(ledger.file(instance.routerId)), rejections };
}
