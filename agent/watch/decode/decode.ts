// Wire object → model object, for each kind.
import type { Kind, ModelOf } from "../kinds.ts";
import { decodeConfigObject } from "./config-object.ts";
import { decodeEndpointSlice } from "./endpoint-slice.ts";
import { decodeNode } from "./node.ts";
import { decodeSecret } from "./secret.ts";
import { decodeService } from "./service.ts";

/** Each throws a DecodeError when the object has no proper name, and nothing else, whatever it is given. */
const decoders: { readonly [K in Kind]: (wire: unknown) => ModelOf[K] } = {
  Service: decodeService,
  EndpointSlice: decodeEndpointSlice,
  Node: decodeNode,
  BGPConfiguration: (wire) => decodeConfigObject("BGPConfiguration", wire),
  BGPPeer: (wire) => decodeConfigObject("BGPPeer", wire),
  BGPFilter: (wire) => decodeConfigObject("BGPFilter", wire),
  Secret: decodeSecret,
};

/** @throws {DecodeError} when the object cannot have a place in the picture. */
export function decode<K extends Kind>(kind: K, wire: unknown): ModelOf[K] {
  return decoders[kind](wire);
}

/** Key in the picture: `namespace/name`, or `name` for kinds without a namespace. */
export function modelKey(object: ModelOf[Kind]): string {
  return "key" in object ? object.key : object.name;
}
