import { PreloadError } from "./errors.ts";
import type { HttpOptions } from "./http.ts";
import { proxyFor } from "./proxy.ts";
import { trustFor } from "./trust.ts";
import type { Answer, OpenAnswer, RequestOptions } from "./types.ts";
import { unpacked } from "./unpacked.ts";
import { sharedLookup } from "./wire/lookup.ts";
import { openWire } from "./wire/open.ts";
import { Pool } from "./wire/pool.ts";
import { Unusual } from "./wire/unusual.ts";

/** One attempt each; retries and the wording of failures are the caller's. */
export interface Engine {
  get(url: string, request: RequestOptions, authorizationFor: AuthorizationFor): Promise<Answer>;
  open(url: string, request: RequestOptions, authorizationFor: AuthorizationFor): Promise<OpenAnswer>;
  close(): void;
}

export type AuthorizationFor = (url: URL) => string | undefined;

/**
 * Two ways to the network. Plain answers go from the socket straight into memory of ours, which costs half the
 * processor time of any stream. Whatever else there is (proxies, other methods, odd servers) is the business of the
 * HTTP library, which is loaded when it is needed.
 */
export async function startEngine(options: HttpOptions): Promise<Engine> {
  const { userAgent = "preload", connectTimeout = 10_000, stallTimeout = 30_000, minimumRate = 100, lookup } = options;
  const trust = await trustFor(options.machine.env);
  const pool = new Pool({ trust, connectTimeout, stallTimeout, minimumRate, lookup: sharedLookup(lookup) });
  const common = {
    "user-agent": userAgent,
    // A compressed answer would have another length, and break ranges.
    "accept-encoding": "identity",
  };
  // Asked for every request, and the same for all of an origin.
  const direct = new Map<string, boolean>();
  const isDirect = ({ origin, href }: URL) => {
    const known = direct.get(origin) ?? proxyFor(href) === undefined;
    direct.set(origin, known);
    return known;
  };
  let library: Promise<import("./http-got.ts").Library> | undefined;
  const full = () => {
    library ??= import("./http-got.ts").then(({ startLibrary }) => startLibrary(options, trust));
    return library;
  };

  async function open(url: string, request: RequestOptions, authorizationFor: AuthorizationFor): Promise<OpenAnswer> {
    const headers = { ...common, ...withoutTokens(request.headers) };
    if ((request.method ?? "GET") === "GET" && request.body === undefined) {
      try {
        return unpacked(await openWire(pool, url, { headers, authorizationFor, isDirect, signal: request.signal }));
      } catch (error) {
        if (!(error instanceof Unusual)) throw error;
      }
    }
    const answer = await (await full()).open(url, { ...request, headers }, authorizationFor);
    return request.method === "HEAD" ? answer : unpacked(answer);
  }

  return {
    open,
    get: async (url, request, authorizationFor) => whole(await open(url, request, authorizationFor), url, request),
    close() {
      pool.close();
      void library?.then(
        ({ close }) => close(),
        () => {},
      );
    },
  };
}

/** A token goes by `authorized`, which knows whom to show it to; one that stands here would be shown to anybody. */
function withoutTokens(headers: RequestOptions["headers"] = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== "authorization"));
}

async function whole(
  answer: OpenAnswer,
  url: string,
  { maxBytes = 64 * 1024 * 1024 }: RequestOptions,
): Promise<Answer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      answer.body.destroy();
      throw new PreloadError("BAD_ANSWER", `${url} answers with more than ${maxBytes} bytes`);
    }
    chunks.push(Buffer.from(chunk));
  }
  return { ...answer, body: Buffer.concat(chunks) };
}
