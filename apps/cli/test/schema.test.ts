import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { preloadSchema } from "../src/preload-schema.ts";

test("the published schema is the one of this version", async () => {
  const published = await readFile(new URL("../schema/preload.schema.json", import.meta.url), "utf8");

  // If not: node apps/cli/scripts/write-schema.mjs
  expect(published).toBe(await preloadSchema());
});
