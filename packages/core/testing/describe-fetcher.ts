import { existsSync, readdirSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type * as Vitest from "vitest";
import { check } from "../src/check.ts";
import { checkedManifest } from "../src/checked-manifest.ts";
import { isDigest } from "../src/digest.ts";
import { formatLock, parseLock } from "../src/lockfile.ts";
import { isLoopback } from "../src/loopback.ts";
import { materialize } from "../src/materialize.ts";
import { formatRef, parseRef } from "../src/ref.ts";
import type { ArchiveMember, Fetcher, FileEntry, Manifest, Ref, RefOptions } from "../src/types.ts";
import type { Origin } from "./serve.ts";
import { tempDir } from "./temp-dir.ts";
import { tree } from "./tree.ts";

/** A fetcher, and the origin on loopback that its endpoints lead to. */
export interface FetcherWorld {
  /** Just built, with an empty directory and without waiting between tries. */
  readonly fetcher: Fetcher;
  readonly origin: Pick<Origin, "requests" | "clear" | "close">;
  /** A small model that the origin has. */
  readonly ref: string;
  /** What the config would say beside it. @default {} */
  readonly options?: RefOptions;
  /** One that the fetcher's grammar does not allow, for example a name with a forbidden character. */
  readonly badRef: string;
  /** A well-formed one that the origin does not have. */
  readonly unknownRef: string;
}

export interface DescribeFetcherOptions extends Pick<typeof Vitest, "describe" | "expect" | "test"> {
  /** Makes a world for each test. What it opens it also closes, with `onTestFinished`. */
  make(): Promise<FetcherWorld>;
}

/**
 * What every fetcher promises to the rest of preload, as tests.
 *
 * ```ts
 * import { describe, expect, test } from "vitest";
 *
 * describeFetcher("whisper", { describe, expect, test, make: whisperWorld });
 * ```
 */
export function describeFetcher(name: string, { describe, expect, test, make }: DescribeFetcherOptions): void {
  describe(`${name} keeps the contract of a fetcher`, () => {
    test("building it asks nobody, and makes no directory", async () => {
      const { fetcher, origin } = await make();

      expect(origin.requests).toEqual([]);
      expect(isAbsolute(fetcher.dir)).toBe(true);
      expect(fetcher.dirRule).not.toBe("");
      expect(leftIn(fetcher.dir)).toBe(false);
    });

    test("the canonical form of a ref is its own canonical form", async () => {
      const world = await make();
      const canonical = world.fetcher.canonical(wanted(world));
      const again = parseRef(canonical, world.options);

      expect(again.scheme).toBe(world.fetcher.name);
      expect(formatRef(again)).toBe(canonical);
      expect(world.fetcher.canonical(again)).toBe(canonical);
      expect(world.origin.requests).toEqual([]);
    });

    test("a manifest names its ref in canonical form, and the options it was asked for with", async () => {
      const world = await make();
      const manifest = await resolved(world);

      expect(manifest.ref).toBe(world.fetcher.canonical(wanted(world)));
      expect(manifest.options).toEqual(world.options ?? {});
      expect(manifest.revision).not.toBe("");
    });

    test.each(["linux", "darwin", "win32"] as const)("every path is safe on %s", async (platform) => {
      const manifest = await resolved(await make());

      expect(checkedManifest(manifest, platform)).toBe(manifest);
    });

    test("every file has a size and a digest", async () => {
      const contents = contentsOf(await resolved(await make()));

      expect(contents.length).toBeGreaterThan(0);
      for (const { path, size, digest } of contents) {
        expect([path, isDigest(digest), Number.isSafeInteger(size) && size >= 0]).toEqual([path, true, true]);
      }
    });

    test("every address is the public one, whichever mirror was asked", async () => {
      const { entries } = await resolved(await make());

      const urls = entries.flatMap((entry) => ("url" in entry ? [new URL(entry.url)] : []));
      expect(urls.filter((url) => isLoopback(url.hostname)).map(String)).toEqual([]);
    });

    test("the same ref means the same manifest, to the byte", async () => {
      const world = await make();

      expect(JSON.stringify(await resolved(world))).toBe(JSON.stringify(await resolved(world)));
    });

    test("what it meant before saves work, and changes nothing", async () => {
      const world = await make();
      const known = await resolved(world);

      const again = await world.fetcher.resolve(wanted(world), { known });

      expect(JSON.stringify(again)).toBe(JSON.stringify(known));
    });

    test("a manifest survives JSON and the lockfile", async () => {
      const manifest = await resolved(await make());
      const lock = formatLock({ lockfileVersion: 1, models: new Map([[manifest.ref, manifest]]) });

      expect(JSON.parse(JSON.stringify(manifest))).toEqual(manifest);
      expect(parseLock(lock, "preload.lock").models.get(manifest.ref)).toEqual(manifest);
    });

    test("resolving writes nothing", async () => {
      const world = await make();
      await resolved(world);

      expect(leftIn(world.fetcher.dir)).toBe(false);
    });

    test("what it describes can be fetched, is then as promised, and needs no further request", async () => {
      const world = await make();
      const { dir } = world.fetcher;
      const manifest = await resolved(world);
      const options = { ...world.fetcher, stateDir: await tempDir(), retryDelays: [0] };

      const first = await materialize(manifest, options);

      expect(first.mended).not.toEqual([]);
      expect(await check(manifest, { dir, depth: "deep" })).toEqual([]);
      expect(existsSync(join(dir, manifest.path))).toBe(true);
      expect((await tree(dir)).filter((line) => /\.(part|lease|tmp|incomplete)\b/.test(line))).toEqual([]);

      world.origin.clear();
      expect((await materialize(manifest, options)).mended).toEqual([]);
      expect(world.origin.requests).toEqual([]);
    });

    test("a ref that cannot be one is refused without a request", async () => {
      const { fetcher, origin, badRef } = await make();

      await expect(async () => fetcher.resolve(parseRef(badRef))).rejects.toMatchObject({ code: "BAD_REF" });
      await expect(async () => fetcher.canonical(parseRef(badRef))).rejects.toMatchObject({ code: "BAD_REF" });
      expect(origin.requests).toEqual([]);
    });

    test("a model that is not there is not found", async () => {
      const { fetcher, unknownRef } = await make();

      await expect(fetcher.resolve(parseRef(unknownRef))).rejects.toMatchObject({ code: "NOT_FOUND" });
    });

    test("a network that is down is not a model that is missing", async () => {
      const { fetcher, origin, unknownRef } = await make();
      await origin.close();

      await expect(fetcher.resolve(parseRef(unknownRef))).rejects.toMatchObject({ code: "NETWORK" });
    });

    test("it stops when it is told to", async () => {
      const world = await make();
      const signal = AbortSignal.abort();

      await expect(world.fetcher.resolve(wanted(world), { signal })).rejects.toMatchObject({ code: "ABORTED" });
    });
  });
}

function wanted({ ref, options = {} }: FetcherWorld): Ref {
  const { revision, ...others } = options;
  const parsed = parseRef(ref, others);
  return typeof revision === "string" ? { ...parsed, revision } : parsed;
}

function resolved(world: FetcherWorld): Promise<Manifest> {
  return world.fetcher.resolve(wanted(world));
}

function contentsOf({ entries }: Manifest): Pick<FileEntry | ArchiveMember, "path" | "size" | "digest">[] {
  return entries.flatMap((entry) => {
    if (entry.type === "file") return [entry];
    return entry.type === "archive" ? [entry, ...entry.members] : [];
  });
}

function leftIn(dir: string): boolean {
  return existsSync(dir) && readdirSync(dir).length > 0;
}
