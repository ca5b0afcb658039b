import { type Body, toBody } from "./body.ts";
import type { OriginRequest } from "./request.ts";

/** An answer as plain values; ranges, lengths and validators are worked out from it. */
export interface Reply {
  /** @default 200 */
  status?: number;
  headers?: Headers;
  body?: Body | Uint8Array | string;
}

export type Headers = Record<string, string | string[]>;

/** What goes on the wire: these headers, then the bytes from start up to end. */
export interface Wire {
  status: number;
  headers: Headers;
  body: Body;
  start: number;
  end: number;
}

export interface WireOptions {
  /** Whether the origin knows ranges at all. @default true */
  ranges?: boolean;
  /** Leaves out the length, so the body goes out chunked. @default false */
  chunked?: boolean;
}

/** What a well-behaved server sends for this reply to this request. */
export function toWire(request: OriginRequest, reply: Reply, options: WireOptions = {}): Wire {
  const { ranges = true, chunked = false } = options;
  const { status = 200 } = reply;
  const body = toBody(reply.body ?? "");
  const headers: Headers = lowerCased(reply.headers);
  if (status === 200 && reply.body !== undefined) {
    headers.etag ??= body.etag;
    if (ranges) headers["accept-ranges"] ??= "bytes";
    if (request.headers["if-none-match"] === headers.etag) return { status: 304, headers, body, start: 0, end: 0 };
  }
  const range = status === 200 && ranges ? rangeOf(request, body.size, String(headers.etag)) : undefined;
  if (range === "unsatisfiable") return unsatisfiable(body.size);

  const { start, end } = range ?? { start: 0, end: body.size };
  if (range) headers["content-range"] = `bytes ${start}-${end - 1}/${body.size}`;
  // A reply that brings its own length wins: a HEAD may describe bytes that are elsewhere.
  if (!chunked && headers["transfer-encoding"] === undefined) headers["content-length"] ??= String(end - start);
  return { status: range ? 206 : status, headers, body, start, end };
}

/** The answer to a range that lies outside of the file. */
export function unsatisfiable(size: number): Wire {
  const headers = { "content-range": `bytes */${size}`, "content-length": "0" };
  return { status: 416, headers, body: toBody(""), start: 0, end: 0 };
}

type Range = { start: number; end: number } | "unsatisfiable" | undefined;

function rangeOf(request: OriginRequest, size: number, etag: string): Range {
  const ifRange = request.headers["if-range"];
  if (request.method !== "GET" || (ifRange !== undefined && ifRange !== etag)) return undefined;
  // Several ranges in one request are answered with the whole, as most CDNs do.
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(request.range ?? "") ?? [];
  if (first === undefined || last === undefined || (first === "" && last === "")) return undefined;
  if (first === "")
    return last === "0" || size === 0 ? "unsatisfiable" : { start: Math.max(0, size - Number(last)), end: size };
  if (Number(first) >= size) return "unsatisfiable";
  if (last !== "" && Number(last) < Number(first)) return undefined;
  return { start: Number(first), end: last === "" ? size : Math.min(size, Number(last) + 1) };
}

function lowerCased(headers: Headers = {}): Headers {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
