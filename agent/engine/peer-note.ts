// A session as a note for ourselves in what a speaker reads: `192.168.1.1 name=tor1 port=179 asn=64512 …`.
import { parseAddress } from "../model/address.ts";
import { parseAsn } from "../model/asn.ts";
import { plainSession } from "../model/peer.ts";
import type { Peer } from "../model/peer.ts";
import { Secret } from "../model/secret.ts";
import { field, Fields, parseNumber, parseText } from "./note-fields.ts";

export function notePeer(peer: Peer): string {
  const { password } = peer;
  return (
    peer.address +
    field("name", plainName(peer.name)) +
    field("port", peer.port) +
    field("asn", peer.asn) +
    field("localAsn", peer.localAsn) +
    field("hold", peer.holdTimeSeconds) +
    field("keepalive", peer.keepaliveSeconds) +
    field("password", password === null ? null : Buffer.from(password.reveal()).toString("base64url")) +
    field("source", peer.sourceAddress) +
    field("multihop", peer.multihop ? "yes" : null) +
    field("ttlSecurity", peer.ttlSecurityHops) +
    field("allowedLocalAsns", peer.allowedLocalAsns === 0 ? null : peer.allowedLocalAsns) +
    field("gracefulRestart", peer.gracefulRestartSeconds) +
    field("bfd", peer.bfdIntervalMs)
  );
}

/** null: no note that we would write. */
export function readPeerNote(note: string): Peer | null {
  const [text = "", ...words] = note.split(" ");
  const address = parseAddress(text);
  const fields = new Fields(words);
  const [asn, localAsn] = [fields.one("asn", parseAsn), fields.one("localAsn", parseAsn)];
  if (address === null || asn === null || localAsn === null) return null;
  const peer: Peer = {
    ...plainSession,
    name: fields.one("name", parseText) ?? "",
    address,
    port: fields.one("port", parseNumber) ?? 0,
    asn,
    localAsn,
    holdTimeSeconds: fields.one("hold", parseNumber) ?? 0,
    keepaliveSeconds: fields.one("keepalive", parseNumber) ?? 0,
    password: fields.one("password", (encoded) => new Secret(Buffer.from(encoded, "base64url").toString())),
    sourceAddress: fields.one("source", parseAddress),
    multihop: fields.one("multihop", parseText) !== null,
    ttlSecurityHops: fields.one("ttlSecurity", parseNumber),
    allowedLocalAsns: fields.one("allowedLocalAsns", parseNumber) ?? 0,
    gracefulRestartSeconds: fields.one("gracefulRestart", parseNumber),
    bfdIntervalMs: fields.one("bfd", parseNumber),
  };
  return notePeer(peer) === note ? peer : null;
}

/** The name of a peer, fit for a text in the configuration: names of objects are such names already. */
export function plainName(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]/g, "_");
}
