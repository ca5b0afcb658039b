import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pattern, tempDir } from "../testing/index.ts";
import { manifestOf } from "./support/manifest-of.ts";
import { runChild } from "./support/run-child.ts";
import { serveFiles } from "./support/serve-files.ts";

const megabyte = 1024 * 1024;

test("memory does not grow with the size of a file", async () => {
  const body = pattern(2048 * megabyte, 5);
  const origin = await serveFiles({ "huge.bin": body });
  const dir = await tempDir();
  const stateDir = await tempDir();
  const manifest = manifestOf(origin, { "huge.bin": body });

  const { outcome, error, maxRss } = await runChild({ act: "materialize", manifest, dir, stateDir });
  await rm(join(dir, "huge.bin"));

  expect(error).toBeUndefined();
  expect(outcome?.fetched.bytes).toBe(body.size);
  expect(maxRss).toBeLessThan(150 * 1024);
}, 180_000);
