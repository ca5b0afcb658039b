import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempDir } from "@preload/core/testing";
import type { CacheService } from "./cache-service.ts";

/** Puts another archive in place of an entry's: unpacked into a folder, changed there, and packed by the given words of tar. */
export async function repack(
  service: CacheService,
  key: string,
  change: (folder: string) => readonly string[] | undefined,
): Promise<void> {
  const dir = await tempDir();
  const archive = join(dir, "archive.tzst");
  writeFileSync(archive, service.archive(key));
  const content = join(dir, "content");
  mkdirSync(content);
  execFileSync("tar", ["--use-compress-program", "unzstd", "-xf", archive, "-C", content]);
  const words = change(content) ?? ["."];
  rmSync(archive);
  execFileSync("tar", ["--use-compress-program", "zstd", "-cf", archive, "-P", "-C", content, ...words]);
  service.replace(key, execFileSync("cat", [archive], { maxBuffer: 2 ** 30 }));
}
