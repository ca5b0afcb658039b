import { connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { joined } from "./join-sockets.ts";

/** Leads who comes by the sockets `bridge-PORT` of a directory to the host's loopback. */
export async function bridgesOutside(dir: string, ports: readonly number[]): Promise<readonly Server[]> {
  return Promise.all(
    ports.map((port) => {
      const server = createServer({ allowHalfOpen: true }, (inner) => lead(inner, port, ["127.0.0.1", "::1"]));
      return new Promise<Server>((resolve, reject) => {
        server.once("error", reject).listen(join(dir, `bridge-${port}`), () => resolve(server));
      });
    }),
  );
}

/** A service may listen on either of the two. */
function lead(inner: Socket, port: number, [host, ...others]: readonly string[]): void {
  if (host === undefined) {
    inner.destroy();
    return;
  }
  const outer = connect({ host, port, allowHalfOpen: true });
  const next = () => lead(inner, port, others);
  outer.once("error", next).once("connect", () => {
    outer.off("error", next);
    joined(inner, outer);
  });
  // Gone before it got anywhere.
  inner.on("error", () => outer.destroy());
}
