import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Body } from "./body.ts";
import { deliver } from "./deliver.ts";
import { type Fault, spoil } from "./faults.ts";
import type { Reply } from "./reply.ts";
import { type Match, matches, type OriginRequest, requestOf } from "./request.ts";
import { close, track } from "./sockets.ts";

/** Answers a request; undefined is a 404. */
export type Handler = (request: OriginRequest) => Reply | undefined | Promise<Reply | undefined>;

/** What is found under each path, or a function that decides. The paths of a record are without query. */
export type Routes = Record<string, Body | Uint8Array | string | Reply | Handler> | Handler;

export interface ServeOptions {
  /** Serves https with this certificate. */
  tls?: { key: string; cert: string };
  /** @default "127.0.0.1" */
  host?: string;
  /** @default any free one */
  port?: number;
}

/** A server on loopback that remembers what it was asked, and goes wrong when told to. */
export interface Origin {
  readonly url: string;
  readonly port: number;
  /** In order of arrival. */
  readonly requests: readonly OriginRequest[];
  /** The range of each request, in order of arrival. */
  readonly ranges: readonly (string | undefined)[];
  /** Bytes of all bodies sent. */
  readonly bytesSent: number;
  /** Connections accepted so far. */
  readonly connections: number;
  /** The largest number of requests that were being answered at the same time. */
  readonly mostAtOnce: number;
  /** How many requests match; all of them without an argument. */
  count(match?: Match): number;
  /** Forgets requests, counters and faults. */
  clear(): void;
  /** The next `times` matching requests suffer the fault; several in a list are suffered together. */
  fault(match: Match, fault: Fault | readonly Fault[], times?: number): void;
  /** Ends at once, with whatever is still being sent. */
  close(): Promise<void>;
}

/** Starts an origin. */
export async function serve(routes: Routes, options: ServeOptions = {}): Promise<Origin> {
  const { tls, host = "127.0.0.1", port = 0 } = options;
  const state = { requests: [] as OriginRequest[], faults: [] as Planned[], connections: 0, now: 0, mostAtOnce: 0 };

  const answer = async (message: IncomingMessage, response: ServerResponse) => {
    state.mostAtOnce = Math.max(state.mostAtOnce, ++state.now);
    response.once("close", () => state.now--);
    const request = await requestOf(message);
    state.requests.push(request);
    const faults = take(state.faults, request);
    const reply = (await routed(routes, request)) ?? { status: 404, body: "Not found\n" };
    const { wire, delivery } = spoil(request, reply, faults);
    await deliver(request, response, wire, delivery);
  };
  const listener = (message: IncomingMessage, response: ServerResponse) => {
    answer(message, response).catch((error: unknown) => {
      // A reader that leaves is everyday life here; a broken route should be seen by the test that wrote it.
      if (!response.headersSent && !response.destroyed) response.writeHead(500).end(String(error));
      else response.destroy();
    });
  };

  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  const sockets = track(server, () => state.connections++);
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
  const { port: actual } = server.address() as AddressInfo;

  return {
    url: `${tls ? "https" : "http"}://${host}:${actual}`,
    port: actual,
    requests: state.requests,
    get ranges() {
      return state.requests.map(({ range }) => range);
    },
    get bytesSent() {
      return state.requests.reduce((sum, { bytesSent }) => sum + bytesSent, 0);
    },
    get connections() {
      return state.connections;
    },
    get mostAtOnce() {
      return state.mostAtOnce;
    },
    count: (match = () => true) => state.requests.filter((request) => matches(match, request)).length,
    clear() {
      state.requests.length = state.faults.length = state.connections = state.mostAtOnce = 0;
    },
    fault(match, fault, times = Number.POSITIVE_INFINITY) {
      state.faults.push({ match, faults: [fault].flat(), times });
    },
    close: () => close(server, sockets),
  };
}

interface Planned {
  match: Match;
  faults: readonly Fault[];
  times: number;
}

function take(planned: readonly Planned[], request: OriginRequest): readonly Fault[] {
  const found = planned.find(({ match, times }) => times > 0 && matches(match, request));
  if (!found) return [];
  found.times--;
  return found.faults;
}

async function routed(routes: Routes, request: OriginRequest): Promise<Reply | undefined> {
  if (typeof routes === "function") return routes(request);
  const [path = "/"] = request.path.split("?");
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (typeof route === "function") return route(request);
  if (route === undefined) return undefined;
  return typeof route === "string" || route instanceof Uint8Array || "read" in route ? { body: route } : route;
}
