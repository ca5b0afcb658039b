import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { createHttp, type HttpOptions } from "../src/index.ts";
import { pattern, privateCa, serve, sha256, tempDir } from "../testing/index.ts";

const body = pattern(12 * 1024 * 1024 + 7, 5);

describe("a reader that is slower than the network", () => {
  test("gets the right bytes over plain HTTP", async () => {
    const origin = await serve({ "/model.bin": body });
    onTestFinished(() => origin.close());

    expect(await readSlowly(`${origin.url}/model.bin`)).toBe(sha256(body));
  });

  test("gets the right bytes over TLS, which goes on delivering for a while after it was told to wait", async () => {
    const { ca, server } = await privateCa();
    const certificate = join(await tempDir(), "ca.pem");
    await writeFile(certificate, ca);
    const origin = await serve({ "/model.bin": body }, { tls: server });
    onTestFinished(() => origin.close());

    const machine = { env: { SSL_CERT_FILE: certificate } };
    expect(await readSlowly(`${origin.url}/model.bin`, { machine })).toBe(sha256(body));
  });

  test("does not take its own slowness for a stall", async () => {
    const few = pattern(3 * 1024 * 1024, 5);
    const origin = await serve({ "/model.bin": few });
    onTestFinished(() => origin.close());

    // Long enough for an origin on a busy machine.
    const options = { stallTimeout: 500, minimumRate: 1024 };
    expect(await readSlowly(`${origin.url}/model.bin`, options, 900)).toBe(sha256(few));
  });
});

/** The digest of what is at an address, read with a pause after each piece. */
async function readSlowly(url: string, options: Partial<HttpOptions> = {}, delay = 10): Promise<string> {
  const http = createHttp({ machine: { env: {} }, ...options });
  onTestFinished(() => http.close());
  const { body: pieces } = await http.open(url);
  const hash = createHash("sha256");
  for await (const piece of pieces) {
    // A piece is good until the next one is asked for.
    await pause(delay);
    hash.update(piece);
  }
  return hash.digest("hex");
}

test("an answer that nobody reads does not hold up the next one on its connection", async () => {
  const origin = await serve({ "/model.bin": body, "/refused": { status: 403, body: "Request has expired" } });
  onTestFinished(() => origin.close());
  const http = createHttp({ machine: { env: {} } });
  onTestFinished(() => http.close());
  const { body: refused } = await http.open(`${origin.url}/refused`);
  await pause(20);
  refused.destroy();

  const { body: pieces } = await http.open(`${origin.url}/model.bin`);
  const hash = createHash("sha256");
  for await (const piece of pieces) hash.update(piece);

  expect(hash.digest("hex")).toBe(sha256(body));
  expect(origin.connections).toBe(1);
});

test("a connection whose last answer is still being read is not the next request's", async () => {
  // As large as the two slabs of a connection together with what it begins with: all of it arrives, and none is left.
  const few = pattern(1024 * 1024, 5);
  const origin = await serve({ "/model.bin": few, "/other": "hello" });
  onTestFinished(() => origin.close());
  const http = createHttp({ machine: { env: {} }, retryDelays: [], stallTimeout: 1000, minimumRate: 1024 });
  onTestFinished(() => http.close());
  const { body: pieces } = await http.open(`${origin.url}/model.bin`);
  const hash = createHash("sha256");
  let read = 0;
  for await (const piece of pieces) {
    hash.update(piece);
    read += 1;
    // The first piece is given back by now, so the rest of the answer has somewhere to go.
    if (read !== 2) continue;
    await pause(200);
    expect(Buffer.from((await http.get(`${origin.url}/other`)).body).toString()).toBe("hello");
  }

  expect(hash.digest("hex")).toBe(sha256(few));
});
