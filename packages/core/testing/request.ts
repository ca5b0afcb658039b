import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

/** One request as it arrived, and what became of it. */
export interface OriginRequest {
  readonly method: string;
  /** With the query, as sent. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly range: string | undefined;
  readonly body: string;
  /** Undefined until the answer has begun. */
  status: number | undefined;
  /** Bytes of the answer's body handed to the network so far. */
  bytesSent: number;
}

/** A string matches every path it is a part of; the query belongs to the path. */
export type Match = string | RegExp | ((request: OriginRequest) => boolean);

export function matches(match: Match, request: OriginRequest): boolean {
  if (typeof match === "function") return match(request);
  return typeof match === "string" ? request.path.includes(match) : request.path.search(match) >= 0;
}

/** Reads a request to its end. */
export async function requestOf(message: IncomingMessage): Promise<OriginRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return {
    method: message.method ?? "GET",
    path: message.url ?? "/",
    headers: message.headers,
    range: message.headers.range,
    body: Buffer.concat(chunks).toString(),
    status: undefined,
    bytesSent: 0,
  };
}
