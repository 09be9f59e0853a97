// The plainest client of the API there can be: one kept connection to write, one to watch. It is what others are
// compared with.
import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";

interface Kubeconfig {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly "certificate-authority-data": string } },
  ];
  readonly users: readonly [
    { readonly user: { readonly "client-certificate-data": string; readonly "client-key-data": string } },
  ];
}

export class ApiClient {
  readonly #server: string;
  readonly #agent: Agent;

  /** @param kubeconfig as test/support/control-plane.ts writes them. */
  constructor(kubeconfig: string) {
    const { clusters, users } = JSON.parse(readFileSync(kubeconfig, "utf8")) as Kubeconfig;
    const decode = (data: string) => Buffer.from(data, "base64");
    this.#server = clusters[0].cluster.server;
    this.#agent = new Agent({
      keepAlive: true,
      ca: decode(clusters[0].cluster["certificate-authority-data"]),
      cert: decode(users[0].user["client-certificate-data"]),
      key: decode(users[0].user["client-key-data"]),
    });
  }

  /** Sends a merge patch and returns when it was sent, by performance.now(). */
  patch(path: string, body: object): Promise<number> {
    return this.#send("PATCH", path, body, "application/merge-patch+json", [200]);
  }

  /** Creates an object; one that is there already stays as it is. */
  async create(path: string, body: object): Promise<void> {
    await this.#send("POST", path, body, "application/json", [201, 409]);
  }

  #send(
    method: string,
    path: string,
    body: object,
    type: string,
    expected: readonly number[],
  ): Promise<number> {
    const text = JSON.stringify(body);
    const headers = { "content-type": type, "content-length": Buffer.byteLength(text) };
    return new Promise((resolve, reject) => {
      const url = `${this.#server}${path}`;
      const call = request(url, { method, agent: this.#agent, headers }, (response) => {
        response.resume().once("end", () => {
          if (expected.includes(response.statusCode ?? 0)) resolve(sentAtMs);
          else reject(new Error(`${method} ${path}: HTTP ${response.statusCode ?? "?"}`));
        });
      });
      call.once("error", reject);
      const sentAtMs = performance.now();
      call.end(text);
    });
  }

  /** Watches a collection; `seen` gets the name of each object that changed and when its line was complete. */
  async watch(path: string, seen: (name: string, atMs: number) => void): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const url = `${this.#server}${path}?watch=true&resourceVersion=0`;
      const call = request(url, { agent: this.#agent }, (response) => {
        let rest = "";
        response.setEncoding("utf8").on("data", (chunk: string) => {
          const lines = (rest + chunk).split("\n");
          rest = lines.pop() ?? "";
          for (const line of lines) {
            const event = JSON.parse(line) as {
              readonly object: { readonly metadata: { readonly name: string } };
            };
            seen(event.object.metadata.name, performance.now());
          }
        });
        resolve(() => call.destroy());
      });
      call.once("error", reject);
      call.end();
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
