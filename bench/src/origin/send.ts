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
