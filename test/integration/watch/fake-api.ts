// A scripted API server for what the real one does not show on demand: it lists and watches, until told to misbehave.
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";

/** `stream`: a watch that begins with all objects (WatchList). */
export type Verb = "list" | "watch" | "stream";
/** Answers one request in the server's stead; `none` lets that one pass. */
export type Fault = ((response: ServerResponse) => void) | "none";

interface Stored {
  readonly metadata: { readonly name: string };
  readonly [field: string]: unknown;
}
interface LogEntry {
  readonly path: string;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly version: number;
  readonly object: object;
}

export const paths = {
  services: "/api/v1/services",
  slices: "/apis/discovery.k8s.io/v1/endpointslices",
  nodes: "/api/v1/nodes",
  secrets: "/api/v1/namespaces/bellman/secrets",
  configurations: "/apis/projectcalico.org/v3/bgpconfigurations",
  peers: "/apis/projectcalico.org/v3/bgppeers",
  filters: "/apis/projectcalico.org/v3/bgpfilters",
} as const;

/** Where Calico keeps them itself. */
export const storagePaths = {
  configurations: "/apis/crd.projectcalico.org/v1/bgpconfigurations",
  peers: "/apis/crd.projectcalico.org/v1/bgppeers",
  filters: "/apis/crd.projectcalico.org/v1/bgpfilters",
} as const;

export class FakeApi {
  /** Collections that are served; any other is 404. */
  readonly served = new Set<string>(Object.values(paths));
  /** False: streams are refused, as an API server without WatchList does. */
  streams = true;
  /** Every request so far, as `list /api/v1/services` or `watch …`. */
  readonly requests: string[] = [];
  /** The same as path and query. */
  readonly urls: string[] = [];
  /** When set, the only Authorization header that is let in. */
  authorization: string | null = null;
  readonly #server;
  readonly #objects = new Map<string, Map<string, Stored>>();
  readonly #faults = new Map<string, Fault[]>();
  readonly #watches = new Map<ServerResponse, string>();
  #log: LogEntry[] = [];
  #version = 100;
  #oldest = 100;
  #port = 0;

  constructor(tls?: { readonly key: string; readonly cert: string }) {
    const listener = (request: IncomingMessage, response: ServerResponse) => this.#answer(request, response);
    this.#server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  }

  /** On the port of the first time, when it was stopped in between. */
  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  get port(): number {
    return this.#port;
  }

  /** As kill -9 would: all connections break. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    this.#watches.clear();
    await closed;
  }

  put(path: string, object: Stored): void {
    const collection = this.#objects.get(path) ?? new Map<string, Stored>();
    const type = collection.has(object.metadata.name) ? "MODIFIED" : "ADDED";
    this.#objects.set(path, collection);
    this.#version += 1;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
    collection.set(object.metadata.name, stored);
    this.#record({ path, type, version: this.#version, object: stored });
  }

  delete(path: string, name: string): void {
    const object = this.#objects.get(path)?.get(name);
    if (object === undefined) throw new Error(`no ${name} in ${path}`);
    this.#objects.get(path)?.delete(name);
    this.#version += 1;
    const metadata = { ...object.metadata, resourceVersion: String(this.#version) };
    this.#record({ path, type: "DELETED", version: this.#version, object: { ...object, metadata } });
  }

  names(path: string): string[] {
    return [...(this.#objects.get(path)?.keys() ?? [])];
  }

  /** Forgets how it came to this: watches from earlier versions get 410. */
  compact(): void {
    this.#version += 1;
    this.#oldest = this.#version;
    this.#log = [];
  }

  /** The next request of that sort is answered by `fault`; several wait their turn. */
  fault(verb: Verb, path: string, ...faults: readonly Fault[]): void {
    const id = `${verb} ${path}`;
    this.#faults.set(id, [...(this.#faults.get(id) ?? []), ...faults]);
  }

  /** Faults that have not happened yet. */
  get faultsLeft(): number {
    return [...this.#faults.values()].reduce((sum, faults) => sum + faults.length, 0);
  }

  /** Ends the watches of a collection in good order, so that they are opened anew. */
  endWatches(path: string): void {
    for (const [response, watched] of this.#watches) {
      if (watched !== path) continue;
      this.#watches.delete(response);
      response.end();
    }
  }

  #record(entry: LogEntry): void {
    this.#log.push(entry);
    for (const [response, path] of this.#watches)
      if (path === entry.path) response.write(eventLine(entry.type, entry.object));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "", "http://api");
    const verb = verbOf(url);
    const id = `${verb} ${url.pathname}`;
    this.requests.push(id);
    this.urls.push(request.url ?? "");
    const fault = this.#faults.get(id)?.shift();
    if (fault !== undefined && fault !== "none") fault(response);
    else if (this.authorization !== null && request.headers.authorization !== this.authorization)
      refuse(401, "Unauthorized")(response);
    else if (!this.served.has(url.pathname)) this.#one(url, response);
    else if (verb === "list") this.#list(url, response);
    else if (verb === "stream" && !this.streams) refuse(422, "Invalid")(response);
    else if (verb === "stream") this.#stream(url, response);
    else this.#watch(url, response);
  }

  /** A single object, if the path is one's. */
  #one({ pathname }: URL, response: ServerResponse): void {
    const end = pathname.lastIndexOf("/");
    const object = this.#objects.get(pathname.slice(0, end))?.get(pathname.slice(end + 1));
    if (object === undefined) refuse(404, "NotFound")(response);
    else sendJson(response, 200, object);
  }

