import { addressesOf, getFirst } from "./addresses.ts";
import { PreloadError } from "./errors.ts";
import type { Answer, Http, Mirror } from "./types.ts";

/** The size in bytes of what is found at a public address, without fetching it. */
export async function sizeOf(
  url: string,
  ref: string,
  source: { readonly http: Http; readonly mirrors: readonly Mirror[]; readonly signal?: AbortSignal | undefined },
): Promise<number> {
  const addresses = addressesOf(url, source.mirrors);
  const { signal } = source;
  const head = await getFirst(source.http, addresses, { method: "HEAD", signal });
  const length = Number(head.headers["content-length"]);
  if (isOk(head) && length > 0) return length;

  // A signed address often allows GET alone, and a server that compresses names no length.
  const request = { headers: { range: "bytes=0-0" }, signal, maxBytes: 64 * 1024 };
  const answer = await getFirst(source.http, addresses, request).catch((error: unknown) => {
    if (error instanceof PreloadError && error.code === "BAD_ANSWER") throw unsized(url, ref);
    throw error;
  });
  const total = Number(/\/(\d+)$/.exec(answer.headers["content-range"] ?? "")?.[1]);
  if (answer.status === 206 && total > 0) return total;
  throw isOk(answer) ? unsized(url, ref) : refusedBy(answer, url, ref);
}

function isOk({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

function unsized(url: string, ref: string): PreloadError {
  return new PreloadError("BAD_ANSWER", `${ref}: ${url} does not say how large it is`, {
    hint: "Put the size in bytes beside its sha256.",
  });
}

/** What a status means, in place of the bytes of a public address. */
export function refusedBy(answer: Pick<Answer, "status" | "url">, url: string, ref: string): PreloadError {
  const { status } = answer;
  const message = `${ref}: ${new URL(answer.url).host} answers ${status}\n  for ${url}`;
  if (status === 404 || status === 410) return new PreloadError("NOT_FOUND", message);
  if (status === 401 || status === 403) return new PreloadError("UNAUTHORIZED", message);
  if (status === 429) return new PreloadError("RATE_LIMITED", message);
  return new PreloadError("NETWORK", message, { hint: "Run the same command again later." });
}
