import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Attempt } from "@preload/guards";

export interface RecordingProxy {
  /** What leads programs to it that obey such variables. */
  readonly variables: Readonly<Record<string, string>>;
  close(): void;
}

/**
 * A proxy on loopback that notes what it is asked for and leads nowhere, for where nothing can be enforced: curl, git,
 * and most clients obey the variables. Not inside a cut: there a program sees what a cut network is like, and a proxy
 * is another thing.
 *
 * A tunnel is opened and then broken, because clients look into their caches when a connection breaks. A proxy that
 * says no is an error of its own to them: huggingface_hub 0.36, 1.33 and 2.4 raise ProxyError.
 */
export async function startProxy(note: (attempt: Attempt) => void): Promise<RecordingProxy> {
  const server = createServer((request, response) => {
    const url = URL.canParse(request.url ?? "") ? new URL(request.url ?? "") : undefined;
    if (url !== undefined) {
      const { hostname, port, pathname } = url;
      const method = request.method ?? "GET";
      note({ by: "http", host: bare(hostname), port: Number(port || 80), method, path: pathname, at: Date.now() });
    }
    response.writeHead(403, { "content-type": "text/plain", connection: "close" });
    response.end("preload exec --offline: there is no network for this command.\n");
  });
  server.on("connect", ({ url = "" }, socket) => {
    const { hostname, port } = new URL(`http://${url}`);
    note({ by: "tls", host: bare(hostname), port: Number(port || 80), at: Date.now() });
    socket.on("error", () => {});
    socket.once("data", () => socket.destroy());
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
  });
  server.on("clientError", (_, socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const names = {
    http_proxy: address,
    https_proxy: address,
    all_proxy: address,
    no_proxy: "localhost,127.0.0.1,[::1]",
  };
  return {
    variables: Object.fromEntries(
      Object.entries(names).flatMap(([name, value]) => [
        [name, value],
        [name.toUpperCase(), value],
      ]),
    ),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}
