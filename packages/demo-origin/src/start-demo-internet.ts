import { request } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { privateCa, proxy } from "@preload/core/testing";
import type { DemoOrigin } from "./start-demo-origin.ts";

/** The public names of a demo origin, for clients that cannot be told another address. */
export interface DemoInternet {
  /** The way to it, for `HTTPS_PROXY` and `HTTP_PROXY`. */
  readonly proxy: string;
  /** Who signed its certificates; PEM. */
  readonly ca: string;
  /** What was asked of it, as `https://host/path`. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

const places: readonly [base: string, path: string][] = [
  ["huggingface.co/", "/"],
  ["openaipublic.azureedge.net/main/whisper/models/", "/whisper/"],
  ["raw.githubusercontent.com/explosion/spacy-models/", "/spacy/"],
  ["github.com/explosion/spacy-models/", "/spacy/"],
  ["openaipublic.blob.core.windows.net/", "/files/openaipublic.blob.core.windows.net/"],
  ["raw.githubusercontent.com/nltk/", "/files/raw.githubusercontent.com/nltk/"],
  ["download.pytorch.org/", "/files/download.pytorch.org/"],
];

/** Starts a proxy on loopback behind which each of these names, over TLS, is the demo origin. */
export async function startDemoInternet(demo: DemoOrigin): Promise<DemoInternet> {
  const hosts = new Set(places.map(([base]) => base.slice(0, base.indexOf("/"))));
  const { ca, server: certificate } = await privateCa([...hosts]);
  const requests: string[] = [];
  const server = createServer(certificate, (incoming, outgoing) => {
    const address = `${incoming.headers.host}${incoming.url}`;
    requests.push(`https://${address}`);
    const [base, path] = places.find(([known]) => address.startsWith(known)) ?? [];
    if (base === undefined) return void outgoing.writeHead(404).end();
    const { host: _, ...headers } = incoming.headers;
    const url = `${demo.origin.url}${path}${address.slice(base.length)}`;
    const onward = request(url, { method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const way = await proxy({ lead: (host, to) => (hosts.has(host) ? { host: "127.0.0.1", port } : { host, port: to }) });
  return {
    proxy: way.url,
    ca,
    requests,
    async close() {
      await way.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
