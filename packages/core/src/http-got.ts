import { pipeline, type Readable, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import got, { type Got, type Headers, type Method } from "got";
import { createAgents } from "./agents.ts";
import { PreloadError } from "./errors.ts";
import type { HttpOptions } from "./http.ts";
import type { Answer, OpenAnswer, RequestOptions } from "./types.ts";

/** One attempt each; retries and the wording of failures are the caller's. */
export interface Engine {
  get(url: string, request: RequestOptions, authorizationFor: AuthorizationFor): Promise<Answer>;
  open(url: string, request: RequestOptions, authorizationFor: AuthorizationFor): Promise<OpenAnswer>;
  close(): void;
}

export type AuthorizationFor = (url: URL) => string | undefined;

const megabytes = 1024 * 1024;

/** The one place that knows the HTTP library. */
export async function startEngine(options: HttpOptions): Promise<Engine> {
  const { userAgent = "preload", connectTimeout = 10_000, stallTimeout = 30_000 } = options;
  const agents = await createAgents(options.machine.env);
  const client = got.extend({
    retry: { limit: 0 },
    throwHttpErrors: false,
    maxRedirects: 10,
    decompress: false,
    responseType: "buffer",
    headers: {
      "user-agent": userAgent,
      // A compressed answer would have another length, and break ranges.
      "accept-encoding": "identity",
    },
    timeout: {
      lookup: connectTimeout,
      connect: connectTimeout,
      secureConnect: connectTimeout,
      response: stallTimeout,
      socket: stallTimeout,
    },
  });

  return {
    async get(url, request, authorizationFor) {
      const answer = await open(client, url, request, agents.forUrl, authorizationFor);
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      const { maxBytes = 64 * megabytes } = request;
      for await (const chunk of answer.body) {
        bytes += chunk.byteLength;
        if (bytes > maxBytes) {
          answer.body.destroy();
          throw new PreloadError("BAD_ANSWER", `${url} answers with more than ${maxBytes} bytes`);
        }
        chunks.push(chunk);
      }
      return { ...answer, body: Buffer.concat(chunks) };
    },
    open: (url, request, authorizationFor) => open(client, url, request, agents.forUrl, authorizationFor),
    close: agents.close,
  };
}

function open(
  client: Got,
  url: string,
  request: RequestOptions,
  agentFor: (url: URL) => object,
  authorizationFor: AuthorizationFor,
): Promise<OpenAnswer> {
  const prepare = (options: { url?: string | URL; headers: Headers; agent: object }) => {
    const target = new URL(String(options.url));
    options.agent = agentFor(target);
    const authorization = authorizationFor(target);
    if (authorization === undefined) delete options.headers.authorization;
    else options.headers.authorization = authorization;
  };
  const stream = client.stream(url, {
    method: (request.method ?? "GET") as Method,
    headers: { ...request.headers },
    ...(request.body === undefined ? {} : { body: request.body }),
    ...(request.signal ? { signal: request.signal } : {}),
    hooks: {
      // Both, because a redirect may lead to a host with another proxy, and must not carry the token along.
      beforeRequest: [(options) => prepare(options as never)],
      beforeRedirect: [(options) => prepare(options as never)],
    },
  });
  return new Promise((resolve, reject) => {
    stream.once("error", reject);
    stream.once("response", (response: { statusCode: number; headers: Record<string, unknown>; url: string }) => {
      stream.off("error", reject);
      // The reader sees it; without a listener an error before the first read would end the process.
      stream.on("error", () => {});
      const headers = flatten(response.headers);
      resolve({
        status: response.statusCode,
        url: response.url,
        ...unpacked(headers, stream as unknown as Readable, request.method === "HEAD"),
      });
    });
  });
}

/** The plain bytes, although we asked for nothing else: some proxies compress all the same. */
function unpacked(
  headers: Record<string, string>,
  body: Readable,
  isEmpty: boolean,
): Pick<OpenAnswer, "headers" | "body"> {
  const unpack = unpackers[headers["content-encoding"] ?? ""];
  if (!unpack || isEmpty) return { headers, body };
  const { "content-length": _, ...others } = headers;
  // The reader sees what goes wrong.
  return { headers: others, body: pipeline(body, unpack(), () => {}) };
}

const unpackers: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

function flatten(headers: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : String(value)]),
  );
}
