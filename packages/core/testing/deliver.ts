import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { Delivery } from "./faults.ts";
import type { Wire } from "./reply.ts";
import type { OriginRequest } from "./request.ts";

/** Puts an answer on the wire as fast as the reader takes it, or as the delivery says. */
export async function deliver(
  request: OriginRequest,
  response: ServerResponse,
  wire: Wire,
  delivery: Delivery,
): Promise<void> {
  const { ms, break: broken } = delivery;
  if (ms !== undefined) await pause(ms, undefined, { ref: false });
  if (broken?.at === "before") return interrupt(response, broken.how);

  request.status = wire.status;
  response.writeHead(wire.status, wire.headers);
  if (request.method === "HEAD") return void response.end();
  response.flushHeaders();

  const until = typeof broken?.at === "number" ? Math.min(wire.end, wire.start + broken.at) : wire.end;
  for (const chunk of wire.body.read(wire.start, until)) {
    if (delivery.bytesPerSecond === undefined) await write(request, response, chunk);
    else await trickle(request, response, chunk, delivery.bytesPerSecond);
    if (response.destroyed) return;
  }
  if (broken) interrupt(response, broken.how);
  else response.end();
}

async function trickle(
  request: OriginRequest,
  response: ServerResponse,
  chunk: Uint8Array,
  bytesPerSecond: number,
): Promise<void> {
  const step = Math.max(1, Math.floor(bytesPerSecond / 20));
  for (let at = 0; at < chunk.length && !response.destroyed; at += step) {
    const part = chunk.subarray(at, at + step);
    await write(request, response, part);
    await pause((part.length / bytesPerSecond) * 1000, undefined, { ref: false });
  }
}

async function write(request: OriginRequest, response: ServerResponse, chunk: Uint8Array): Promise<void> {
  if (response.destroyed) return;
  request.bytesSent += chunk.length;
  if (response.write(chunk)) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.on("drain", done).on("close", done);
  });
}

function interrupt(response: ServerResponse, how: "cut" | "reset" | "stall"): void {
  const { socket } = response;
  switch (how) {
    case "cut":
      // What was written still goes out; destroy() would drop it.
      return void socket?.destroySoon();
    case "reset":
      return void socket?.resetAndDestroy();
    case "stall":
      return;
  }
}
