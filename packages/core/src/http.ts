import type { LookupFunction } from "node:net";
import { publicUrl } from "./addresses.ts";
import { codeOf, PreloadError } from "./errors.ts";
import type { Engine } from "./http-engine.ts";
import { isLoopback } from "./loopback.ts";
import { networkError } from "./network-error.ts";
import type { Machine } from "./platform.ts";
import { longestTimer, type RetryOptions, retrying, stopped } from "./retry.ts";
import type { Answer, Http, OpenAnswer, RequestOptions } from "./types.ts";

export interface HttpOptions extends RetryOptions {
  /** Whose `SSL_CERT_FILE` and `REQUESTS_CA_BUNDLE` hold. Proxy variables are the process's own. */
  readonly machine: Pick<Machine, "env">;
  /** What we call ourselves. @default "preload" */
  readonly userAgent?: string;
  /** Milliseconds for a connection to be made, and as long again for the first byte times three. @default 10000 */
  readonly connectTimeout?: number;
  /** Milliseconds without a byte after which a transfer counts as stalled. @default 30000 */
  readonly stallTimeout?: number;
  /**
   * Bytes per second of one connection. What brings less over the time of `stallTimeout` counts as stalled, too;
   * 0 never does. Time in which we are the slow ones (the disk, a throttle) does not count.
   * @default 100, since many connections may share a slow line
   */
  readonly minimumRate?: number;
  /** Finds the address of a host. @default the system's way */
  readonly lookup?: LookupFunction;
}

interface Grant {
  readonly token: string;
  readonly origins: readonly string[];
}

/**
 * Opens the network. Nothing is loaded or connected before the first request.
 * A token is shown only to the origins it was given for, never over plain HTTP except to loopback.
 */
export function createHttp(options: HttpOptions): Http {
  let engine: Promise<Engine> | undefined;
  const start = () => {
    // Importing the HTTP library costs more than a warm run takes altogether.
    engine ??= import("./http-engine.ts").then(({ startEngine }) => startEngine(patient(options)));
    return engine;
  };
  const hosts = new Map<string, HostState>();
  let quickest: number | undefined;

  function withGrants(grants: readonly Grant[]): Http {
    const headersFor = (url: URL) => authorizationFor(url, grants);

    async function attempt<T>(
      url: string,
      { signal }: RequestOptions,
      run: (engine: Engine) => Promise<T>,
    ): Promise<T> {
      const host = stateOf(hosts, hostOf(url));
      if (host.givenUp) throw host.givenUp;
      try {
        const started = await start();
        const asked = performance.now();
        const answer = await run(started);
        quickest = Math.min(quickest ?? Number.POSITIVE_INFINITY, performance.now() - asked);
        host.answered = true;
        return answer;
      } catch (error) {
        if (signal?.aborted) throw stopped(signal);
        throw afterFailure(host, networkError(error, url));
      }
    }

    const http: Http = {
      get: async (url, request = {}) => {
        const get = (engine: Engine) => engine.get(url, request, headersFor);
        const retried = { ...options, signal: request.signal, url };
        return withoutTokens(await retrying(() => attempt(url, request, get), retried), grants);
      },
      open: async (url, request = {}) =>
        withoutTokens(await attempt(url, request, (engine) => engine.open(url, request, headersFor)), grants),
      fetch: (input, init) => fetchOver(http, input, init),
      explain: networkError,
      authorized: (token, origins) => withGrants([...grants, { token, origins }]),
      quickestAnswer: () => quickest,
      // One that could not start was said to be so by the request that wanted it.
      close: () =>
        void engine?.then(
          ({ close }) => close(),
          () => {},
        ),
    };
    return http;
  }

  return withGrants([]);
}

/** With times that a timer can keep. */
function patient(options: HttpOptions): HttpOptions {
  const { connectTimeout = 10_000, stallTimeout = 30_000 } = options;
  return {
    ...options,
    connectTimeout: Math.min(connectTimeout, longestTimer),
    stallTimeout: Math.min(stallTimeout, longestTimer),
  };
}

interface HostState {
  answered: boolean;
  /** When the first connection failed. */
  failedSince?: number;
  /** Set once no connection will be tried any more. */
  givenUp?: PreloadError;
}

function stateOf(hosts: Map<string, HostState>, name: string): HostState {
  const known = hosts.get(name) ?? { answered: false };
  hosts.set(name, known);
  return known;
}

const firstContact = 1000;

/**
 * A host that has answered in this run gets every retry. One that never has, after a second of trying, is most likely
 * not reachable from here at all: the reader learns it now, and other models need not find out again.
 */
function afterFailure(host: HostState, error: unknown): unknown {
  if (!(error instanceof PreloadError) || !isUnreachable(error)) return error;
  if (host.answered) {
    // A name that was found a moment ago has not gone from the world: its server is out of order.
    return codeOf(error.cause) === "ENOTFOUND" ? Object.assign(error, { retriable: true }) : error;
  }
  const now = performance.now();
  host.failedSince ??= now;
  const isFinal = (error as { retriable?: boolean }).retriable === false || now - host.failedSince >= firstContact;
  if (!isFinal && !isConnectTimeout(error)) return error;
  host.givenUp = Object.assign(error, { retriable: false });
  return error;
}

// The connection was already tried for ten seconds.
function isConnectTimeout(error: PreloadError): boolean {
  return codeOf(error.cause) === "ETIMEDOUT";
}

/** True for a host that no connection can be made to at all, as against one that answers badly. */
function isUnreachable(error: PreloadError): boolean {
  return error.code === "NETWORK" && (error as { unreachable?: boolean }).unreachable === true;
}

function authorizationFor(url: URL, grants: readonly Grant[]): string | undefined {
  if (url.protocol !== "https:" && !isLoopback(url.hostname)) return undefined;
  const grant = grants.find(({ origins }) => origins.includes(url.origin));
  return grant && `Bearer ${grant.token}`;
}

/** A refusal that does not say the token it was sent: some servers answer with the request. */
function withoutTokens<T extends Answer | OpenAnswer>(answer: T, grants: readonly Grant[]): T {
  if (answer.status < 400 || grants.length === 0) return answer;
  const hide = (text: string) => grants.reduce((shown, { token }) => shown.replaceAll(token, "..."), text);
  const headers = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, hide(value)]));
  const { body } = answer;
  if (!(body instanceof Uint8Array)) return { ...answer, headers };
  return { ...answer, headers, body: Buffer.from(hide(Buffer.from(body).toString("latin1")), "latin1") };
}

function hostOf(url: string): string {
  return new URL(url).host;
}

async function fetchOver(http: Http, input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const url = input instanceof Request ? input.url : String(input);
  // A Request refuses the name and password that a mirror's address may hold.
  const { method, headers, signal, body } = new Request(input instanceof Request ? input : publicUrl(url), init);
  if (method !== "GET" && method !== "HEAD" && method !== "POST") {
    throw new PreloadError("USAGE", `${method} ${url}: this client only reads`);
  }
  const answer = await http.get(url, {
    method,
    headers: Object.fromEntries(headers),
    signal,
    ...(body === null ? {} : { body: await new Response(body).text() }),
  });
  const empty = method === "HEAD" || [204, 205, 304].includes(answer.status);
  const response = new Response(empty ? null : Buffer.from(answer.body), {
    status: answer.status,
    headers: { ...answer.headers },
  });
  return Object.defineProperty(response, "url", { value: answer.url });
}
