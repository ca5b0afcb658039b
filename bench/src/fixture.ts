import { createCipheriv, createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, open, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheDir, packageDir } from "./places.ts";
import { succeed } from "./run-program.ts";

/** A file of a repository, as the Hub's tree describes it. */
export interface FixtureFile {
  readonly path: string;
  readonly size: number;
  /** git's id, or the sha256 of a large file. */
  readonly oid: string;
  readonly isLarge: boolean;
}

export interface FixtureRepo {
  readonly id: string;
  readonly commit: string;
  readonly files: readonly FixtureFile[];
}

export interface Fixture {
  readonly repos: readonly FixtureRepo[];
  /** A file such as whisper's checkpoints, by its sha256. */
  readonly checkpoint: { readonly sha256: string; readonly size: number };
}

/** Where the bytes of a file are: large ones by digest, as a CDN has them. */
export function bytesPath(repo: string, file: FixtureFile): string {
  return file.isLarge ? join(wwwDir(), "blobs", file.oid) : join(wwwDir(), "repos", repo, file.path);
}

/** What the servers serve. */
export function wwwDir(): string {
  return join(cacheDir(), "www");
}

const form = 3;

/** Makes everything that is served, once for all runs. The bytes are always the same. */
export async function prepareFixture(): Promise<Fixture> {
  const listing = join(cacheDir(), `fixture-${form}.json`);
  const known = await readFile(listing, "utf8").catch(() => undefined);
  if (known !== undefined) return JSON.parse(known) as Fixture;
  await rm(wwwDir(), { recursive: true, force: true });
  const MB = 1_000_000;
  const configs = ["config.json", "generation_config.json", "merges.txt", "tokenizer.json", "tokenizer_config.json"];
  const repos = [
    await makeRepo("bench/one-large", [
      ...configs.map((path) => ({ path, size: 30_000 })),
      { path: "vocab.json", size: 800_000 },
      { path: "model.safetensors", size: 600 * MB },
    ]),
    await makeRepo("bench/four-shards", [
      ...configs.map((path) => ({ path, size: 30_000 })),
      ...[1, 2, 3, 4].map((shard) => ({ path: `model-0000${shard}-of-00004.safetensors`, size: 300 * MB })),
    ]),
    await makeRepo("bench/small-400", numbered(400, 20_000)),
    await makeRepo("bench/small-2500", numbered(2_500, 8_000)),
    // Without content: nothing but their size matters.
    await makeRepo("bench/holes-100", [{ path: "model.safetensors", size: 100 * MB, isHole: true }]),
    await makeRepo("bench/holes-8000", [{ path: "model.safetensors", size: 8_000 * MB, isHole: true }]),
  ];
  const checkpoint = { size: 150 * MB, sha256: await makeLarge("whisper", 150 * MB) };
  await mkdir(join(wwwDir(), "whisper", checkpoint.sha256), { recursive: true });
  await symlink(join(wwwDir(), "blobs", checkpoint.sha256), join(wwwDir(), "whisper", checkpoint.sha256, "bench.pt"));
  await succeed(["python3", join(packageDir, "python/make_wheel.py"), wwwDir(), String(40 * MB)]);
  const fixture = { repos, checkpoint };
  await writeFile(listing, JSON.stringify(fixture));
  return fixture;
}

/** `data/07/0123.json` and so on. */
function numbered(count: number, size: number): Wanted[] {
  return Array.from({ length: count }, (_, index) => {
    const folder = String(Math.floor(index / 100)).padStart(2, "0");
    return { path: `data/${folder}/${String(index).padStart(4, "0")}.json`, size };
  });
}

interface Wanted {
  readonly path: string;
  readonly size: number;
  readonly isHole?: boolean;
}

async function makeRepo(id: string, wanted: readonly Wanted[]): Promise<FixtureRepo> {
  const files: FixtureFile[] = [];
  for (const { path, size, isHole = false } of wanted) {
    const isLarge = size > 10_000_000;
    const name = `${id}/${path}`;
    const oid = isLarge ? await makeLarge(name, size, isHole) : await makeSmall(name, size);
    files.push({ path, size, oid, isLarge });
  }
  return {
    id,
    commit: createHash("sha1")
      .update(JSON.stringify([id, files]))
      .digest("hex"),
    files,
  };
}

async function makeSmall(name: string, size: number): Promise<string> {
  const bytes = keystream(name).update(Buffer.alloc(size));
  const path = join(wwwDir(), "repos", name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
  return createHash("sha1").update(`blob ${size}\0`).update(bytes).digest("hex");
}

async function makeLarge(name: string, size: number, isHole = false): Promise<string> {
  const folder = join(wwwDir(), "blobs");
  await mkdir(folder, { recursive: true });
  const draft = join(folder, "draft");
  const zeros = Buffer.alloc(1_000_000);
  const cipher = keystream(name);
  const hash = createHash("sha256");
  const file = createWriteStream(draft);
  for (let left = size; left > 0; left -= zeros.byteLength) {
    const bytes = isHole ? zeros : cipher.update(zeros);
    hash.update(bytes);
    if (!isHole && !file.write(bytes)) await new Promise<void>((resolve) => file.once("drain", () => resolve()));
  }
  await new Promise<void>((resolve) => file.end(resolve));
  if (isHole) {
    const whole = await open(draft, "r+");
    await whole.truncate(size);
    await whole.close();
  }
  const sha256 = hash.digest("hex");
  await rename(draft, join(folder, sha256));
  return sha256;
}

/** Bytes that nothing compresses, the same for the same name. */
function keystream(name: string) {
  const key = createHash("sha256").update(name).digest();
  return createCipheriv("aes-256-ctr", key, Buffer.alloc(16));
}
