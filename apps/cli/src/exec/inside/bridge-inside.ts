import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { codeOf } from "@preload/core";
import { joined } from "../join-sockets.ts";
import type { Orders } from "../messages.ts";

/** Makes services of the host's loopback answer at the same ports of the loopback inside. */
export async function bridgeInside({ dir, allowPorts }: Pick<Orders, "dir" | "allowPorts">): Promise<void> {
  const places = allowPorts.flatMap((port) => ["127.0.0.1", "::1"].map((host) => ({ host, port })));
  await Promise.all(places.map(({ host, port }) => listening(bridge(join(dir, `bridge-${port}`)), host, port)));
}

function bridge(path: string): Server {
  return createServer({ allowHalfOpen: true }, (inner) => joined(inner, connect({ path, allowHalfOpen: true })));
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      // A kernel without IPv6 has one loopback address less.
      if (host === "::1" && ["EADDRNOTAVAIL", "EAFNOSUPPORT"].includes(codeOf(error) ?? "")) resolve();
      else reject(error);
    });
    server.listen(port, host, resolve);
  });
}
