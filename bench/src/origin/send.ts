import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body?: string | Uint8Array;
}

const seen = new WeakSet<Socket>();

/** Milliseconds until the first byte: one round trip, and for a new connection another one before it. */
export function distance({ socket }: IncomingMessage, roundTrip: number): number {
  if (seen.has(socket)) return roundTrip;
  seen.add(socket);
  return 2 * roundTrip;
}

/** Sends a small answer, from so far away. */
export function sendWhole(
  { response, status, headers, body = "" }: Answer & { response: ServerResponse },
  request?: IncomingMessage,
  roundTrip = 0,
): void {
  const length = typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
  const send = () => {
    response.writeHead(status, { "content-length": length, ...headers });
    response.end(response.req.method === "HEAD" ? undefined : body);
  };
  if (roundTrip === 0 || !request) send();
  else setTimeout(send, distance(request, roundTrip));
}

interface Part {
  readonly start: number;
  readonly end: number;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
}

/** The part of so many bytes that a request asks for: all of them, or a range with both its ends or only a beginning. */
export function rangeOf(range: string | undefined, size: number): Part {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range ?? "") ?? [];
  if (from === undefined) return { start: 0, end: size, status: 200, headers: { "content-length": size } };
  const start = Number(from);
  const end = Math.min(size, to ? Number(to) + 1 : size);
  return {
    start,
    end,
    status: 206,
    headers: { "content-length": end - start, "content-range": `bytes ${start}-${end - 1}/${size}` },
  };
}
