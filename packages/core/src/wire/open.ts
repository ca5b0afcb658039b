import { withLiteralPercent } from "../literal-percent.ts";
import { onAbort } from "../on-abort.ts";
import type { OpenAnswer } from "../types.ts";
import { WireBody } from "./body.ts";
import { ChunkedBody } from "./chunked-body.ts";
import type { Connection } from "./connection.ts";
import type { Head } from "./head.ts";
import type { Pool } from "./pool.ts";
import { Unusual } from "./unusual.ts";

export interface OpenOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly authorizationFor: (url: URL) => string | undefined;
  /** False for an address that needs a proxy. */
  readonly isDirect: (url: URL) => boolean;
  readonly signal?: AbortSignal | undefined;
}

const redirects = new Set([301, 302, 303, 307, 308]);

/** One GET, following redirects. @throws Unusual when the full HTTP client is needed; system errors as they are */
export async function openWire(pool: Pool, address: string, options: OpenOptions): Promise<OpenAnswer> {
  let url = new URL(address);
  for (let hops = 0; hops <= 10; hops += 1) {
    if (!options.isDirect(url)) throw new Unusual("a proxy");
    const answer = await exchange(pool, url, options);
    const { location } = answer.headers;
    if (!redirects.has(answer.status) || location === undefined) return answer;
    await drain(answer.body);
    url = new URL(location, url);
    if (url.protocol !== "http:" && url.protocol !== "https:") throw new Unusual(`a redirect to ${url.protocol}`);
  }
  throw Object.assign(new Error("redirected more than 10 times"), { code: "ERR_TOO_MANY_REDIRECTS" });
}

/** Reads past a small body, so that the connection can be used again. */
async function drain(body: OpenAnswer["body"]): Promise<void> {
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.byteLength;
    if (bytes > 65_536) return body.destroy();
  }
}

type WireAnswer = OpenAnswer & { readonly body: WireBody | ChunkedBody };

async function exchange(pool: Pool, url: URL, options: OpenOptions): Promise<WireAnswer> {
  for (let fresh = false; ; fresh = true) {
    const connection = pool.take(url, { fresh });
    const wasUsed = connection.used;
    try {
      return await send(connection, url, options, () => pool.give(url, connection));
    } catch (error) {
      if (error instanceof Unusual) throw error;
      // A kept connection may have been closed by the server just as we used it.
      // Our own patience, as against a connection that the system reports dead.
      const wasSilent = /^Timeout awaiting/.test((error as Error).message);
      if (!wasUsed || fresh || wasSilent || options.signal?.aborted) throw Object.assign(error as Error, { url });
    }
  }
}

function send(
  connection: Connection,
  url: URL,
  { headers, authorizationFor, signal }: OpenOptions,
  onFree: () => void,
): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    const body = new WireBody(connection);
    const settle = onAbort(signal, () => connection.destroy(new DOMException("stopped", "AbortError")));
    connection.send(requestHead(url, headers, authorizationFor(url) ?? basic(url)), {
      onHead(head: Head) {
        const answer = { status: head.status, headers: head.headers, url: url.href };
        resolve({ ...answer, body: head.isChunked ? new ChunkedBody(body) : body });
      },
      onBody: (bytes, release) => body.push(bytes, release),
      onEnd() {
        settle();
        onFree();
        body.end();
      },
      onError(error) {
        settle();
        reject(error);
        body.fail(error);
      },
    });
  });
}

/** The name and password that stand in an address, as those of mirrors do. */
function basic(url: URL): string | undefined {
  const { username, password } = withLiteralPercent(url);
  if (username === "" && password === "") return undefined;
  const both = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(both).toString("base64")}`;
}

function requestHead(url: URL, headers: Readonly<Record<string, string>>, authorization: string | undefined): string {
  const lines = [`GET ${url.pathname}${url.search} HTTP/1.1`, `Host: ${url.host}`, "Connection: keep-alive"];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (authorization !== undefined) lines.push(`Authorization: ${authorization}`);
  if (lines.some((line) => /[\r\n]/.test(line))) throw new Unusual("a header with a line break");
  return `${lines.join("\r\n")}\r\n\r\n`;
}
