import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { install } from "@preload/core";
import { tempDir, tree } from "@preload/core/testing";
import { expect, test } from "vitest";
import { body, fetcherFor, origin } from "./worlds.ts";

test("a checkpoint is put where whisper.load_model looks, and nothing beside it", async () => {
  const { endpoints, origin: server, sha256 } = await origin();
  const dir = join(await tempDir(), "whisper");
  const fetcher = fetcherFor(endpoints.whisper, { dir });

  const { path } = await install(fetcher, "mine", { options: { sha256 } });

  expect(path).toBe(join(dir, "mine.pt"));
  expect(await readFile(path)).toEqual(Buffer.from(body));
  expect(await tree(dir)).toEqual([`mine.pt ${body.length}`]);

  server.clear();
  await install(fetcher, "mine", { options: { sha256 } });
  expect(server.count(({ method }) => method === "GET")).toBe(0);
});

test("a checkpoint that whisper itself left half-written is replaced", async () => {
  const { endpoints, sha256 } = await origin();
  const dir = await tempDir();
  await writeFile(join(dir, "mine.pt"), body.subarray(0, 5));

  const { path } = await install(fetcherFor(endpoints.whisper, { dir }), `mine@${sha256}`);

  expect(await readFile(path)).toEqual(Buffer.from(body));
});
