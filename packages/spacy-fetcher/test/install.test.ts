import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { install } from "@preload/core";
import { tempDir, tree } from "@preload/core/testing";
import { expect, test } from "vitest";
import { wheelOf } from "./wheels.ts";
import { fetcherFor, origin, tiny } from "./worlds.ts";

test("the tree that Python and spaCy read", async () => {
  const { endpoints } = await origin([tiny()]);
  const dir = await tempDir();

  const { path } = await install(fetcherFor(endpoints, { dir }), "en_tiny");

  expect(path).toBe(join(dir, "en_tiny/en_tiny-3.8.0"));
  // A contract with other programs. A difference here is a breaking change.
  expect(await tree(dir)).toEqual([
    "en_tiny-3.8.0.dist-info/INSTALLER 8",
    "en_tiny-3.8.0.dist-info/METADATA 51",
    "en_tiny-3.8.0.dist-info/RECORD 799",
    "en_tiny-3.8.0.dist-info/REQUESTED 0",
    "en_tiny-3.8.0.dist-info/WHEEL 19",
    "en_tiny-3.8.0.dist-info/direct_url.json 300",
    "en_tiny-3.8.0.dist-info/entry_points.txt 33",
    "en_tiny/__init__.py 0",
    "en_tiny/en_tiny-3.8.0/config.cfg 6",
    "en_tiny/meta.json 19",
  ]);
});

test("a second run fetches no wheel", async () => {
  const { endpoints, origin: server } = await origin();
  const fetcher = fetcherFor(endpoints, { dir: await tempDir() });
  const { manifest } = await install(fetcher, "en_demo_core");
  server.clear();

  const again = await install(fetcher, "en_demo_core");

  expect(again.outcome).toEqual({ mended: [], fetched: { files: 0, bytes: 0 } });
  expect(again.manifest).toEqual(manifest);
});

test("another version takes the place of the first, and a stale one of pip's goes, too", async () => {
  const { endpoints } = await origin();
  const dir = await tempDir();
  await mkdir(join(dir, "en_demo_core-3.6.0.dist-info"));
  await writeFile(join(dir, "en_demo_core-3.6.0.dist-info/METADATA"), "");
  await mkdir(join(dir, "en_demo_core/en_demo_core-3.6.0"), { recursive: true });
  await mkdir(join(dir, "en_demo_core_extra-1.0.dist-info"));

  await install(fetcherFor(endpoints, { dir }), "en_demo_core@3.7.1");
  await install(fetcherFor(endpoints, { dir }), "en_demo_core@3.8.0");

  expect((await readdir(dir)).sort()).toEqual([
    "en_demo_core",
    "en_demo_core-3.8.0.dist-info",
    "en_demo_core_extra-1.0.dist-info",
  ]);
  expect((await readdir(join(dir, "en_demo_core"))).sort()).toEqual(["__init__.py", "en_demo_core-3.8.0", "meta.json"]);
  expect(await readFile(join(dir, "en_demo_core/meta.json"), "utf8")).toContain('"3.8.0"');
});

test("two pipelines share the directory", async () => {
  const other = { name: "xx_tiny", wheel: wheelOf({ name: "xx_tiny", version: "3.8.0" }) };
  const { endpoints } = await origin([tiny(), tiny(other)]);
  const fetcher = fetcherFor(endpoints, { dir: await tempDir() });

  await install(fetcher, "en_tiny");
  await install(fetcher, "xx_tiny");

  expect((await install(fetcher, "en_tiny")).outcome.mended).toEqual([]);
});

test("a file that was changed is put right", async () => {
  const { endpoints } = await origin([tiny()]);
  const fetcher = fetcherFor(endpoints, { dir: await tempDir() });
  const { path } = await install(fetcher, "en_tiny");
  await writeFile(join(path, "config.cfg"), "[npl]\n");

  const { outcome } = await install(fetcher, "en_tiny");

  expect(outcome.mended).toMatchObject([{ reason: "corrupt", path: "en_tiny/en_tiny-3.8.0/config.cfg" }]);
  expect(await readFile(join(path, "config.cfg"), "utf8")).toBe("[nlp]\n");
});

test("a wheel of other bytes than were published leaves nothing", async () => {
  const { endpoints, origin: server } = await origin([tiny()]);
  server.fault("/cdn/", { type: "wrong-byte", at: 35 });
  const dir = await tempDir();

  const installing = install(fetcherFor(endpoints, { dir }), "en_tiny", { retryDelays: [] });

  await expect(installing).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
  expect(await tree(dir)).toEqual([]);
});
