// The objects of all kinds by key: what one file holds, or a whole directory.
import type { ConfigObject } from "../../model/config-object.ts";
import type { EndpointSlice } from "../../model/endpoint-slice.ts";
import type { Node } from "../../model/node.ts";
import type { SecretObject } from "../../model/secret-object.ts";
import type { Service } from "../../model/service.ts";
import { kindNames } from "../kinds.ts";
import type { Kind, ModelOf } from "../kinds.ts";

export type Objects = { readonly [K in Kind]: ReadonlyMap<string, ModelOf[K]> };
export type MutableObjects = { readonly [K in Kind]: Map<string, ModelOf[K]> };

export function noObjects(): MutableObjects {
  return {
    Service: new Map<string, Service>(),
    EndpointSlice: new Map<string, EndpointSlice>(),
    Node: new Map<string, Node>(),
    BGPConfiguration: new Map<string, ConfigObject>(),
    BGPPeer: new Map<string, ConfigObject>(),
    BGPFilter: new Map<string, ConfigObject>(),
    Secret: new Map<string, SecretObject>(),
  };
}

export function countObjects(objects: Objects): number {
  return kindNames.reduce((sum, kind) => sum + objects[kind].size, 0);
}
