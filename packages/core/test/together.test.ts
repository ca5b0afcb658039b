import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { check, type MaterializeEvent, materialize, PreloadError } from "../src/index.ts";
import { contentOf, type Origin, pattern, sha256, tempDir, tree } from "../testing/index.ts";
import { calm } from "./support/calm.ts";
import { hubManifest, repo } from "./support/hub-manifest.ts";
import { manifestOf } from "./support/manifest-of.ts";
import { runChild } from "./support/run-child.ts";
import { asked, serveFiles } from "./support/serve-files.ts";

const files = Object.fromEntries(
  Array.from({ length: 60 }, (_, number) => [`${number}.json`, pattern(20_000 + number, number + 1)]),
);
const names = Object.keys(files).sort();

let dir: string;
let origin: Origin;

beforeEach(async () => {
  dir = await tempDir();
  origin = await serveFiles(files);
});

describe("many small files", () => {
  test("arrive under their names, each asked for once, and nothing stays beside them", async () => {
    await materialize(manifestOf(origin, files), { ...calm, dir });

    expect((await readdir(dir)).sort()).toEqual(names);
    expect(await readFile(join(dir, "7.json"))).toEqual(
      contentOf(files["7.json"] as NonNullable<(typeof files)[string]>),
    );
    expect(asked(origin).sort()).toEqual(names);
  });

  test("are more at once than large ones would be", async () => {
    for (const name of names) origin.fault(name, { type: "slow", bytesPerSecond: 200_000 });

    await materialize(manifestOf(origin, files), { ...calm, dir });

    expect(origin.mostAtOnce).toBeGreaterThan(8);
    expect(origin.mostAtOnce).toBeLessThanOrEqual(64);
  });

  test("are fetched once by eight processes at the same time", async () => {
    const manifest = hubManifest(origin, files);

    const reports = await Promise.all(Array.from({ length: 8 }, () => runChild({ act: "materialize", manifest, dir })));

    expect(reports.map(({ error }) => error)).toEqual(Array(8).fill(undefined));
    expect(await check(manifest, { dir, depth: "deep" })).toEqual([]);
    expect(asked(origin).sort()).toEqual(names);
    expect((await readdir(join(dir, repo, "blobs"))).length).toBe(60);
  });

  test("are told of one by one", async () => {
    const events: MaterializeEvent[] = [];

    await materialize(manifestOf(origin, files), { ...calm, dir, onEvent: (event) => events.push(event) });

    const told = events.flatMap((event) => ("path" in event && event.path === "7.json" ? [event] : []));
    expect(told.map(({ type }) => type)).toEqual(["fetch", "bytes", "bytes", "placed"]);
    expect(events.reduce((sum, event) => sum + (event.type === "bytes" ? event.bytes : 0), 0)).toBe(
      Object.values(files).reduce((sum, { size }) => sum + size, 0),
    );
  });
});

describe("of many small files one", () => {
  test("with a wrong byte once is fetched again", async () => {
    origin.fault("/7.json", { type: "wrong-byte", at: 100 }, 1);

    await materialize(manifestOf(origin, files), { ...calm, dir });

    expect(await check(manifestOf(origin, files), { dir, depth: "deep" })).toEqual([]);
    expect(origin.requests.length).toBe(61);
  });

  test("with a wrong byte every time is refused, and nothing of it stays", async () => {
    origin.fault("/7.json", { type: "wrong-byte", at: 100 });

    await expect(materialize(manifestOf(origin, files), { ...calm, dir })).rejects.toMatchObject({
      code: "DIGEST_MISMATCH",
    });

    expect((await readdir(dir)).filter((name) => name.startsWith("7.json"))).toEqual([]);
  });

  test("that breaks off is continued where it stopped", async () => {
    origin.fault("/7.json", { type: "cut", at: 12_000 }, 1);

    await materialize(manifestOf(origin, files), { ...calm, dir });

    expect(origin.ranges.filter((range) => range !== undefined)).toEqual(["bytes=12000-"]);
  });

  test("that cannot be had keeps what came of it, and the next run continues it", async () => {
    origin.fault("/7.json", { type: "cut", at: 12_000 }, 1);

    const stopped = materialize(manifestOf(origin, files), { ...calm, dir, retryDelays: [] });
    await expect(stopped).rejects.toMatchObject({ code: "NETWORK" });
    const partial = `7.json.${sha256(files["7.json"] ?? "").slice(0, 12)}.part`;
    expect(await tree(dir)).toContain(`${partial} 12000`);
    expect((await readdir(dir)).filter((name) => name.endsWith("lease") || name.endsWith("tmp"))).toEqual([]);
    await materialize(manifestOf(origin, files), { ...calm, dir });

    expect(origin.ranges.filter((range) => range !== undefined)).toEqual(["bytes=12000-"]);
    expect((await readdir(dir)).sort()).toEqual(names);
  });
});

test("a folder whose small files another machine fetches is waited for, and an abort ends the wait", async () => {
  await writeFile(join(dir, ".preload.lease"), "00000000-1-1");
  const controller = new AbortController();
  const events: MaterializeEvent[] = [];
  const onEvent = (event: MaterializeEvent) => {
    events.push(event);
    if (event.type === "wait") controller.abort();
  };

  const waiting = materialize(manifestOf(origin, files), { ...calm, dir, signal: controller.signal, onEvent });

  await expect(waiting).rejects.toBeInstanceOf(PreloadError);
  expect(events.at(-1)).toMatchObject({ type: "wait" });
  expect(origin.requests).toEqual([]);
});
