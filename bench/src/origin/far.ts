import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { basename, join } from "node:path";
import { distance, rangeOf } from "./send.ts";

interface FarOptions {
  readonly dir: string;
  readonly roundTrip: number;
  readonly rate: number;
}

const piece = 256 * 1024;

/**
 * A CDN that is far away and holds each connection to a rate, also over several requests:
 * nginx's own limit begins anew with each request, and so does not slow down who asks for ranges.
 */
export function sendFar({ dir, roundTrip, rate }: FarOptions): RequestListener {
  const files = new Map<string, Buffer>();
  /** When each connection may send again. */
  const free = new WeakMap<Socket, number>();

  return (request, response) => {
    const name = basename(request.url ?? "");
    const bytes = files.get(name) ?? readFileSync(join(dir, "blobs", name));
    files.set(name, bytes);
    const { start, end, headers, status } = rangeOf(request.headers.range, bytes.byteLength);
    setTimeout(
      () => {
        response.writeHead(status, { ...headers, etag: `"${name}"`, "accept-ranges": "bytes" });
        if (request.method === "HEAD") response.end();
        else void pour(bytes.subarray(start, end), request, response);
      },
      distance(request, roundTrip),
    );
  };

  async function pour(bytes: Buffer, { socket }: IncomingMessage, response: ServerResponse): Promise<void> {
    const closed = once(response, "close");
    for (let at = 0; at < bytes.byteLength && !response.destroyed; at += piece) {
      const part = bytes.subarray(at, at + piece);
      const now = performance.now();
      const from = Math.max(free.get(socket) ?? 0, now);
      free.set(socket, from + (part.byteLength / rate) * 1000);
      // Timers count whole milliseconds; what is lost now is caught up with by the next piece.
      if (from - now >= 1) await new Promise((resolve) => setTimeout(resolve, from - now));
      if (!response.write(part)) await Promise.race([once(response, "drain"), closed]);
    }
    response.end();
  }
}
