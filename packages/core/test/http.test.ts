import type { LookupFunction } from "node:net";
import { inspect } from "node:util";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { type Answer, createHttp, type HttpOptions, type OpenAnswer } from "../src/index.ts";
import {
  bytes,
  contentOf,
  type Fault,
  type Origin,
  type OriginRequest,
  pattern,
  type Routes,
  serve,
} from "../testing/index.ts";
import { listening } from "./support/listening.ts";
import { until } from "./support/until.ts";

function httpWith(options: Partial<HttpOptions> = {}) {
  const http = createHttp({ machine: { env: {} }, retryDelays: [0], ...options });
  onTestFinished(() => http.close());
  return http;
}

async function serving(routes: Routes): Promise<Origin> {
  const origin = await serve(routes);
  onTestFinished(() => origin.close());
  return origin;
}

/** Every name leads to the loopback. */
const lookup: LookupFunction = (_, options, callback) => {
  if (options.all) callback(null, [{ address: "127.0.0.1", family: 4 }]);
  else callback(null, "127.0.0.1", 4);
};

async function read(answer: OpenAnswer): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer.body) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

const text = (body: Uint8Array) => Buffer.from(body).toString();

describe("an answer", () => {
  test("comes with its status, headers and body", async () => {
    const origin = await serving({ "/a": { headers: { "X-Answer": "42" }, body: "hello" } });

    const answer = await httpWith().get(`${origin.url}/a`);

    expect(answer).toMatchObject({ status: 200, headers: { "x-answer": "42" }, url: `${origin.url}/a` });
    expect(text(answer.body)).toBe("hello");
  });

  test("of any status is an answer", async () => {
    const origin = await serving({});

    expect((await httpWith().get(`${origin.url}/gone`)).status).toBe(404);
  });

  test("is asked for under our name, uncompressed", async () => {
    const origin = await serving({ "/a": "" });

    await httpWith({ userAgent: "preload/1.2.3" }).get(`${origin.url}/a`, { headers: { "x-more": "yes" } });

    expect(origin.requests[0]?.headers).toMatchObject({
      "user-agent": "preload/1.2.3",
      "accept-encoding": "identity",
      "x-more": "yes",
    });
  });

  test("that is compressed all the same is unpacked", async () => {
    const origin = await serving({ "/a": "hello" });
    origin.fault("/a", { type: "gzip" });

    expect(text((await httpWith().get(`${origin.url}/a`)).body)).toBe("hello");
  });

  test("that is larger than expected is not read to its end", async () => {
    const origin = await serving({ "/a": pattern(50_000_000) });

    await expect(httpWith().get(`${origin.url}/a`, { maxBytes: 1_000_000 })).rejects.toMatchObject({
      code: "BAD_ANSWER",
      message: `${origin.url}/a answers with more than 1000000 bytes`,
    });
    expect(origin.bytesSent).toBeLessThan(30_000_000);
  });

  test("can be read as it comes", async () => {
    const body = pattern(3_000_000);
    const origin = await serving({ "/a": body });

    const answer = await httpWith().open(`${origin.url}/a`, { headers: { range: "bytes=1000000-" } });

    expect(answer).toMatchObject({ status: 206, headers: { "content-range": "bytes 1000000-2999999/3000000" } });
    expect((await read(answer)).equals(contentOf(body).subarray(1_000_000))).toBe(true);
  });

  test("over a connection that is kept", async () => {
    const origin = await serving({ "/a": pattern(100_000) });
    const http = httpWith();

    for (let count = 0; count < 5; count += 1) await http.get(`${origin.url}/a`);

    expect(origin.connections).toBe(1);
  });

  test("comes although the server has closed the kept connection meanwhile", async () => {
    const first = await serve({ "/a": "one" });
    const http = httpWith({ retryDelays: [] });
    await http.get(`${first.url}/a`);
    await first.close();
    const second = await serve({ "/a": "two" }, { port: first.port });
    onTestFinished(() => second.close());

    expect(text((await http.get(`${second.url}/a`)).body)).toBe("two");
  });
});

