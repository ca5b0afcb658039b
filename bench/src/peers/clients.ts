import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FixtureFile, FixtureRepo } from "../fixture.ts";
import type { Command } from "../measure.ts";
import type { Origin } from "../origin/origin.ts";
import { packageDir, runDir } from "../places.ts";
import type { Peer } from "../row.ts";
import { checkCache, checkFolder, place, type Stage } from "../stage.ts";

/** `huggingface_hub` as an application uses it. None when its environment could not be made. */
export function pythonClient(stage: Stage, repo: FixtureRepo, origin: Origin, bar?: number): Peer[] {
  if (stage.python === undefined) return [];
  const cache = place("python", "cache");
  const argv = [stage.python, join(packageDir, "python/snapshot.py"), repo.id, cache];
  return [
    {
      name: "huggingface_hub",
      ...(bar === undefined ? {} : { bar }),
      command: { argv, env: pythonEnv(stage, origin), deletes: [cache] },
      check: () => checkCache(cache, repo),
    },
  ];
}

/** What it is asked with: without Xet, which needs servers of its own, and without what it says to its makers. */
export function pythonEnv({ ca }: Stage, { hub }: Origin): Record<string, string> {
  const quiet = { HF_HUB_DISABLE_XET: "1", HF_HUB_DISABLE_TELEMETRY: "1", HF_HUB_DISABLE_PROGRESS_BARS: "1" };
  const trust: Record<string, string> = hub.startsWith("https:") ? { SSL_CERT_FILE: ca, REQUESTS_CA_BUNDLE: ca } : {};
  return { HF_ENDPOINT: hub, ...quiet, ...trust };
}

/** `@huggingface/hub`'s snapshotDownload. */
export function jsClient({ ca }: Stage, repo: FixtureRepo, origin: Origin, bar?: number): Peer {
  const cache = place("js", "cache");
  const argv = [process.execPath, join(packageDir, "dist/js-client.js"), repo.id, cache, origin.hub];
  return {
    name: "@huggingface/hub",
    ...(bar === undefined ? {} : { bar }),
    command: { argv, env: nodeTrust(ca, origin), deletes: [cache] },
    check: () => checkCache(cache, repo),
  };
}

export function nodeTrust(ca: string, { hub }: Origin): Record<string, string> {
  return hub.startsWith("https:") ? { NODE_EXTRA_CA_CERTS: ca } : {};
}

/** One large file from the CDN's own address, by a command that ends with where to put it and the address. */
export function fileClient(
  name: string,
  argv: (path: string, url: string) => readonly string[],
  { repo, file, origin, bar }: { repo: FixtureRepo; file: FixtureFile; origin: Origin; bar?: number },
): Peer {
  const folder = place("file");
  const command: Command = {
    argv: ["sh", "-c", `mkdir -p '${folder}'; exec "$@"`, "sh", ...argv(join(folder, file.path), cdnUrl(origin, file))],
    deletes: [folder],
  };
  return {
    name,
    ...(bar === undefined ? {} : { bar }),
    command,
    check: () => checkFolder(folder, repo, [file]),
  };
}

export function cdnUrl({ cdn }: Origin, { oid }: FixtureFile): string {
  return `${cdn}/blobs/${oid}`;
}

/** Many files by one curl, several at once. */
export function curlAll(
  name: string,
  files: readonly FixtureFile[],
  url: (file: FixtureFile) => string,
  atOnce: number,
  bar: number | undefined,
  check: (folder: string) => Promise<void>,
): Peer {
  const folder = place("curl-all");
  const list = join(runDir(), `${atOnce}-${files.length}-${new URL(url(files[0] as FixtureFile)).port}.curl`);
  const text = files.map((file) => `url = "${url(file)}"\noutput = "${join(folder, file.path)}"\n`).join("");
  const argv = ["curl", "-sSZL", "--create-dirs", "--parallel-max", String(atOnce), "-K", list];
  return {
    name,
    ...(bar === undefined ? {} : { bar }),
    prepare: async () => {
      await mkdir(runDir(), { recursive: true });
      await writeFile(list, text);
    },
    command: { argv, deletes: [folder] },
    check: () => check(folder),
  };
}

export function aria2(connections: number, path: string, url: string): string[] {
  const [, folder = "", name = ""] = /^(.*)\/([^/]*)$/.exec(path) ?? [];
  const width = [`-x${connections}`, `-s${connections}`];
  return [
    "aria2c",
    "-q",
    ...width,
    "--file-allocation=falloc",
    "--allow-overwrite=true",
    "-d",
    folder,
    "-o",
    name,
    url,
  ];
}
