// Whether somebody listens on a Unix socket: its file is there an instant before, and after a kill still.
import { createConnection } from "node:net";

export function listens(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = createConnection(socket);
    connection.once("error", () => resolve(false));
    connection.once("connect", () => {
      connection.destroy();
      resolve(true);
    });
  });
}
