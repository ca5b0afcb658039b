import { request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { type ProxyOptions, proxy, serve } from "../../testing/index.ts";

async function world(options?: ProxyOptions) {
  const origin = await serve({ "/file": "content" });
  const through = await proxy(options);
  onTestFinished(async () => void (await Promise.all([origin.close(), through.close()])));
  return { origin, through };
}

async function get(proxyUrl: string, url: string, headers: Record<string, string> = {}) {
  const { port } = new URL(proxyUrl);
  return await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    request({ host: "127.0.0.1", port, path: url, headers: { host: new URL(url).host, ...headers } }, async (answer) =>
      resolve({ status: answer.statusCode, body: await text(answer) }),
    )
      .on("error", reject)
      .end();
  });
}

/** Sends raw text to the proxy and gives back all that comes. */
async function talk(proxyUrl: string, ...messages: string[]) {
  const socket = connect(Number(new URL(proxyUrl).port), "127.0.0.1");
  for (const message of messages) socket.write(message);
  return await text(socket);
}

test("passes on requests for whole URLs and remembers them", async () => {
  const { origin, through } = await world();

  const answer = await get(through.url, `${origin.url}/file`, { "proxy-authorization": "Basic eA==" });

  expect(answer).toEqual({ status: 200, body: "content" });
  expect(through.requests).toEqual([
    { method: "GET", target: `${origin.url}/file`, authorization: "Basic eA==", passed: true },
  ]);
  expect(origin.requests[0]?.headers["proxy-authorization"]).toBeUndefined();
});

test("tunnels a CONNECT", async () => {
  const { origin, through } = await world();

  const received = await talk(
    through.url,
    `CONNECT 127.0.0.1:${origin.port} HTTP/1.1\r\n\r\n`,
    "GET /file HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
  );

  expect(received).toMatch(/^HTTP\/1.1 200 Connection Established\r\n\r\nHTTP\/1.1 200 OK/);
  expect(received).toMatch(/content$/);
  expect(through.requests.map(({ method, target }) => `${method} ${target}`)).toEqual([
    `CONNECT 127.0.0.1:${origin.port}`,
  ]);
});

test("asks for a password when it has one", async () => {
  const { origin, through } = await world({ auth: "me:secret" });
  const authorization = `Basic ${Buffer.from("me:secret").toString("base64")}`;

  expect((await get(through.url, `${origin.url}/file`)).status).toBe(407);
  expect((await get(through.url, `${origin.url}/file`, { "proxy-authorization": authorization })).status).toBe(200);
  expect(await talk(through.url, "CONNECT 127.0.0.1:1 HTTP/1.1\r\n\r\n")).toMatch(/^HTTP\/1.1 407 /);
  expect(origin.count()).toBe(1);
});

test("leads a name of the outer world to loopback", async () => {
  const origin = await serve({ "/file": "content" });
  const through = await proxy({ lead: () => ({ host: "127.0.0.1", port: origin.port }) });
  onTestFinished(async () => void (await Promise.all([origin.close(), through.close()])));

  expect((await get(through.url, "http://models.example/file")).body).toBe("content");
  expect(origin.requests[0]?.headers.host).toBe("models.example");
});
