import type { Readable } from "node:stream";
import got, { type Got, type Headers, type Method } from "got";
import { createAgents } from "./agents.ts";
import type { HttpOptions } from "./http.ts";
import type { AuthorizationFor } from "./http-engine.ts";
import { withLiteralPercent } from "./literal-percent.ts";
import { onAbort } from "./on-abort.ts";
import { watchRate } from "./rate-watch.ts";
import type { Trust } from "./trust.ts";
import type { OpenAnswer, RequestOptions } from "./types.ts";

/** What the HTTP library does for us: everything that is not a plain answer of known length. */
export interface Library {
  open(url: string, request: RequestOptions, authorizationFor: AuthorizationFor): Promise<OpenAnswer>;
  close(): void;
}

/** The one place that knows the HTTP library. */
export function startLibrary(options: HttpOptions, trust: Trust): Library {
  const { connectTimeout = 10_000, stallTimeout = 30_000, minimumRate = 100, lookup } = options;
  const agents = createAgents(trust);
  const client = got.extend({
    retry: { limit: 0 },
    throwHttpErrors: false,
    maxRedirects: 10,
    decompress: false,
    responseType: "buffer",
    ...(lookup ? { dnsLookup: lookup as never } : {}),
    timeout: {
      lookup: connectTimeout,
      connect: connectTimeout,
      secureConnect: connectTimeout,
      // Not `socket`, which counts the time in which we do not read as well: the body is watched below.
      response: stallTimeout,
    },
  });
  return {
    open: (url, request, authorizationFor) =>
      open({ client, agentFor: agents.forUrl, span: stallTimeout, minimumRate }, url, request, authorizationFor),
    close: agents.close,
  };
}

interface Use {
  readonly client: Got;
  readonly agentFor: (url: URL) => object;
  readonly span: number;
  readonly minimumRate: number;
}

function open(
  { client, agentFor, ...pace }: Use,
  url: string,
  request: RequestOptions,
  authorizationFor: AuthorizationFor,
): Promise<OpenAnswer> {
  const prepare = (options: { url?: string | URL; headers: Headers; agent: object }) => {
    const target = new URL(String(options.url));
    options.agent = agentFor(target);
    const authorization = authorizationFor(target);
    if (authorization === undefined) delete options.headers.authorization;
    else options.headers.authorization = authorization;
  };
  // Not the caller's own, which the library would listen to once for each request.
  const stop = new AbortController();
  const callOff = onAbort(request.signal, () => stop.abort());
  const stream = client.stream(withLiteralPercent(url), {
    method: (request.method ?? "GET") as Method,
    headers: { ...request.headers },
    ...(request.body === undefined ? {} : { body: request.body }),
    signal: stop.signal,
    hooks: {
      // Both, because a redirect may lead to a host with another proxy, and must not carry the token along.
      beforeRequest: [(options) => prepare(options as never)],
      beforeRedirect: [(options) => prepare(options as never)],
    },
  });
  for (const over of ["end", "close"]) stream.once(over, callOff);
  return new Promise((resolve, reject) => {
    stream.once("error", reject);
    stream.once("response", (response: { statusCode: number; headers: Record<string, unknown>; url: string }) => {
      // In the words of hpagent, which says so of a tunnel.
      if (response.statusCode === 407) stream.destroy(new Error("Bad response: 407"));
      stream.off("error", reject);
      // The reader sees it; without a listener an error before the first read would end the process.
      stream.on("error", () => {});
      const headers = flatten(response.headers);
      resolve({
        status: response.statusCode,
        url: response.url,
        headers,
        body: inLargePieces(stream as unknown as Readable, pace),
      });
    });
  });
}

const pieceSize = 512 * 1024;

/** One write of a large piece costs what one write of a small one does. */
function inLargePieces(body: Readable, pace: Pick<Use, "span" | "minimumRate">): OpenAnswer["body"] {
  const watch = watchRate({
    span: pace.span,
    // Nothing at all is too little, whatever the rate.
    minimumRate: Math.max(pace.minimumRate, Number.EPSILON),
    onTooSlow: (bytes) => {
      const text = `Timeout awaiting '${bytes === 0 ? "socket" : "rate"}' for ${pace.span}ms`;
      body.destroy(Object.assign(new Error(text), { code: "ETIMEDOUT" }));
    },
  });
  async function* pieces() {
    let gathered: Uint8Array[] = [];
    let size = 0;
    watch.begin();
    try {
      for await (const chunk of body as AsyncIterable<Uint8Array>) {
        watch.came(chunk.byteLength);
        gathered.push(chunk);
        size += chunk.byteLength;
        if (size < pieceSize) continue;
        watch.rest();
        yield Buffer.concat(gathered);
        watch.resume();
        gathered = [];
        size = 0;
      }
    } catch (error) {
      // What came before the break is worth keeping.
      if (size > 0) yield Buffer.concat(gathered);
      throw error;
    } finally {
      watch.end();
    }
    if (size > 0) yield Buffer.concat(gathered);
  }
  return Object.assign(pieces(), { destroy: () => void body.destroy() });
}

function flatten(headers: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : String(value)]),
  );
}
