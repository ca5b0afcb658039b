import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { world } from "./support/world.ts";

/** The files of ours that a run loads. */
async function loadedBy(args: string[]): Promise<string[]> {
  const { preload, project } = await world();
  await preload([]);
  const coverage = join(project, "coverage");
  await preload(args, { env: { NODE_V8_COVERAGE: coverage } });
  const reports = await Promise.all((await readdir(coverage)).map((name) => readFile(join(coverage, name), "utf8")));
  const urls = reports.flatMap((text) => JSON.parse(text).result.map(({ url }: { url: string }) => url) as string[]);
  return urls.filter((url) => url.startsWith("file:")).map((url) => basename(url));
}

test("a warm ci loads neither network, nor parsers, nor validators", async () => {
  const loaded = await loadedBy(["ci"]);

  expect(loaded.length).toBeGreaterThan(3);
  expect(loaded.filter((name) => /^(http|mend|config|resolve|options|zip|p-limit|demo)/.test(name))).toEqual([]);
});

test("the version loads no command", async () => {
  const loaded = await loadedBy(["--version"]);

  expect(loaded.filter((name) => /^(parse|install|list|verify|http)/.test(name))).toEqual([]);
});