describe("a redirect", () => {
  test.each([301, 302, 303, 307, 308])("with status %i is followed", async (status) => {
    const origin = await serving({ "/a": { status, headers: { location: "/b?c=d" } }, "/b": "there" });

    const answer = await httpWith().get(`${origin.url}/a`);

    expect([text(answer.body), answer.url]).toEqual(["there", `${origin.url}/b?c=d`]);
  });

  test("that leads back to itself ends", async () => {
    const origin = await serving({});
    origin.fault("/", { type: "redirect-loop" });

    await expect(httpWith().get(`${origin.url}/a`)).rejects.toMatchObject({
      code: "NETWORK",
      message: expect.stringContaining("it redirects in circles"),
    });
    expect(origin.requests.length).toBeLessThan(15);
  });

  test("to a host that cannot be reached names that host", async () => {
    const gone = await serve({});
    await gone.close();
    const origin = await serving({ "/a": { status: 302, headers: { location: `${gone.url}/b` } } });

    await expect(httpWith().get(`${origin.url}/a`)).rejects.toMatchObject({
      code: "NETWORK",
      message: expect.stringContaining(`127.0.0.1:${gone.port}: the connection was refused`),
    });
  });

  test.each(["file:///etc/passwd", "http://[bad", "https://models.example:99999/"])(
    "to %s, which is no web address, is not followed, and told",
    async (location) => {
      const origin = await serving({ "/a": { status: 302, headers: { location } } });

      await expect(httpWith().get(`${origin.url}/a`)).rejects.toMatchObject({
        code: "NETWORK",
        message: expect.stringContaining(`127.0.0.1:${origin.port}: it redirects to what is no web address`),
      });
    },
  );
});

describe("a token", () => {
  let hub: Origin;
  let cdn: Origin;

  beforeEach(async () => {
    cdn = await serving({ "/file": "bytes" });
    hub = await serving({ "/api": "{}", "/file": { status: 302, headers: { location: `${cdn.url}/file` } } });
  });

  const shown = (origin: Origin) => origin.requests.map(({ headers }) => headers.authorization);

  test("is shown to the origin it is for, and to no other", async () => {
    const http = httpWith().authorized("hf_secret", [hub.url]);

    await http.get(`${hub.url}/api`);
    await http.get(`${cdn.url}/file`);

    expect(shown(hub)).toEqual(["Bearer hf_secret"]);
    expect(shown(cdn)).toEqual([undefined]);
  });

  test.each(["get", "open"] as const)("is not taken along by a redirect (%s)", async (how) => {
    const http = httpWith().authorized("hf_secret", [hub.url]);

    const answer = await http[how](`${hub.url}/file`);
    if (how === "open") await read(answer as OpenAnswer);

    expect(shown(hub)).toEqual(["Bearer hf_secret"]);
    expect(shown(cdn)).toEqual([undefined]);
  });

  test("is not that of the stack it was added to", async () => {
    const http = httpWith();
    http.authorized("hf_secret", [hub.url]);

    await http.get(`${hub.url}/api`);

    expect(shown(hub)).toEqual([undefined]);
  });

  test.each(["get", "open"] as const)(
    "is not heard again from a server that answers with the request (%s)",
    async (how) => {
      const echo = ({ headers }: OriginRequest) => {
        const sent = `denied: ${headers.authorization}`;
        return { status: 403, headers: { "x-error-message": sent }, body: sent };
      };
      const origin = await serving({ "/api": echo });

      const answer = await httpWith().authorized("s3cret-of-a-mirror", [origin.url])[how](`${origin.url}/api`);
      const body = how === "get" ? text((answer as Answer).body) : "";
      if (how === "open") (answer as OpenAnswer).body.destroy();

      expect(shown(origin)).toEqual(["Bearer s3cret-of-a-mirror"]);
      expect(answer.headers["x-error-message"]).toBe("denied: Bearer ...");
      expect(body).toBe(how === "get" ? "denied: Bearer ..." : "");
    },
  );

  test("of a mirror and that of the Hub each go where they belong", async () => {
    const http = httpWith().authorized("hub", [hub.url]).authorized("mirror", [cdn.url]);

    await http.get(`${hub.url}/file`);

    expect([...shown(hub), ...shown(cdn)]).toEqual(["Bearer hub", "Bearer mirror"]);
  });

  test("that a library brings by itself is not sent", async () => {
    const headers = { authorization: "Bearer hf_secret" };

    await httpWith().fetch(`${hub.url}/file`, { headers });
    await httpWith().fetch(`${hub.url}/api`, { headers: { Authorization: "Bearer hf_secret" }, method: "HEAD" });

    expect([...shown(hub), ...shown(cdn)]).toEqual([undefined, undefined, undefined]);
  });

  test("does not go over plain HTTP, but to the loopback", async () => {
    const elsewhere = `http://models.example:${hub.port}`;
    const http = httpWith({ lookup }).authorized("hf_secret", [elsewhere, hub.url]);

    await http.get(`${elsewhere}/api`);
    await http.get(`${hub.url}/api`);

    expect(hub.requests.map(({ headers }) => [headers.host, headers.authorization])).toEqual([
      [`models.example:${hub.port}`, undefined],
      [`127.0.0.1:${hub.port}`, "Bearer hf_secret"],
    ]);
  });

  test("is in no error", async () => {
    const http = httpWith().authorized("hf_secret", [hub.url]);
    await hub.close();

    const error = await http.get(`${hub.url}/api`).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: "NETWORK" });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain("hf_secret");
  });
});

