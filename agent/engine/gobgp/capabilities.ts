// Capabilities of an OPEN message (RFC 5492), as each version of the API packs them.
import { fromBinary } from "@bufbuild/protobuf";
import type { Family } from "../../model/family.ts";
import { familyOfNumbers } from "./families.ts";
import { AnySchema, CapabilitySchema, MultiProtocolCapabilitySchema } from "./proto/gobgp.pb.ts";

/** Those that matter here. */
export type Capability =
  | { readonly t: "multiprotocol"; readonly family: Family | null }
  | { readonly t: "graceful-restart" }
  | { readonly t: "four-octet-asn" };

/** null: one that does not matter, or none at all. */
export type ReadCapability = (bytes: Uint8Array) => Capability | null;

/** v3: google.protobuf.Any, told apart by the name of the message. */
export const fromAny: ReadCapability = (bytes) => {
  const { typeUrl, value } = fromBinary(AnySchema, bytes);
  switch (typeUrl.split("/").at(-1)) {
    case "apipb.MultiProtocolCapability":
      return {
        t: "multiprotocol",
        family: familyOfNumbers(fromBinary(MultiProtocolCapabilitySchema, value).family),
      };
    case "apipb.GracefulRestartCapability":
      return { t: "graceful-restart" };
    case "apipb.FourOctetASNCapability":
      return { t: "four-octet-asn" };
    default:
      return null;
  }
};

/** v4: a message with one field for each. */
export const fromOneof: ReadCapability = (bytes) => {
  const { cap } = fromBinary(CapabilitySchema, bytes);
  switch (cap.case) {
    case "multiProtocol":
      return { t: "multiprotocol", family: familyOfNumbers(cap.value.family) };
    case "gracefulRestart":
      return { t: "graceful-restart" };
    case "fourOctetAsn":
      return { t: "four-octet-asn" };
    case undefined:
      return null;
  }
};
