// A TCP connection to a server on loopback that can be interfered with.
import { createConnection, createServer } from "node:net";
import type { Server, Socket } from "node:net";

export class TcpLine {
  /** Where to connect instead of to the server. */
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  private constructor(server: Server, port: number, sockets: Set<Socket>) {
    this.#server = server;
    this.port = port;
    this.#sockets = sockets;
  }

  static async to(port: number, ownPort = 0): Promise<TcpLine> {
    const sockets = new Set<Socket>();
    const server = createServer((near) => {
      const far = createConnection(port, "127.0.0.1");
      for (const [end, other] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(end);
        end.on("error", () => undefined);
        end.on("close", () => {
          sockets.delete(end);
          other.destroy();
        });
        end.pipe(other);
      }
    });
    await new Promise<void>((resolve) => server.listen(ownPort, "127.0.0.1", resolve));
    const bound = server.address();
    if (typeof bound !== "object" || bound === null) throw new Error("the line has no port");
    return new TcpLine(server, bound.port, sockets);
  }

  /** Connections stay open, but nothing is passed on any more; new ones are sound. */
  freeze(): void {
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  /** All connections break, and none can be made. */
  cut(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
