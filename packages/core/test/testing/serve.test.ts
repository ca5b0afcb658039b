import { expect, onTestFinished, test } from "vitest";
import { contentOf, pattern, type Routes, type ServeOptions, serve, sha256 } from "../../testing/index.ts";

const body = pattern(100_000);
const whole = contentOf(body);

async function start(routes: Routes, options?: ServeOptions) {
  const origin = await serve(routes, options);
  onTestFinished(() => origin.close());
  return origin;
}

test.each([
  [undefined, 200, 0, 100_000],
  ["bytes=0-", 206, 0, 100_000],
  ["bytes=10-19", 206, 10, 20],
  ["bytes=99990-", 206, 99_990, 100_000],
  ["bytes=99990-200000", 206, 99_990, 100_000],
  ["bytes=-10", 206, 99_990, 100_000],
  ["bytes=0-1,5-6", 200, 0, 100_000],
  ["bytes=20-10", 200, 0, 100_000],
  ["lines=1-2", 200, 0, 100_000],
])("answers the range %s with %i", async (range, status, first, end) => {
  const origin = await start({ "/file": body });

  const answer = await fetch(`${origin.url}/file`, { headers: range ? { range } : {} });

  expect(answer.status).toBe(status);
  expect(answer.headers.get("content-length")).toBe(String(end - first));
  expect(answer.headers.get("content-range")).toBe(status === 206 ? `bytes ${first}-${end - 1}/100000` : null);
  expect(Buffer.from(await answer.arrayBuffer()).equals(whole.subarray(first, end))).toBe(true);
  expect(origin.ranges).toEqual([range]);
});

test.each(["bytes=100000-", "bytes=-0"])("says 416 and the size to the range %s", async (range) => {
  const origin = await start({ "/file": body });

  const answer = await fetch(`${origin.url}/file`, { headers: { range } });

  expect(answer.status).toBe(416);
  expect(answer.headers.get("content-range")).toBe("bytes */100000");
});

test("sends the whole file to a range of another version", async () => {
  const origin = await start({ "/file": body });
  const ask = (etag: string) => fetch(`${origin.url}/file`, { headers: { range: "bytes=5-", "if-range": etag } });

  expect((await ask('"old"')).status).toBe(200);
  expect((await ask(body.etag)).status).toBe(206);
});

test("describes a file to HEAD without sending it", async () => {
  const origin = await start({ "/file": body });

  const { headers } = await fetch(`${origin.url}/file`, { method: "HEAD" });

  expect(headers.get("content-length")).toBe("100000");
  expect(headers.get("etag")).toBe(body.etag);
  expect(headers.get("accept-ranges")).toBe("bytes");
  expect(origin.bytesSent).toBe(0);
});

test("remembers requests in order, with what they got", async () => {
  const origin = await start({ "/a": "aaa" });

  await fetch(`${origin.url}/a?x=1`);
  await fetch(`${origin.url}/b`, { method: "POST", body: "question" });

  expect(origin.requests.map(({ method, path, status, body }) => [method, path, status, body])).toEqual([
    ["GET", "/a?x=1", 200, ""],
    ["POST", "/b", 404, "question"],
  ]);
  expect(origin.count("/a")).toBe(1);
  expect(origin.count(/^\/(a|b)/)).toBe(2);
  expect(origin.requests[0]?.bytesSent).toBe(3);

  origin.clear();
  expect(origin.count()).toBe(0);
});

test("takes replies as values and as functions", async () => {
  const origin = await start({
    "/moved": { status: 302, headers: { Location: "/there" } },
    "/there": ({ headers }) => ({ headers: { "X-Seen": "yes" }, body: `hello ${headers["user-agent"]}` }),
  });

  const answer = await fetch(`${origin.url}/moved`, { headers: { "user-agent": "test" } });

  expect(answer.headers.get("x-seen")).toBe("yes");
  expect(await answer.text()).toBe("hello test");
});

test("sends a gigabyte without holding it", async () => {
  const large = pattern(2 ** 30);
  const origin = await start(() => ({ body: large }));
  const before = process.memoryUsage().rss;

  const answer = await fetch(origin.url);
  let received = 0;
  for await (const chunk of answer.body ?? []) received += chunk.length;

  expect(received).toBe(2 ** 30);
  expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000);
});

test("closes at once while a body is being sent", async () => {
  const origin = await start({ "/endless": pattern(2 ** 40) });
  const answer = await fetch(`${origin.url}/endless`);

  await origin.close();

  await expect(answer.arrayBuffer()).rejects.toThrow();
});

test("the digest of what was sent is the digest that was promised", async () => {
  const origin = await start({ "/file": body });

  const received = new Uint8Array(await (await fetch(`${origin.url}/file`)).arrayBuffer());

  expect(sha256(received)).toBe(sha256(body));
});
