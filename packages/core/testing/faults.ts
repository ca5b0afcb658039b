import { gzipSync } from "node:zlib";
import { contentOf, toBody } from "./body.ts";
import { type Headers, type Reply, toWire, unsatisfiable, type Wire } from "./reply.ts";
import type { OriginRequest } from "./request.ts";
import { flipped, lfsPointer, portal, resized } from "./spoilt-body.ts";

/** One way in which an origin, or whatever stands before it, goes wrong. */
export type Fault =
  /** For example 429 with `retry-after`, or 503. */
  | { type: "status"; status: number; headers?: Headers; body?: string }
  /** The connection is closed after so many bytes of this answer's body. */
  | { type: "cut"; at: number }
  /** The connection is reset after so many bytes; without `at`, before the answer. */
  | { type: "reset"; at?: number }
  /** Nothing comes after so many bytes, and the connection stays open; without `at`, no answer at all. */
  | { type: "stall"; at?: number }
  | { type: "slow"; bytesPerSecond: number }
  /** Milliseconds before the first byte. */
  | { type: "latency"; ms: number }
  /** The right length, but the byte at this position of the file is another one. */
  | { type: "wrong-byte"; at: number }
  /** A file that is longer or (negative) shorter by so many bytes, and says so. */
  | { type: "wrong-length"; by: number }
  | { type: "ignore-range" }
  | { type: "range-not-satisfiable" }
  /** The body goes out compressed and without a length, whatever the request accepts. */
  | { type: "gzip" }
  /** @default status 302 */
  | { type: "redirect"; to: string; status?: number }
  | { type: "redirect-loop" }
  /** The log-in page of a captive portal. */
  | { type: "html" }
  /** What a server without Git LFS has in place of a large file. */
  | { type: "lfs-pointer" };

/** How an answer is put on the wire when it does not simply go out. */
export interface Delivery {
  ms?: number;
  bytesPerSecond?: number;
  /** What happens after so many bytes of the body. */
  break?: { at: number | "before"; how: "cut" | "reset" | "stall" };
}

/** The answer as the faults leave it, applied from first to last. */
export function spoil(
  request: OriginRequest,
  reply: Reply,
  faults: readonly Fault[],
): { wire: Wire; delivery: Delivery } {
  const spoilt = faults.reduce((before, fault) => replyUnder(fault, request, before), reply);
  const has = (type: Fault["type"]) => faults.some((fault) => fault.type === type);
  const plain = has("gzip") || has("ignore-range");
  const wire = toWire(request, spoilt, { ranges: !plain, chunked: has("gzip") });
  const refused = has("range-not-satisfiable") && request.range !== undefined;
  return {
    wire: refused ? unsatisfiable(wire.body.size) : wire,
    delivery: Object.assign({}, ...faults.map(deliveryUnder)),
  };
}

function replyUnder(fault: Fault, request: OriginRequest, reply: Reply): Reply {
  const body = toBody(reply.body ?? "");
  switch (fault.type) {
    case "status":
      return { status: fault.status, headers: fault.headers, body: fault.body ?? "" };
    case "redirect":
      return { status: fault.status ?? 302, headers: { location: fault.to } };
    case "redirect-loop":
      return { status: 302, headers: { location: request.path } };
    case "html":
      return { headers: { "content-type": "text/html; charset=utf-8" }, body: portal };
    case "lfs-pointer":
      return { ...reply, body: lfsPointer(body) };
    case "gzip":
      return { ...reply, headers: { ...reply.headers, "content-encoding": "gzip" }, body: gzipSync(contentOf(body)) };
    case "wrong-byte":
      return { ...reply, body: flipped(body, fault.at) };
    case "wrong-length":
      return { ...reply, body: resized(body, body.size + fault.by) };
    case "cut":
    case "reset":
    case "stall":
    case "slow":
    case "latency":
    case "ignore-range":
    case "range-not-satisfiable":
      return reply;
  }
}

function deliveryUnder(fault: Fault): Delivery {
  if (fault.type === "latency") return { ms: fault.ms };
  if (fault.type === "slow") return { bytesPerSecond: fault.bytesPerSecond };
  if (fault.type === "cut" || fault.type === "reset" || fault.type === "stall") {
    return { break: { at: fault.at ?? "before", how: fault.type } };
  }
  return {};
}
