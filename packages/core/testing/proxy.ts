import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { close, track } from "./sockets.ts";

export interface ProxyOptions {
  /** `user:password`; requests without it get a 407. */
  auth?: string;
  /** Leads a host name to another place, so that names of the outer world end on loopback. */
  lead?: (host: string, port: number) => { host: string; port: number };
}

export interface ProxyRequest {
  readonly method: string;
  /** The whole URL, or `host:port` of a CONNECT. */
  readonly target: string;
  readonly authorization: string | undefined;
  /** Whether the proxy let it through. */
  readonly passed: boolean;
}

/** A forward proxy on loopback that remembers what went through it. */
export interface Proxy {
  readonly url: string;
  readonly requests: readonly ProxyRequest[];
  close(): Promise<void>;
}

/** Starts a proxy for absolute-form requests and CONNECT tunnels. */
export async function proxy(options: ProxyOptions = {}): Promise<Proxy> {
  const { auth, lead = (host, port) => ({ host, port }) } = options;
  const requests: ProxyRequest[] = [];
  const tunnels = new Set<Socket>();

  const pass = (message: IncomingMessage): boolean => {
    const authorization = message.headers["proxy-authorization"];
    const passed = auth === undefined || authorization === `Basic ${Buffer.from(auth).toString("base64")}`;
    requests.push({ method: message.method ?? "", target: message.url ?? "", authorization, passed });
    return passed;
  };

  const server = createServer((message, response) => {
    if (pass(message)) forward(message, response, lead);
    else response.writeHead(407, { "proxy-authenticate": 'Basic realm="proxy"' }).end();
  });
  server.on("connect", (message: IncomingMessage, client: Socket, head: Buffer) => {
    client.on("error", () => client.destroy());
    if (!pass(message)) return void client.end(`HTTP/1.1 407 Proxy Authentication Required\r\n${challenge}\r\n\r\n`);
    tunnels.add(tunnel(message, client, head, lead));
  });
  const sockets = track(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close() {
      for (const socket of tunnels) socket.destroy();
      await close(server, sockets);
    },
  };
}

const challenge = 'Proxy-Authenticate: Basic realm="proxy"\r\nContent-Length: 0';

type Lead = NonNullable<ProxyOptions["lead"]>;

function forward(message: IncomingMessage, response: ServerResponse, lead: Lead): void {
  const url = URL.canParse(message.url ?? "") ? new URL(message.url ?? "") : undefined;
  if (!url) return void response.writeHead(400).end("A proxy needs the whole URL.\n");
  const { "proxy-authorization": _, "proxy-connection": __, ...headers } = message.headers;
  const path = `${url.pathname}${url.search}`;
  const target = lead(url.hostname, Number(url.port || 80));
  const onward = httpRequest({ ...target, path, method: message.method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    // A body that breaks off behind the proxy breaks off before it, too.
    answer.on("error", () => response.destroy()).pipe(response);
  });
  onward.on("error", () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
  response.on("close", () => onward.destroy());
  message.pipe(onward);
}

function tunnel(message: IncomingMessage, client: Socket, head: Buffer, lead: Lead): Socket {
  const { hostname, port } = new URL(`http://${message.url}`);
  // The URL class drops a port 80, the default of the scheme it was given.
  const target = lead(hostname, Number(port || 80));
  const socket = connect(target, () => {
    client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    socket.write(head);
    socket.pipe(client).pipe(socket);
  });
  socket.on("error", () => client.destroy()).on("close", () => client.destroy());
  client.on("close", () => socket.destroy());
  return socket;
}
