// gobgpd by its calls alone: AddPath for one route, AddPathStream for many.
import { create, toBinary } from "@bufbuild/protobuf";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { GobgpApi } from "../../agent/engine/gobgp/proto/gobgp-v3.pb.ts";
import { AddPathRequestSchema, AddPathStreamRequestSchema } from "../../agent/engine/gobgp/proto/gobgp.pb.ts";
import { encodePrefix } from "../../agent/engine/wire/nlri.ts";
import type { Prefix } from "../../agent/model/prefix.ts";
import type { Bare } from "./bare.ts";

/** ORIGIN IGP, and a next hop that gobgpd fills in. */
const attributes = [Uint8Array.of(0x40, 1, 1, 0), Uint8Array.of(0x40, 3, 4, 0, 0, 0, 0)];
const ipv4Unicast = { afi: 1, safi: 1 };
const pathsPerMessage = 500;

export class BareGobgp implements Bare {
  readonly one = "bare AddPath";
  readonly many = "bare AddPathStream";
  readonly #client: Client;

  /** @param socket of a gobgpd 3.x */
  constructor(socket: string) {
    this.#client = new Client(`unix:${socket}`, credentials.createInsecure());
  }

  prepare(): void {
    // Nothing of the driver's is in the way.
  }

  alone(): Promise<void> {
    return Promise.resolve();
  }

  announce(prefixes: readonly Prefix[]): Promise<void> {
    return this.#send(prefixes, false);
  }

  withdraw(prefixes: readonly Prefix[]): Promise<void> {
    return this.#send(prefixes, true);
  }

  close(): void {
    this.#client.close();
  }

  #send(prefixes: readonly Prefix[], isWithdraw: boolean): Promise<void> {
    const paths = prefixes.map((prefix) => ({
      family: ipv4Unicast,
      isWithdraw,
      nlriBinary: encodePrefix(prefix),
      pattrsBinary: isWithdraw ? [] : attributes,
    }));
    return new Promise((resolve, reject) => {
      const done = (error: Error | null) => {
        if (error === null) resolve();
        else reject(error);
      };
      const service = `/${GobgpApi.typeName}`;
      const [path] = paths;
      if (path !== undefined && paths.length === 1) {
        const bytes = toBinary(AddPathRequestSchema, create(AddPathRequestSchema, { path }));
        this.#client.makeUnaryRequest(`${service}/AddPath`, asBuffer, same, bytes, new Metadata(), done);
        return;
      }
      const call = this.#client.makeClientStreamRequest(
        `${service}/AddPathStream`,
        asBuffer,
        same,
        new Metadata(),
        done,
      );
      for (let from = 0; from < paths.length; from += pathsPerMessage) {
        const message = { paths: paths.slice(from, from + pathsPerMessage) };
        call.write(toBinary(AddPathStreamRequestSchema, create(AddPathStreamRequestSchema, message)));
      }
      call.end();
    });
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function same(bytes: Buffer): Buffer {
  return bytes;
}
