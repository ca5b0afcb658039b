import { readdirSync, readlinkSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { check, createHttp, type Manifest, type MaterializeEvent, materialize } from "../src/index.ts";
import { contentOf, pattern, tempDir, tree } from "../testing/index.ts";
import { blobOf, hubManifest } from "./support/hub-manifest.ts";
import { serveFiles } from "./support/serve-files.ts";
import { until } from "./support/until.ts";

const megabyte = 1024 * 1024;

/** Small ones that come together, one that comes in one go, and one that comes in ranges. */
const files = {
  "config.json": pattern(700, 1),
  "tokenizer.json": pattern(90_000, 2),
  "vocab.txt": pattern(30_000, 3),
  "merges.txt": pattern(20_000, 4),
  "model-00001-of-00002.safetensors": pattern(3 * megabyte + 5, 5),
  "model-00002-of-00002.safetensors": pattern(17 * megabyte + 7, 6),
};
const size = Object.values(files).reduce((sum, body) => sum + body.size, 0);

test.skipIf(process.platform !== "linux")(
  "an abort at any event leaves nothing open, and what came is continued",
  { timeout: 120_000 },
  async () => {
    const manifest = hubManifest(await serveFiles(files), files);
    let completed = false;
    // Every one of the first, then fewer: the middle of a transfer is like the middle of another.
    for (let at = 1; !completed; at += at < 12 ? 1 : 5) completed = await abortedAt(at, manifest);
  },
);

/** True when the run was over before it came to that event. */
async function abortedAt(at: number, manifest: Manifest): Promise<boolean> {
  const dir = await tempDir();
  const stop = new AbortController();
  let events = 0;
  let placed = 0;
  const socketsBefore = sockets();
  const onEvent = (event: MaterializeEvent) => {
    if (event.type === "placed") placed += event.size;
    events += 1;
    if (events === at) stop.abort();
  };
  const http = createHttp({ machine: { env: {} } });
  onTestFinished(() => http.close());
  const outcome = await materialize(manifest, { http, dir, signal: stop.signal, onEvent }).then(
    () => "complete",
    ({ code }: { code?: string }) => code,
  );
  http.close();
  // An abort may come too late to end anything.
  expect([at, outcome]).toEqual([at, events < at ? "complete" : expect.stringMatching(/^(complete|ABORTED)$/)]);
  // The thread that follows with the digest is told to stop, and closes the file when it comes to it.
  await until(() => openIn(dir).length === 0);
  expect([at, (await tree(dir)).filter((line) => line.includes("lease"))]).toEqual([at, []]);
  await until(() => sockets() <= socketsBefore);

  const again = createHttp({ machine: { env: {} } });
  const { fetched } = await materialize(manifest, { http: again, dir });
  again.close();

  expect(await check(manifest, { dir, depth: "deep" })).toEqual([]);
  expect((await tree(dir)).filter((line) => /\.preload|\.part|\.lease/.test(line))).toEqual([]);
  for (const [name, body] of Object.entries(files)) {
    expect([at, name, contentOf(body).equals(await readFile(join(dir, blobOf(body))))]).toEqual([at, name, true]);
  }
  expect(fetched.bytes).toBeLessThanOrEqual(size - placed);
  return events < at;
}

function sockets(): number {
  return open().filter((link) => link.startsWith("socket:")).length;
}

/** The files below a folder that this process has open. */
function openIn(dir: string): string[] {
  return open().filter((link) => link.startsWith(dir));
}

function open(): string[] {
  return readdirSync("/proc/self/fd").map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      // The one with which the folder was read.
      return "";
    }
  });
}