  #list(url: URL, response: ServerResponse): void {
    const all = [...(this.#objects.get(url.pathname)?.values() ?? [])];
    const from = Number(url.searchParams.get("continue") ?? "0");
    const limit = Number(url.searchParams.get("limit") ?? String(all.length));
    const next = from + limit < all.length ? String(from + limit) : "";
    const metadata = { resourceVersion: String(this.#version), continue: next };
    sendJson(response, 200, { kind: "List", metadata, items: all.slice(from, from + limit) });
  }

  #stream(url: URL, response: ServerResponse): void {
    this.#open(url, response);
    const all = this.#objects.get(url.pathname)?.values() ?? [];
    for (const object of all) response.write(eventLine("ADDED", object));
    response.write(initialEventsEnd(this.#version));
  }

  #watch(url: URL, response: ServerResponse): void {
    if (!url.searchParams.has("resourceVersion")) {
      // From now on, with what is there to begin with.
      this.#open(url, response);
      for (const object of this.#objects.get(url.pathname)?.values() ?? [])
        response.write(eventLine("ADDED", object));
      return;
    }
    const from = Number(url.searchParams.get("resourceVersion"));
    if (from < this.#oldest) {
      refuse(410, "Expired")(response);
      return;
    }
    this.#open(url, response);
    for (const { path, type, version, object } of this.#log)
      if (path === url.pathname && version > from) response.write(eventLine(type, object));
  }

  #open(url: URL, response: ServerResponse): void {
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
    this.#watches.set(response, url.pathname);
    response.on("close", () => this.#watches.delete(response));
  }
}

function verbOf({ searchParams }: URL): Verb {
  if (!searchParams.has("watch")) return "list";
  if (searchParams.get("sendInitialEvents") !== "true") return "watch";
  const { resourceVersionMatch, allowWatchBookmarks } = Object.fromEntries(searchParams);
  if (resourceVersionMatch !== "NotOlderThan" || allowWatchBookmarks !== "true")
    throw new Error("a stream that the API would refuse");
  return "stream";
}

export function eventLine(type: string, object: object): string {
  return `${JSON.stringify({ type, object })}\n`;
}

/** The bookmark that tells that these were all. */
export function initialEventsEnd(version: number): string {
  const annotations = { "k8s.io/initial-events-end": "true" };
  return eventLine("BOOKMARK", { metadata: { resourceVersion: String(version), annotations } });
}

/** A refusal as the API words it. */
export function refuse(code: number, reason: string, headers: Readonly<Record<string, string>> = {}) {
  return (response: ServerResponse): void => {
    const status = {
      kind: "Status",
      apiVersion: "v1",
      status: "Failure",
      code,
      reason,
      message: `scripted ${reason}`,
    };
    sendJson(response, code, status, headers);
  };
}

/** A watch that tells `text` and then ends in good order. */
export function tell(text: string): Fault {
  return (response) => response.writeHead(200, { "content-type": "application/json" }).end(text);
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}
