import net from "node:net";
import type { Asked } from "./asked.ts";
import type { Judge } from "./judge.ts";
import { replace } from "./replace.ts";
import { traceAbove } from "./stack.ts";

interface Destination {
  readonly host?: string;
  readonly port?: number | string;
  readonly path?: string | null;
}

/** True while a connection that was judged looks up its name. */
let isConnecting = false;

/** Whether the lookup that is asked for now belongs to a connection, and was judged with it. */
export function isOfConnection(): boolean {
  return isConnecting;
}

/** Every TCP connection of Node begins here: of net, tls, http, https and undici. */
export function guardSockets(judge: Judge, asked: Asked): () => void {
  return replace(net.Socket.prototype, "connect", (original) => {
    return function connect(this: net.Socket, ...args) {
      const to = destination(args);
      const error = to && judge({ trace: traceAbove(connect), ...asked.for(to.host, to.port) });
      if (error) return refuse(this, error);
      const before = isConnecting;
      isConnecting = true;
      try {
        return original.apply(this, args);
      } finally {
        isConnecting = before;
      }
    };
  });
}

/** None for a local socket, or for arguments that Node itself will refuse. */
function destination(args: readonly unknown[]): { host: string; port: number } | undefined {
  // Node passes what it has normalized as one array.
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  if (typeof first === "object" && first !== null) {
    const { host, port, path } = first as Destination;
    return path ? undefined : { host: host || "localhost", port: Number(port) };
  }
  const port = Number(first);
  return Number.isInteger(port) ? { host: typeof second === "string" ? second : "localhost", port } : undefined;
}

/** It fails as a connection does: later, with an event. Until then what is written waits. */
function refuse(socket: net.Socket, error: Error): net.Socket {
  Object.assign(socket, { connecting: true });
  process.nextTick(() => socket.destroy(error));
  return socket;
}
