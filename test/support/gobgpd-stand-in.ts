// A gRPC server in place of gobgpd, for what the real one cannot be made to do: refuse what is well formed.
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
import type { Global, Path, Peer } from "../../agent/engine/gobgp/proto/gobgp.pb.ts";
import { StandInPolicy } from "./gobgpd-stand-in-policy.ts";

export interface GobgpdStandInOptions {
  /** It takes the call for its events, and never says anything. */
  readonly silent?: boolean;
  readonly dialect?: Dialect;
  /** It refuses every neighbour, and repeats what it was asked for. */
  readonly repeating?: boolean;
}

/** ListPolicyAssignment's and SetPolicyAssignment's direction. */
const directionExport = 2;

export class GobgpdStandIn {
  /** What it originates, each by its NLRI in hexadecimal. */
  readonly routes = new Map<string, Path>();
  /** What it says no to, likewise. */
  readonly refused = new Set<string>();
  /** Calls that it says no to, by name. */
  readonly denied = new Set<string>();
  /** Calls that it takes and does not carry out, by name. */
  readonly heedless = new Set<string>();
  /** By address. */
  readonly peers = new Map<string, Peer>();
  /** Types of the tables that paths were put into. */
  readonly tables = new Set<number>();
  /** Requests that carried paths. */
  requests = 0;
  readonly #server = new Server();
  readonly #policy: StandInPolicy;
  #global: Global | undefined;

  /** How often its events were asked for. */
  watches = 0;

  constructor({ silent = false, dialect = v3, repeating = false }: GobgpdStandInOptions = {}) {
    const { call } = dialect;
    this.#policy = new StandInPolicy(dialect.policy);
    this.#unary(call.getBgp, () => ({ ...(this.#global !== undefined && { global: this.#global }) }));
    this.#unary(call.startBgp, ({ global }) => {
      this.#global = global;
      return {};
    });
    this.#unary(call.addPeer, ({ peer }) => {
      if (repeating) throw new Error(`cannot take ${JSON.stringify(peer?.conf)}`);
      const address = peer?.conf?.neighborAddress ?? "";
      if (this.peers.has(address)) throw new Error("can't overwrite the existing peer");
      if (peer !== undefined) this.peers.set(address, peer);
      return {};
    });
    this.#unary(call.deletePeer, ({ address }) => {
      if (!this.peers.delete(address)) throw new Error("no such peer");
      return {};
    });
    this.#stream(call.listPeer, ({ address }) =>
      [...this.peers].filter(([name]) => address === "" || address === name).map(([, peer]) => ({ peer })),
    );
    this.#unary(call.resetPeer, () => ({}));
    this.#servePolicies(dialect);
    this.#unary(call.getTable, ({ family }) => ({
      numPath: family?.afi === 1 ? BigInt(this.routes.size) : 0n,
    }));
    this.#unary(call.addPath, ({ path, tableType }) => {
      this.requests++;
      this.tables.add(tableType);
      this.#take(path === undefined ? [] : [path]);
      return {};
    });
    this.#stream(call.listPath, ({ family }) => {
      const mine = [...this.routes.values()].filter((path) => path.family?.afi === family?.afi);
      return mine.map((path) => ({ destination: { paths: [{ ...path, neighborIp: dialect.noNeighbour }] } }));
    });
    this.#stream(
      call.watchEvent,
      () => {
        this.watches++;
        return silent ? [] : [{ peer: { type: 2 } }];
      },
      false,
    );
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

  /** Prefixes of the routes that a neighbour would be sent, each by its NLRI in hexadecimal. */
  sentTo(address: string): readonly string[] {
    return [...this.routes].filter(([, path]) => !this.#policy.rejects(path, address)).map(([name]) => name);
  }

  #servePolicies({ call }: Dialect): void {
    const policy = this.#policy;
    this.#unary(call.addDefinedSet, ({ definedSet }) => policy.addSet(definedSet));
    this.#unary(call.deleteDefinedSet, ({ definedSet }) => policy.deleteSet(definedSet));
    this.#stream(call.listDefinedSet, ({ definedType }) => policy.sets(definedType));
    this.#unary(call.addPolicy, ({ policy: added }) => policy.add(added));
    this.#unary(call.deletePolicy, ({ policy: deleted }) => policy.delete(deleted?.name ?? ""));
    this.#stream(call.listPolicy, () => policy.list());
    // What it has been asked for on import it forgets.
    this.#unary(call.setPolicyAssignment, ({ assignment }) =>
      assignment?.direction === directionExport ? policy.assign(assignment) : {},
    );
    this.#stream(call.listPolicyAssignment, ({ direction }) =>
      direction === directionExport ? policy.assignment() : [],
    );
  }

  /** All of one message, or none of it, as gobgpd does. */
  #take(paths: readonly Path[]): void {
    for (const path of paths) if (this.refused.has(hex(path))) throw new Error("not wanted");
    for (const path of paths)
      if (path.isWithdraw) this.routes.delete(hex(path));
      else this.routes.set(hex(path), path);
  }

  #unary<I extends DescMessage, O extends DescMessage>(
    called: DescMethod & { readonly input: I; readonly output: O },
    answer: (request: MessageShape<I>) => MessageInitShape<O>,
  ): void {
    const handle = (call: ServerUnaryCall<Buffer, Uint8Array>, done: sendUnaryData<Uint8Array>) => {
      try {
        if (this.denied.has(called.name)) throw new Error(`${called.name} is not wanted`);
        const request = fromBinary(called.input, call.request);
        const message = create(called.output, this.heedless.has(called.name) ? undefined : answer(request));
        done(null, toBinary(called.output, message));
      } catch (error) {
        done(refusal(error));
      }
    };
    this.#server.register(pathOf(called), handle, asBuffer, same, "unary");
  }

  #stream<I extends DescMessage, O extends DescMessage>(
    called: DescMethod & { readonly input: I; readonly output: O },
    answers: (request: MessageShape<I>) => readonly MessageInitShape<O>[],
    ends = true,
  ): void {
    const handle = (call: ServerWritableStream<Buffer, Uint8Array>) => {
      for (const answer of answers(fromBinary(called.input, call.request)))
        call.write(toBinary(called.output, create(called.output, answer)));
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
