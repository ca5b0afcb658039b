import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type Agents, PreloadError } from "@preload/core";
import { type Listening, listen } from "./listen.ts";
import type { Noted } from "./noted.ts";
import { relay } from "./relay.ts";
import { openTunnel } from "./tunnel.ts";

/**
 * A proxy on loopback, for HTTP and for tunnels, which notes what goes through it: of HTTP the method and the path, of a
 * tunnel the host. It looks into no tunnel. Goes to the network as the caller's own environment says.
 */
export async function startProxy(agents: Agents, note: (noted: Noted) => void): Promise<Listening> {
  // Whoever else is on this machine is not to go to the network in the caller's name.
  const password = randomBytes(16).toString("hex");
  const expected = `Basic ${Buffer.from(`preload:${password}`).toString("base64")}`;
  const isKnown = ({ headers }: IncomingMessage) => headers["proxy-authorization"] === expected;

  const server = createServer((incoming, outgoing) => {
    if (!isKnown(incoming)) return refuseStranger(outgoing);
    const [, scheme = "", authority = "", path = ""] = /^(https?):\/\/([^/?#]+)([^#]*)/i.exec(incoming.url ?? "") ?? [];
    const origin = parsed(`${scheme}://${authority}`);
    if (origin === undefined) {
      outgoing.writeHead(400).end("preload trace: this is a proxy\n");
      return;
    }
    note({
      by: "proxy",
      host: origin.host,
      path: withoutQuery(path),
      ...(incoming.method && { method: incoming.method }),
    });
    relay(incoming, outgoing, { origin, path: path.startsWith("/") ? path : `/${path}`, agents });
  });
  const sockets = new Set<Duplex>();
  server.on("connect", (incoming, client: Duplex, head: Buffer) => {
    client.on("error", () => client.destroy());
    keep(client, sockets);
    const target = parsed(`https://${incoming.url}`);
    if (!isKnown(incoming)) return client.end(`HTTP/1.1 407 Proxy Authentication Required\r\n${challenge}\r\n\r\n`);
    if (target === undefined) return client.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    note({ by: "proxy", host: target.host });
    void join(client, head, target, sockets);
  });
  return listen(server, {
    url: (port) => `http://preload:${password}@127.0.0.1:${port}`,
    onClose: () => {
      for (const socket of sockets) socket.destroy();
    },
  });
}

async function join(client: Duplex, head: Buffer, target: URL, sockets: Set<Duplex>): Promise<void> {
  try {
    const remote = await openTunnel(target.hostname.replace(/^\[|\]$/g, ""), Number(target.port || 443));
    if (client.destroyed) return void remote.destroy();
    remote.on("error", () => client.destroy());
    keep(remote, sockets);
    client.on("close", () => remote.destroy());
    remote.on("close", () => client.destroy());
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    remote.write(head);
    client.pipe(remote).pipe(client);
  } catch (error) {
    refuseTunnel(client, error);
  }
}

/**
 * Where there was no proxy before us, the client is to see what it would have seen: a connection that fails. Clients
 * look into their caches then; to a proxy that says no they raise errors of another kind.
 */
function refuseTunnel(client: Duplex, error: unknown): void {
  if (error instanceof PreloadError) {
    client.end(`HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain\r\n\r\npreload trace: ${error.message}\n`);
    return;
  }
  client.write("HTTP/1.1 200 Connection established\r\n\r\n");
  client.once("data", () => client.destroy());
}

function keep(socket: Duplex, sockets: Set<Duplex>): void {
  sockets.add(socket);
  socket.once("close", () => sockets.delete(socket));
}

const challenge = 'Proxy-Authenticate: Basic realm="preload trace"';

function refuseStranger(outgoing: ServerResponse): void {
  outgoing.writeHead(407, { "proxy-authenticate": challenge.slice(challenge.indexOf("Basic")) });
  outgoing.end();
}

function parsed(url: string): URL | undefined {
  return URL.canParse(url) && new URL(url).host !== "" ? new URL(url) : undefined;
}

function withoutQuery(path: string): string {
  return path.split("?", 1)[0] || "/";
}
