import dgram from "node:dgram";
import type { Judge } from "./judge.ts";
import { replace } from "./replace.ts";
import { traceAbove } from "./stack.ts";

/** What is sent by UDP, among it questions to name servers. */
export function guardDatagrams(judge: Judge): () => void {
  const undoSend = replace(dgram.Socket.prototype, "send", (original) => {
    return function send(this: dgram.Socket, ...args) {
      const to = receiver(args);
      const error = to && judge({ ...to, trace: traceAbove(send) });
      return error ? fail(this, args.at(-1), error) : original.apply(this, args);
    };
  });
  const undoConnect = replace(dgram.Socket.prototype, "connect", (original) => {
    return function connect(this: dgram.Socket, port: unknown, ...rest) {
      const host = typeof rest[0] === "string" ? rest[0] : "localhost";
      // It sends nothing: it is how programs find their own address. It fails as it does where there is no network.
      const isNoted = port === 53 || port === 443;
      const error = judge({ host, port: Number(port), trace: traceAbove(connect) }, { isNoted });
      return error ? fail(this, rest.at(-1), error) : original.call(this, port, ...rest);
    };
  });
  return () => {
    undoSend();
    undoConnect();
  };
}

/** `send(message, port, address)`, or with `offset, length` after the message; none when the socket is connected. */
function receiver([, ...args]: readonly unknown[]): { host: string; port: number } | undefined {
  const isSliced = (typeof args[3] === "string" || args[2]) && typeof args[2] !== "function";
  const [port, address] = isSliced ? args.slice(2) : args;
  if (!port || typeof port === "function") return undefined;
  return { host: typeof address === "string" ? address : "localhost", port: Number(port) };
}

function fail(socket: dgram.Socket, callback: unknown, error: Error): void {
  process.nextTick(() => (typeof callback === "function" ? callback(error) : socket.emit("error", error)));
}
