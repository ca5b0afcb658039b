import { execFileSync } from "node:child_process";
import { cp, mkdir, open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@preload/core/testing";
import { expect } from "vitest";
import { imageOf } from "../../src/pack/image.ts";
import { PackWriter } from "../../src/pack/pack-writer.ts";
import { ending, headerOf, padding, type TarEntry } from "../../src/pack/tar.ts";
import { homeEnv, type Ran, run } from "./run.ts";
import { type World, type WorldOptions, world } from "./world.ts";

/** A project whose models are all there, and where its pack goes. */
export async function installed(options: WorldOptions = {}): Promise<World & { readonly pack: string }> {
  const made = await world(options);
  expect((await made.preload([])).code).toBe(0);
  made.demo.origin.clear();
  return { ...made, pack: join(made.project, "models.tar") };
}

export interface Elsewhere {
  readonly home: string;
  readonly project: string;
  readonly hub: string;
  readonly env: Readonly<Record<string, string>>;
  preload(args: readonly string[]): Promise<Ran>;
}

/** Another machine, on which nothing is and where nothing answers; with the config and lock of a project, if one is given. */
export async function elsewhere(from?: World): Promise<Elsewhere> {
  const root = await tempDir();
  const [home, project] = [join(root, "home"), join(root, "project")];
  await Promise.all([mkdir(home), mkdir(join(project, ".git"), { recursive: true })]);
  if (from)
    for (const name of ["preload.yaml", "preload.lock"]) await cp(join(from.project, name), join(project, name));
  const sources = ["HF", "WHISPER", "SPACY", "URL", "TIKTOKEN", "NLTK", "TORCH"];
  const nowhere = Object.fromEntries(sources.map((name) => [`PRELOAD_${name}_ENDPOINT`, "http://127.0.0.1:9"]));
  const env = { ...homeEnv(home), ...nowhere };
  const hub = join(home, ".cache", "huggingface", "hub");
  return { home, project, hub, env, preload: (args) => run(args, { cwd: project, env }) };
}

/** Every file and link below a folder; none when there is no folder. */
export async function filesBelow(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
}

/** What runs leave behind that were not allowed to clear up. */
export async function leftovers(dir: string): Promise<string[]> {
  return (await filesBelow(dir)).filter((path) => /\.(tmp|part|lease)(\/|$)|\.preload-/.test(path));
}

export interface Described {
  readonly layers: readonly { readonly digest: string; readonly annotations?: object }[];
}

/** Takes a pack apart with tar. */
export async function takenApart(pack: string): Promise<{ folder: string; manifest: Described; layers: string[] }> {
  const folder = await tempDir();
  execFileSync("tar", ["xf", pack, "-C", folder]);
  const blob = (digest: string) => join(folder, "blobs", digest.replace(":", "/"));
  const index = JSON.parse(await readFile(join(folder, "index.json"), "utf8"));
  const manifest: Described = JSON.parse(await readFile(blob(index.manifests[0].digest), "utf8"));
  return { folder, manifest, layers: manifest.layers.map(({ digest }) => blob(digest)) };
}

/** Writes a pack of other layers, whose digests are all as they should be: what somebody makes who means harm. */
export async function packOf(path: string, layers: readonly Buffer[]): Promise<void> {
  const file = await open(path, "w");
  try {
    const writer = new PackWriter(file);
    const blobs = [];
    for (const layer of layers) blobs.push(await writer.blob((write) => write(layer)));
    const image = imageOf(blobs);
    for (const bytes of [image.config, image.manifest]) await writer.blob((write) => write(bytes));
    await writer.file("index.json", image.index);
    await writer.file("oci-layout", image.layout);
    await writer.end();
  } finally {
    await file.close();
  }
}

/** One entry of a tar with its content. */
export function entry(head: Omit<TarEntry, "size">, content: string | Buffer = ""): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([headerOf({ ...head, size: bytes.byteLength }), bytes, padding(bytes.byteLength)]);
}

/** A layer with an entry more, in front of the others. */
export function withMore(layer: Buffer, more: Buffer): Buffer {
  return Buffer.concat([more, layer]);
}

/** A header in which bytes were changed, with the checksum that belongs to it. */
export function forged(header: Buffer, change: (header: Buffer) => void): Buffer {
  const bytes = Buffer.from(header);
  change(bytes);
  bytes.fill(" ", 148, 156);
  const sum = bytes.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return bytes;
}

export { ending };
