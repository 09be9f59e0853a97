// A gRPC server in place of gobgpd, for what the real one cannot be made to do: refuse a route that is well formed.
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { DescMessage, DescMethod, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { Server, ServerCredentials, status } from "@grpc/grpc-js";
import type {
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
} from "@grpc/grpc-js";
import { v3 } from "../../agent/engine/gobgp/dialect.ts";
import type { Dialect } from "../../agent/engine/gobgp/dialect.ts";
import { AddPathStreamRequestSchema } from "../../agent/engine/gobgp/proto/gobgp.pb.ts";
import type { Global, Path } from "../../agent/engine/gobgp/proto/gobgp.pb.ts";

export interface GobgpdStandInOptions {
  /** It takes the call for its events, and never says anything. */
  readonly silent?: boolean;
  readonly dialect?: Dialect;
  /** It refuses every neighbour, and repeats what it was asked for. */
  readonly repeating?: boolean;
}

export class GobgpdStandIn {
  /** What it originates, each by its NLRI in hexadecimal. */
  readonly routes = new Set<string>();
  /** What it says no to, likewise. */
  readonly refused = new Set<string>();
  /** Types of the tables that paths were put into. */
  readonly tables = new Set<number>();
  /** Requests that carried paths. */
  requests = 0;
  readonly #server = new Server();
  #global: Global | undefined;

  /** How often its events were asked for. */
  watches = 0;

  constructor({ silent = false, dialect = v3, repeating = false }: GobgpdStandInOptions = {}) {
    const { call } = dialect;
    this.#unary(call.getBgp, () => ({ ...(this.#global !== undefined && { global: this.#global }) }));
    this.#unary(call.startBgp, ({ global }) => {
      this.#global = global;
      return {};
    });
    this.#unary(call.addPolicy, () => ({}));
    this.#unary(call.setPolicyAssignment, () => ({}));
    if (repeating)
      this.#unary(call.addPeer, ({ peer }) => {
        throw new Error(`cannot take ${JSON.stringify(peer?.conf)}`);
      });
    this.#unary(call.getTable, ({ family }) => ({
      numPath: family?.afi === 1 ? BigInt(this.routes.size) : 0n,
    }));
    this.#unary(call.addPath, ({ path, tableType }) => {
      this.requests++;
      this.tables.add(tableType);
      this.#take(path === undefined ? [] : [path]);
      return {};
    });
    this.#stream(call.listPolicy, [], true);
    this.#stream(call.listPolicyAssignment, [], true);
    this.#stream(call.listPeer, [], true);
    this.#stream(call.listPath, [], true);
    this.#stream(call.watchEvent, silent ? [] : [{ peer: { type: 2 } }], false, () => this.watches++);
    this.#takeStream(call.addPathStream);
  }

  /** Returns its address, `127.0.0.1:PORT`. */
  async start(): Promise<string> {
    const port = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    return `127.0.0.1:${port}`;
  }

  stop(): void {
    this.#server.forceShutdown();
  }

  /** All of one message, or none of it, as gobgpd does. */
  #take(paths: readonly Path[]): void {
    for (const path of paths) if (this.refused.has(hex(path))) throw new Error("not wanted");
    for (const path of paths)
      if (path.isWithdraw) this.routes.delete(hex(path));
      else this.routes.add(hex(path));
  }

  #unary<I extends DescMessage, O extends DescMessage>(
    called: DescMethod & { readonly input: I; readonly output: O },
    answer: (request: MessageShape<I>) => MessageInitShape<O>,
  ): void {
    const handle = (call: ServerUnaryCall<Buffer, Uint8Array>, done: sendUnaryData<Uint8Array>) => {
      try {
        const message = create(called.output, answer(fromBinary(called.input, call.request)));
        done(null, toBinary(called.output, message));
      } catch (error) {
        done(refusal(error));
      }
    };
    this.#server.register(pathOf(called), handle, asBuffer, same, "unary");
  }

  #stream<O extends DescMessage>(
    called: DescMethod & { readonly output: O },
    answers: readonly MessageInitShape<O>[],
    ends: boolean,
    noted: () => void = () => undefined,
  ): void {
    const handle = (call: ServerWritableStream<Buffer, Uint8Array>) => {
      noted();
      for (const answer of answers) call.write(toBinary(called.output, create(called.output, answer)));
      if (ends) call.end();
    };
    this.#server.register(pathOf(called), handle, asBuffer, same, "serverStream");
  }

  #takeStream(called: DescMethod): void {
    const handle = (call: ServerReadableStream<Buffer, Uint8Array>, done: sendUnaryData<Uint8Array>) => {
      this.requests++;
      let failed = false;
      call.on("data", (bytes: Buffer) => {
        if (failed) return;
        try {
          const { paths, tableType } = fromBinary(AddPathStreamRequestSchema, bytes);
          this.tables.add(tableType);
          this.#take(paths);
        } catch (error) {
          // Messages behind the bad one are dropped as well.
          failed = true;
          done(refusal(error));
        }
      });
      call.on("end", () => {
        if (!failed) done(null, new Uint8Array());
      });
    };
    this.#server.register(pathOf(called), handle, asBuffer, same, "clientStream");
  }
}

function refusal(error: unknown) {
  return { code: status.UNKNOWN, details: error instanceof Error ? error.message : "no" };
}

function pathOf({ parent, name }: DescMethod): string {
  return `/${parent.typeName}/${name}`;
}

function hex(path: Path): string {
  return Buffer.from(path.nlriBinary).toString("hex");
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes);
}

function same(bytes: Buffer): Buffer {
  return bytes;
}
