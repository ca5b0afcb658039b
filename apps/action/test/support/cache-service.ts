import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { blobs } from "./blobs.ts";
import { type Answer, legacy } from "./legacy.ts";

/** What is kept under a key. One that was reserved and never finalized is served to nobody. */
interface Entry {
  readonly key: string;
  readonly version: string;
  readonly blob: string;
  isFinal: boolean;
}

/** The cache service of GitHub as far as a client sees it, both versions of its protocol, on loopback. */
export interface CacheService {
  readonly url: string;
  /** In the order in which they were reserved. */
  readonly entries: Entry[];
  /** Keys that somebody may restore. */
  readonly keys: string[];
  /** Method and path of each request, in order. */
  readonly requests: readonly string[];
  /** When each archive was on its way, in milliseconds since 1970. */
  readonly downloads: readonly Span[];
  /** What a run may do. @default "write" */
  access: "write" | "read" | "none";
  /** The next request that this is true of is never answered; `held` is settled when it came. */
  hold(match: (request: string) => boolean): { readonly held: Promise<void> };
  /** Requests that this is true of are answered so instead, so many times. @default 1 */
  fault(match: (request: string) => boolean, answer: Fault, times?: number): void;
  /** Requests that this is true of are answered as ever, so many milliseconds later. */
  slow(match: (request: string) => boolean, milliseconds: number): void;
  /** The archive of an entry, and another one in its place. */
  archive(key: string): Buffer;
  replace(key: string, archive: Buffer): void;
  /** Forgets what was reserved and not finalized, as the service does after a while. */
  expireReservations(): void;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What a service says that is not well, or that something in between says in its place. */
export interface Fault {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The body is not all that was announced: then the connection ends, nothing more comes, or a byte now and then. */
  readonly ending?: "cut" | "stall" | "drip";
}

interface Asked {
  readonly key: string;
  readonly version: string;
  readonly restore_keys?: readonly string[];
}

const twirp = "/twirp/github.actions.results.api.v1.CacheService/";

export async function cacheService(): Promise<CacheService> {
  const store = blobs();
  const requests: string[] = [];
  const downloads: Span[] = [];
  const holds: { readonly match: (request: string) => boolean; readonly reached: () => void }[] = [];
  const faults: { readonly match: (request: string) => boolean; readonly answer: Fault; left: number }[] = [];
  const delays: { readonly match: (request: string) => boolean; readonly milliseconds: number }[] = [];
  const entries: Entry[] = [];
  let lastId = 0;

  const service: CacheService = {
    url: "",
    entries,
    get keys() {
      return entries.filter(({ isFinal }) => isFinal).map(({ key }) => key);
    },
    requests,
    downloads,
    access: "write",
    hold(match) {
      const { promise, resolve } = deferred();
      holds.push({ match, reached: resolve });
      return { held: promise };
    },
    slow: (match, milliseconds) => void delays.push({ match, milliseconds }),
    fault: (match, answer, times = 1) => void faults.push({ match, answer, left: times }),
    archive: (key) => store.whole.get(entryOf(key).blob) ?? Buffer.alloc(0),
    replace: (key, archive) => void store.whole.set(entryOf(key).blob, archive),
    expireReservations() {
      for (const entry of entries.filter(({ isFinal }) => !isFinal)) entries.splice(entries.indexOf(entry), 1);
    },
  };

  const entryOf = (key: string): Entry => {
    const entry = entries.find((one) => one.key === key);
    if (!entry) throw new Error(`no entry ${key}, but ${service.keys.join(", ")}`);
    return entry;
  };

  const address = (blob: string) => `${service.url}devstore/cache/${blob}?sig=secret${blob}`;

  const reserve = (key: string, version: string): Entry => {
    lastId += 1;
    const entry: Entry = { key, version, blob: `blob${lastId}`, isFinal: false };
    entries.push(entry);
    return entry;
  };

  const older = legacy({
    get access() {
      return service.access;
    },
    find(keys, version) {
      const found = lookUp(entries, { key: keys[0] ?? "", version, restore_keys: keys.slice(1) });
      return found && { key: found.key, url: address(found.blob) };
    },
    reserve(key, version) {
      if (entries.some((entry) => entry.key === key && entry.version === version)) return undefined;
      reserve(key, version);
      return lastId;
    },
    finish(id, archive) {
      const entry = entries.find(({ blob }) => blob === `blob${id}`);
      store.whole.set(`blob${id}`, archive);
      if (entry) entry.isFinal = true;
    },
  });

  const call = (method: string, asked: Asked): Answer => {
    if (method === "CreateCacheEntry") {
      if (service.access !== "write") return ok({ ok: false, message: "cache write denied: this run may only read" });
      if (entries.some(({ key, version }) => key === asked.key && version === asked.version)) {
        return { status: 409, body: { code: "already_exists", msg: "an entry of this key and version exists" } };
      }
      return ok({ ok: true, signed_upload_url: address(reserve(asked.key, asked.version).blob) });
    }
    if (method === "FinalizeCacheEntryUpload") {
      const entry = entries.find(({ key, version }) => key === asked.key && version === asked.version);
      if (entry) entry.isFinal = true;
      return ok({ ok: entry !== undefined, entry_id: String(lastId) });
    }
    if (service.access === "none") {
      return { status: 403, body: { code: "permission_denied", msg: "cache read denied: no scope is readable" } };
    }
    const found = lookUp(entries, asked);
    return ok(found ? { ok: true, signed_download_url: address(found.blob), matched_key: found.key } : { ok: false });
  };

  const server = createServer((message, response) => {
    const request = `${message.method} ${message.url}`;
    const from = Date.now();
    if (request.startsWith("GET /devstore")) {
      // The last byte was taken: whoever fetches an archive does so on a connection of its own.
      message.socket.once("close", () => downloads.push({ from, to: Date.now() }));
    }
    void read(message).then(async (body) => {
      requests.push(request);
      for (const { milliseconds } of delays.filter(({ match }) => match(request))) await pause(milliseconds);
      const at = holds.findIndex(({ match }) => match(request));
      if (at >= 0) return holds.splice(at, 1)[0]?.reached();
      const fault = faults.find(({ match, left }) => left > 0 && match(request));
      if (fault) {
        fault.left -= 1;
        return fail(response, fault.answer);
      }
      if (store.answer(message, response, body)) return;
      const answered = older(message, body);
      if (answered) return send(response, answered);
      const { pathname } = new URL(message.url ?? "/", "http://loopback");
      if (!pathname.startsWith(twirp)) return void response.writeHead(404).end();
      send(response, call(pathname.slice(twirp.length), JSON.parse(body.toString())));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(service, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
}

/** The key itself, else the newest that begins with it, else the newest that begins with one of the others. */
function lookUp(entries: readonly Entry[], { key, version, restore_keys: others = [] }: Asked): Entry | undefined {
  const known = entries.filter((entry) => entry.isFinal && entry.version === version);
  const exact = known.find((entry) => entry.key === key);
  if (exact) return exact;
  for (const prefix of [key, ...others]) {
    const found = known.findLast((entry) => entry.key.startsWith(prefix));
    if (found) return found;
  }
  return undefined;
}

function ok(body: object): Answer {
  return { status: 200, body };
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { "content-type": "application/json" }).end(body && JSON.stringify(body));
}

function fail(response: ServerResponse, { status, headers = {}, body = "", ending }: Fault): void {
  response.writeHead(status, { ...headers, "content-length": body.length + (ending === undefined ? 0 : 1_000_000) });
  if (ending === undefined) return void response.end(body);
  response.write(body, () => {
    if (ending === "cut") response.destroy();
    if (ending !== "drip") return;
    const drops = setInterval(() => response.write("."), 200);
    response.once("close", () => clearInterval(drops));
  });
}

async function read(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