describe("a name and a password in an address", () => {
  test("are sent, and shown to nobody", async () => {
    const origin = await serving({ "/a": "there" });
    const address = origin.url.replace("http://", "http://me:pass%20word@");

    const answer = await httpWith().fetch(`${address}/a`);

    expect(await answer.text()).toBe("there");
    expect(origin.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from("me:pass word").toString("base64")}`);
    await origin.close();
    const error = await httpWith()
      .get(`${address}/a`)
      .catch((thrown: unknown) => thrown);
    expect(inspect(error, { depth: 20 })).not.toContain("pass%20word");
  });
});

describe("a failure is told with the host and the cause", () => {
  const failing = (url: string, options: Partial<HttpOptions> = {}) =>
    expect(httpWith({ retryDelays: [], ...options }).get(`${url}/a`)).rejects;

  test("a name that does not exist", async () => {
    const unknown: LookupFunction = (_, __, callback) =>
      callback(Object.assign(new Error("getaddrinfo ENOTFOUND models.example"), { code: "ENOTFOUND" }), "", 4);

    await failing("https://models.example", { lookup: unknown }).toMatchObject({
      code: "NETWORK",
      message: "models.example: the name cannot be resolved (DNS, ENOTFOUND)",
      hint: expect.stringContaining("DNS"),
    });
  });

  test("nobody listens", async () => {
    const { url, port, server } = await listening(() => {});
    await new Promise((resolve) => server.close(resolve));

    await failing(url).toMatchObject({
      code: "NETWORK",
      message: `127.0.0.1:${port}: the connection was refused (ECONNREFUSED)`,
    });
  });

  test("no answer comes", async () => {
    const { url, port } = await listening(() => {});

    await failing(url, { stallTimeout: 100 }).toMatchObject({
      code: "STALLED",
      message: expect.stringMatching(new RegExp(`^127\\.0\\.0\\.1:${port}: n.* came for 0\\.1 seconds$`)),
    });
  });

  test("no secure connection comes about", async () => {
    const { url, port } = await listening(() => {});

    await failing(url.replace("http:", "https:"), { connectTimeout: 100 }).toMatchObject({
      code: "NETWORK",
      message: expect.stringContaining(`127.0.0.1:${port}: no connection came about within 0.1 seconds`),
    });
  });

  test("the connection breaks", async () => {
    const { url, port } = await listening((socket) => socket.once("data", () => socket.resetAndDestroy()));

    await failing(url).toMatchObject({
      code: "NETWORK",
      message: expect.stringMatching(new RegExp(`^127\\.0\\.0\\.1:${port}: the connection broke`)),
    });
  });

  test("the body breaks off", async () => {
    const origin = await serving({ "/a": pattern(100_000) });
    origin.fault("/a", { type: "cut", at: 1000 });

    await failing(origin.url).toMatchObject({
      code: "NETWORK",
      message: expect.stringContaining(`127.0.0.1:${origin.port}: the connection broke`),
    });
  });

  test.each([
    ["another protocol", "SSH-2.0-OpenSSH_9.6\r\n"],
    ["a head that is none", "HTTP/1.1 200 OK\r\nno header\r\n\r\n"],
    ["chunks that are none", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello"],
    ["more than it said", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhello"],
  ])("%s", async (_, said) => {
    const { url, port } = await listening((socket) => socket.once("data", () => socket.end(said)));

    await failing(url).toMatchObject({
      code: "NETWORK",
      message: expect.stringContaining(`127.0.0.1:${port}: `),
    });
  });

  test.each([
    ["HTTP/1.0, up to the end of the connection", "HTTP/1.0 200 OK\r\n\r\nhello"],
    ["HTTP/1.1, up to the end of the connection", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello"],
    [
      "a hint before the answer",
      "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    ],
    [
      "chunks with extensions and a trailer",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nhe\r\n3\r\nllo\r\n0\r\nX: y\r\n\r\n",
    ],
  ])("while %s is no failure", async (_, said) => {
    const { url } = await listening((socket) => socket.once("data", () => socket.end(said)));

    expect(text((await httpWith({ retryDelays: [] }).get(`${url}/a`)).body)).toBe("hello");
  });
});

describe("a host that cannot be reached", () => {
  test("is given up after a second of tries, and the next request fails at once", async () => {
    const gone = await serve({});
    await gone.close();
    let retries = 0;
    const onRetry = () => {
      retries += 1;
    };
    const http = httpWith({ retryDelays: Array(200).fill(200), onRetry });

    await expect(http.get(`${gone.url}/a`)).rejects.toMatchObject({ code: "NETWORK" });
    expect(retries).toBeLessThan(12);

    retries = 0;
    await expect(http.get(`${gone.url}/b`)).rejects.toMatchObject({ code: "NETWORK" });
    expect(retries).toBe(0);
  });

  test("does not stand for others", async () => {
    const gone = await serve({});
    await gone.close();
    const origin = await serving({ "/a": "there" });
    const http = httpWith();
    await expect(http.get(`${gone.url}/a`)).rejects.toThrow();

    expect((await http.get(`${origin.url}/a`)).status).toBe(200);
  });
});

describe("a second try", () => {
  test.each<[string, Fault]>([
    ["503", { type: "status", status: 503 }],
    ["429", { type: "status", status: 429, headers: { "retry-after": "0" } }],
    ["a reset", { type: "reset" }],
    ["a broken body", { type: "cut", at: 2 }],
  ])("follows %s", async (_, fault) => {
    const origin = await serving({ "/a": "hello" });
    origin.fault("/a", fault, 1);
    const tries: string[] = [];

    const answer = await httpWith({ onRetry: ({ why }) => tries.push(why) }).get(`${origin.url}/a`);

    expect(text(answer.body)).toBe("hello");
    expect(tries).toHaveLength(1);
  });

  test("does not follow an answer that is read as it comes: its reader knows better", async () => {
    const origin = await serving({ "/a": "hello" });
    origin.fault("/a", { type: "status", status: 503 });

    const answer = await httpWith().open(`${origin.url}/a`);
    answer.body.destroy();

    expect([answer.status, origin.requests.length]).toEqual([503, 1]);
  });
});

describe("an abort", () => {
  test.each<[string, Fault, (origin: Origin, retries: number) => boolean]>([
    ["before the answer", { type: "stall" }, ({ requests }) => requests.length > 0],
    ["within the body", { type: "stall", at: 10 }, ({ bytesSent }) => bytesSent === 10],
    [
      "while it waits for the next try",
      { type: "status", status: 503, headers: { "retry-after": "60" } },
      (_, retries) => retries > 0,
    ],
  ])("%s ends it at once", async (_, fault, hasBegun) => {
    const origin = await serving({ "/a": pattern(100_000) });
    origin.fault("/a", fault);
    const controller = new AbortController();
    let retries = 0;
    const http = httpWith({ onRetry: () => (retries += 1) });
    const work = http.get(`${origin.url}/a`, { signal: controller.signal });
    work.catch(() => {});
    await until(() => hasBegun(origin, retries));
    setTimeout(() => controller.abort(), 50);

    const start = performance.now();
    await expect(work).rejects.toMatchObject({ code: "ABORTED" });
    // All of them would take thirty seconds and more.
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});

describe("fetch over the same stack", () => {
  test("gives what fetch gives", async () => {
    const origin = await serving({
      "/a": { headers: { "content-type": "application/json", "set-cookie": ["a=1", "b=2"] }, body: '{ "n": 1 }' },
      "/b": { status: 302, headers: { location: "/a" } },
    });

    const answer = await httpWith().fetch(`${origin.url}/b`);

    expect([answer.ok, answer.status, answer.url]).toEqual([true, 200, `${origin.url}/a`]);
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(await answer.json()).toEqual({ n: 1 });
  });

  test("takes a Request, other methods and a body", async () => {
    const origin = await serving(({ method, body, headers }) => ({ body: `${method} ${body} ${headers["x-a"]}` }));
    const { fetch } = httpWith();

    const posted = await fetch(
      new Request(`${origin.url}/a`, { method: "POST", body: "hello", headers: { "x-a": "b" } }),
    );
    const head = await fetch(new URL(`${origin.url}/a`), { method: "HEAD" });

    expect(await posted.text()).toBe("POST hello b");
    expect([head.status, await head.text(), head.headers.get("content-length")]).toEqual([200, "", "15"]);
  });

  test("does not write", async () => {
    await expect(httpWith().fetch("http://127.0.0.1:1", { method: "DELETE" })).rejects.toMatchObject({ code: "USAGE" });
  });

  test("can be stopped, as it was asked or by the request", async () => {
    const { fetch } = httpWith();
    const signal = AbortSignal.abort();

    await expect(fetch("http://127.0.0.1:1", { signal })).rejects.toMatchObject({ code: "ABORTED" });
    await expect(fetch(new Request("http://127.0.0.1:1", { signal }))).rejects.toMatchObject({ code: "ABORTED" });
  });

  test("gives statuses without a body", async () => {
    const origin = await serving({ "/a": { status: 204 }, "/b": bytes("") });

    expect((await httpWith().fetch(`${origin.url}/a`)).status).toBe(204);
    expect(await (await httpWith().fetch(`${origin.url}/b`)).text()).toBe("");
  });
});

test("nothing is connected before the first request", async () => {
  const origin = await serving({ "/a": "hello" });

  const http = httpWith();
  await new Promise((resolve) => setImmediate(resolve));
  expect(origin.connections).toBe(0);

  await http.get(`${origin.url}/a`);
  expect(origin.connections).toBe(1);
});

test.each(["GET", "POST"] as const)(
  "a patience of more days than a timer can count is not over at once (%s)",
  async (method) => {
    const origin = await serve({ "/a": "hello" });
    onTestFinished(() => origin.close());
    origin.fault("a", { type: "latency", ms: 100 });
    const month = 30 * 24 * 60 * 60 * 1000;
    const http = createHttp({ machine: { env: {} }, retryDelays: [], connectTimeout: month, stallTimeout: month });
    onTestFinished(() => http.close());

    const { status } = await http.get(`${origin.url}/a`, { method, ...(method === "POST" ? { body: "{}" } : {}) });

    expect(status).toBe(200);
  },
);
