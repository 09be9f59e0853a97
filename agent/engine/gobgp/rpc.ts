// One gRPC channel to a speaker: typed calls with deadlines, errors told as EngineErrors, nothing left after close.
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type {
  DescMessage,
  DescMethod,
  DescMethodClientStreaming,
  DescMethodServerStreaming,
  DescMethodUnary,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import { Client, Metadata, credentials } from "@grpc/grpc-js";
import type { ChannelOptions, ServiceError } from "@grpc/grpc-js";
import { EngineError } from "../contract.ts";
import type { GobgpAddress } from "./address.ts";
import { toEngineError, unreadableAnswer } from "./errors.ts";

/** A question or a small change: gobgpd answers within a millisecond. */
export const unaryDeadlineMs = 3_000;
/** Whole tables: 50,000 routes take 2 to 5 s. */
const bulkDeadlineMs = 30_000;

const channelOptions: ChannelOptions = {
  // The global pool would make a new channel wait for the old one's reconnect backoff.
  "grpc.use_local_subchannel_pool": 1,
  // Only we know whether a change may be sent twice.
  "grpc.enable_retries": 0,
  "grpc.enable_channelz": 0,
  "grpc.enable_http_proxy": 0,
  "grpc.service_config_disable_resolution": 1,
};

const metadata = new Metadata();

/** Something under way that can be given up. */
interface Call {
  cancel(): void;
}

/** A stream that goes on until it is cancelled. */
export type Subscription = Call;

export class Rpc {
  readonly address: GobgpAddress;
  readonly #client: Client;
  readonly #calls = new Set<Call>();

  constructor(address: GobgpAddress) {
    this.address = address;
    this.#client = new Client(address.target, credentials.createInsecure(), channelOptions);
  }

  /** @throws {EngineError} */
  unary<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
  ): Promise<MessageShape<O>> {
    return new Promise((resolve, reject) => {
      const done = (error: ServiceError | null, answer: Buffer = Buffer.alloc(0)) => {
        this.#calls.delete(call);
        if (error === null) settle(() => resolve(this.#read(method, answer)), reject);
        else reject(this.#told(method, error));
      };
      const options = { deadline: Date.now() + unaryDeadlineMs };
      const bytes = toBinary(method.input, create(method.input, request));
      const path = pathOf(method);
      const call = this.#client.makeUnaryRequest(path, asBuffer, same, bytes, metadata, options, done);
      this.#calls.add(call);
    });
  }

  /** Everything a server stream has to say. @throws {EngineError} */
  list<I extends DescMessage, O extends DescMessage>(
    method: DescMethodServerStreaming<I, O>,
    request: MessageInitShape<I>,
  ): Promise<MessageShape<O>[]> {
    return new Promise((resolve, reject) => {
      const answers: MessageShape<O>[] = [];
      const options = { deadline: Date.now() + bulkDeadlineMs };
      const bytes = toBinary(method.input, create(method.input, request));
      const call = this.#client
        .makeServerStreamRequest(pathOf(method), asBuffer, same, bytes, metadata, options)
        .on("data", (answer: Buffer) =>
          settle(
            () => answers.push(this.#read(method, answer)),
            (error) => {
              call.cancel();
              reject(error);
            },
          ),
        )
        .on("error", (error: ServiceError) => {
          this.#calls.delete(call);
          reject(this.#told(method, error));
        })
        .on("end", () => {
          this.#calls.delete(call);
          resolve(answers);
        });
      this.#calls.add(call);
    });
  }

  /** Sends messages in order as one stream and waits until the speaker has taken them all. @throws {EngineError} */
  send<I extends DescMessage>(
    method: DescMethodClientStreaming<I>,
    messages: Iterable<Uint8Array>,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const options = { deadline: Date.now() + bulkDeadlineMs };
      const done = (error: ServiceError | null) => {
        this.#calls.delete(call);
        if (error === null) resolve();
        else reject(this.#told(method, error));
      };
      const call = this.#client.makeClientStreamRequest(
        pathOf(method),
        asBuffer,
        same,
        metadata,
        options,
        done,
      );
      this.#calls.add(call);
      for (const message of messages) call.write(message);
      call.end();
    });
  }

  /**
   * Follows a stream without end; `ended` is told once, unless the subscription is cancelled first. It has no deadline:
   * whoever waits for its first message sets one.
   */
  follow<I extends DescMessage, O extends DescMessage>(
    method: DescMethodServerStreaming<I, O>,
    request: MessageInitShape<I>,
    next: (message: MessageShape<O>) => void,
    ended: (error: EngineError) => void,
  ): Subscription {
    let over = false;
    const end = (error: EngineError) => {
      if (over) return;
      over = true;
      this.#calls.delete(stream);
      ended(error);
    };
    const bytes = toBinary(method.input, create(method.input, request));
    const stream = this.#client
      .makeServerStreamRequest(pathOf(method), asBuffer, same, bytes, metadata, {})
      .on("data", (message: Buffer) => {
        if (!over) settle(() => next(this.#read(method, message)), end);
      })
      .on("error", (error: ServiceError) => end(this.#told(method, error)))
      .on("end", () => end(toEngineError(this.address, method.name, null)));
    this.#calls.add(stream);
    return {
      cancel: () => {
        over = true;
        this.#calls.delete(stream);
        stream.cancel();
      },
    };
  }

  /** Ends what is under way with an error, and the connection. */
  close(): void {
    for (const call of this.#calls) call.cancel();
    this.#client.close();
  }

  /** @throws {EngineError} for bytes that are no answer to this call. */
  #read<O extends DescMessage>(method: DescMethod & { readonly output: O }, bytes: Buffer): MessageShape<O> {
    try {
      return fromBinary(method.output, bytes);
    } catch (cause) {
      throw unreadableAnswer(this.address, method.name, cause);
    }
  }

  #told(method: DescMethod, error: ServiceError): EngineError {
    return toEngineError(this.address, method.name, error);
  }
}

/** Runs work inside a callback of grpc-js, where a throw would end the process. */
function settle(work: () => unknown, failed: (error: EngineError) => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    failed(error);
  }
}

function pathOf(method: DescMethod): string {
  return `/${method.parent.typeName}/${method.name}`;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function same(bytes: Buffer): Buffer {
  return bytes;
}
