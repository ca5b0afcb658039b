import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { createHttp, materialize } from "../src/index.ts";
import { pattern, privateCa, serve, tempDir, tree } from "../testing/index.ts";
import { listening } from "./support/listening.ts";
import { manifestOf } from "./support/manifest-of.ts";

const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n";
const sized = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n";

describe("what a connection says that is no HTTP is refused, and never taken for a body:", () => {
  test.each([
    ["a chunk that is longer than it said, by what looks like a size", `${chunked}\r\n2\r\nhe3\r\nllo\r\n0\r\n\r\n`],
    ["a chunk after which another line begins at once", `${chunked}\r\n2\r\nhe\n3\r\nllo\r\n0\r\n\r\n`],
    ["lines of chunks that end in a bare line feed", `${chunked}\r\n5\nhello\n0\n\n`],
    ["empty lines before a chunk", `${chunked}\r\n\r\n5\r\nhello\r\n0\r\n\r\n`],
    ["a chunk whose line does not end", `${chunked}\r\n5;${"x".repeat(40_000)}\r\nhello\r\n0\r\n\r\n`],
    ["a space before a colon", "HTTP/1.1 200 OK\r\nTransfer-Encoding : chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"],
    ["a head with bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhel\r\n\r\n"],
    ["a length that hides behind a bare line feed", "HTTP/1.1 200 OK\r\nX: y\nContent-Length: 5\r\n\r\nhello more"],
    ["a zero byte in a header", "HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 5\r\n\r\nhello"],
    ["two lengths", `${sized}Content-Length: 6\r\n\r\nhello!`],
    ["a length beyond all numbers", `HTTP/1.1 200 OK\r\nContent-Length: ${"9".repeat(400)}\r\n\r\nhello`],
    ["a length and chunks", `${sized}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`],
  ])("%s", async (_, said) => {
    const { port } = await listening((socket) => socket.once("data", () => socket.end(said)));
    const http = createHttp({ machine: { env: {} }, retryDelays: [], stallTimeout: 2000 });
    onTestFinished(() => http.close());

    await expect(http.get(`http://127.0.0.1:${port}/a`)).rejects.toMatchObject({ code: "NETWORK" });
  });
});

test("a compression is known in whatever case it is named", async () => {
  const origin = await serve({ "/a": { headers: { "content-encoding": "GZIP" }, body: gzipSync("hello") } });
  onTestFinished(() => origin.close());
  const http = createHttp({ machine: { env: {} }, retryDelays: [] });
  onTestFinished(() => http.close());

  expect(Buffer.from((await http.get(`${origin.url}/a`)).body).toString()).toBe("hello");
});

test.each([
  ["in one go", 3 * 1024 * 1024],
  ["in ranges", 17 * 1024 * 1024],
])("a byte that is changed on its way over TLS breaks the connection, and a file %s is continued", async (_, size) => {
  const body = pattern(size, 6);
  const { ca, server } = await privateCa();
  const certificate = join(await tempDir(), "ca.pem");
  await writeFile(certificate, ca);
  const origin = await serve({ "/model.bin": body }, { tls: server });
  onTestFinished(() => origin.close());
  let spoilt = false;
  const { port } = await listening((socket) => {
    let came = 0;
    const upstream = connect(origin.port, "127.0.0.1").on("error", () => socket.destroy());
    socket.on("close", () => upstream.destroy()).pipe(upstream);
    upstream.on("data", (bytes: Buffer) => {
      came += bytes.byteLength;
      if (!spoilt && came > 500_000) {
        spoilt = true;
        const last = bytes.byteLength - 1;
        bytes[last] = (bytes[last] ?? 0) ^ 1;
      }
      socket.write(bytes);
    });
    upstream.on("end", () => socket.end());
  });
  const dir = await tempDir();
  const http = createHttp({ machine: { env: { SSL_CERT_FILE: certificate } }, retryDelays: [0] });
  onTestFinished(() => http.close());
  const manifest = manifestOf(
    { url: `${new URL(origin.url).protocol}//${new URL(origin.url).hostname}:${port}` },
    { "model.bin": body },
  );

  await materialize(manifest, { dir, http, retryDelays: [0] });

  expect(spoilt).toBe(true);
  expect(await tree(dir)).toEqual([`model.bin ${size}`]);
});
