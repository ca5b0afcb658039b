import { readFileSync } from "node:fs";
import { createServer as createHttp, type RequestListener } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import type { Fixture } from "../fixture.ts";
import { sendFar } from "./far.ts";
import { answerAsHub } from "./hub.ts";
import { startNginx } from "./nginx.ts";
import { sendWhole } from "./send.ts";

/** What the parent process tells, in a file that the argument names. */
export interface OriginOptions {
  readonly fixture: Fixture;
  readonly dir: string;
  readonly tls: { readonly key: string; readonly cert: string };
  /** Of the far origin. In milliseconds, and bytes per second for each connection. */
  readonly roundTrip: number;
  readonly rate: number;
}

/** Addresses without a slash at the end. The Hub is `localhost`, the CDN `127.0.0.1`: two hosts for a client. */
export interface Addresses {
  readonly near: Origin;
  readonly tls: Origin;
  readonly far: Origin;
}

export interface Origin {
  readonly hub: string;
  readonly cdn: string;
}

const options = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as OriginOptions;
const nginx = await startNginx(options);

const near = await listen(createHttp(hub(nginx.http, (answer) => sendWhole(answer))));
const tls = await listen(
  createHttps(
    options.tls,
    hub(nginx.https, (answer) => sendWhole(answer)),
  ),
);
const farCdn = await listen(createHttp(sendFar(options)));
const far = await listen(
  createHttp(hub(`http://127.0.0.1:${farCdn}`, (answer, request) => sendWhole(answer, request, options.roundTrip))),
);

const addresses: Addresses = {
  near: { hub: `http://localhost:${near}`, cdn: nginx.http },
  tls: { hub: `https://localhost:${tls}`, cdn: nginx.https },
  far: { hub: `http://localhost:${far}`, cdn: `http://127.0.0.1:${farCdn}` },
};
process.stdout.write(`${JSON.stringify(addresses)}\n`);
// The parent holds the other end: when it ends, however it ends, so do we.
process.stdin.on("end", () => {
  nginx.stop();
  process.exit();
});
process.stdin.resume();

type Send = (answer: Parameters<typeof sendWhole>[0], request: Parameters<RequestListener>[0]) => void;

function hub(cdn: string, send: Send): RequestListener {
  const answer = answerAsHub(options.fixture, cdn);
  return (request, response) => {
    const body: Uint8Array[] = [];
    request.on("data", (chunk: Uint8Array) => body.push(chunk));
    request.on("end", () => {
      const url = new URL(request.url ?? "/", `http://${request.headers.host}`);
      send(
        { response, ...answer({ url, body: Buffer.concat(body).toString(), range: request.headers.range }) },
        request,
      );
    });
  };
}

function listen(server: ReturnType<typeof createHttp>): Promise<number> {
  server.keepAliveTimeout = 60_000;
  return new Promise((resolve) => server.listen(0, () => resolve((server.address() as AddressInfo).port)));
}
