import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, lstat, mkdir, readdir, readFile, realpath, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tempDir } from "@preload/core/testing";
import { expect, test } from "vitest";
import { elsewhere, filesBelow, installed, leftovers, takenApart } from "./support/packs.ts";
import { hasShell } from "./support/shell.ts";

const isLinux = process.platform === "linux";
const bart = "hf:preload-demo/tiny-bart";

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

test("what was packed is whole on a machine without network: verify is green, and ci asks for nothing", async () => {
  const here = await installed();
  const packed = await here.preload(["pack", "models.tar"]);
  expect(packed.stdout).toMatch(/^packed {2}hf:preload-demo\/tiny-bart [0-9a-f]{7} 69 kB in 8 files$/m);
  expect(packed.stdout).toMatch(/^6 models, \d+ files, 1\.0 MB in .*models\.tar\nsha256:[0-9a-f]{64}\n$/m);
  const there = await elsewhere(here);

  const unpacked = await there.preload(["unpack", here.pack]);

  expect(unpacked.stdout).toMatch(/^ready {3}hf:preload-demo\/tiny-bart [0-9a-f]{7} 69 kB in 8 files$/m);
  expect([packed.code, unpacked.code, here.demo.origin.requests]).toEqual([0, 0, []]);
  expect((await there.preload(["verify", "--deep"])).code).toBe(0);
  expect((await there.preload(["ci"])).code).toBe(0);
  expect(await leftovers(there.home)).toEqual([]);
  const again = await there.preload(["unpack", here.pack]);
  expect(again.stdout).toMatch(/already there\n/);
  expect(again.stderr).toContain("nothing to place");
});

test("without a config, what was unpacked is known and verified", async () => {
  const here = await installed();
  await here.preload(["pack", "models.tar"]);
  const there = await elsewhere();

  expect((await there.preload(["unpack", here.pack])).code).toBe(0);

  const { code, stdout } = await there.preload(["verify"]);
  expect(stdout.match(/^ok/gm)?.length).toBe(6);
  expect(code).toBe(0);
});

test("two machines at two times write the same bytes, with links and without", async () => {
  const here = await installed();
  await here.preload(["pack", "models.tar"]);
  const there = await elsewhere(here);
  await there.preload(["unpack", here.pack]);
  await rm(join(there.home, "state"), { recursive: true });
  for (const path of await filesBelow(there.home)) await utimes(path, 1, 1).catch(() => {});
  await withoutLinks(there.hub);

  const again = await there.preload(["pack", "again.tar"]);

  expect(again.stderr).toBe("");
  expect(sha256(await readFile(join(there.project, "again.tar")))).toBe(sha256(await readFile(here.pack)));
});

test.skipIf(!isLinux)(
  "tar opens it; every entry is of nobody and no time, and holds nothing but models and lock",
  async () => {
    const here = await installed({ config: `models: [${bart}]` });
    await mkdir(join(here.hub, ".locks"), { recursive: true });
    await writeFile(join(dirname(here.hub), "token"), "hf_secret");
    await here.preload(["pack", "models.tar"]);

    const { manifest, layers } = await takenApart(here.pack);
    const lists = layers.map((layer) =>
      execFileSync("tar", ["tvf", layer], { env: { TZ: "UTC", LC_ALL: "C", PATH: process.env.PATH } }).toString(),
    );

    expect(manifest.layers.map(({ annotations }) => annotations)).toEqual([undefined, { "dev.preload.model": bart }]);
    expect(lists[0]).toMatch(
      /^drwxr-xr-x 0\/0 +0 1970-01-01 00:00 preload\/\n-rw-r--r-- 0\/0 +\d+ 1970-01-01 00:00 preload\/preload.lock\n$/,
    );
    const lines = lists[1]?.trimEnd().split("\n") ?? [];
    expect(
      lines.filter(
        (line) => !/^(drwxr-xr-x|-rw-r--r--|lrwxrwxrwx) 0\/0 +\d+ 1970-01-01 00:00 huggingface\//.test(line),
      ),
    ).toEqual([]);
    expect(lists.join("")).toMatch(/snapshots\/[0-9a-f]{40}\/config\.json -> \.\.\/\.\.\/blobs\//);
    expect(lists.join("")).not.toMatch(/\/token$|\.locks|\.lease|\.part/m);
  },
);

test("what is missing is listed, all of it, and no file is written", async () => {
  const here = await installed({ config: `models: [${bart}]` });
  const [commit = ""] = await readdir(join(here.hub, "models--preload-demo--tiny-bart", "snapshots"));
  const snapshot = join(here.hub, "models--preload-demo--tiny-bart", "snapshots", commit);
  for (const name of ["config.json", "vocab.json"]) await rm(await realpath(join(snapshot, name)));

  const { code, stderr } = await here.preload(["pack", "models.tar"]);

  expect(stderr).toContain("config.json");
  expect(stderr).toContain("vocab.json");
  expect(stderr).toContain("preload install");
  expect([code, await filesLike(here.project, /tar/)]).toEqual([3, []]);
});

test("a file with other bytes of the same size is named, and no file is written", async () => {
  const here = await installed({ config: `models: [${bart}]` });
  const [commit = ""] = await readdir(join(here.hub, "models--preload-demo--tiny-bart", "snapshots"));
  const blob = await realpath(
    join(here.hub, "models--preload-demo--tiny-bart", "snapshots", commit, "model.safetensors"),
  );
  const { size } = await lstat(blob);
  await writeFile(blob, Buffer.alloc(size));
  await writeFile(here.pack, "an earlier one");

  const { code, stderr } = await here.preload(["pack", "models.tar"]);

  expect(stderr).toContain(`${blob} is not what the lock says`);
  expect([code, await filesLike(here.project, /tar/)]).toEqual([4, ["models.tar"]]);
  expect(await readFile(here.pack, "utf8")).toBe("an earlier one");
});

test("an optional model that is not there is left out, and named", async () => {
  const sentence = "hf:preload-demo/tiny-sentence";
  const here = await installed({ config: `models: [${bart}, { ref: "${sentence}", optional: true }]` });
  await rm(join(here.hub, "models--preload-demo--tiny-sentence"), { recursive: true });

  const { code, stdout, stderr } = await here.preload(["pack", "models.tar"]);

  expect(stdout).toContain("1 model, 8 files");
  expect(stderr).toContain(`left out ${sentence}, which is optional and not there`);
  expect(code).toBe(0);
});

test("what two models share is in one layer", async () => {
  const here = await installed({ config: `models: [${bart}, "${bart}@v1.0"]` });
  await here.preload(["pack", "models.tar"]);
  const names = await entriesIn(here.pack);

  const files = names.filter((name) => !name.endsWith("/"));
  expect(new Set(files).size).toBe(files.length);
  const there = await elsewhere(here);
  expect((await there.preload(["unpack", here.pack])).code).toBe(0);
  expect((await there.preload(["verify"])).code).toBe(0);
});

test("a profile, one model, and what is not in it", async () => {
  const here = await installed({
    config: `profiles: { one: [${bart}], other: [hf:preload-demo/tiny-sentence] }\n`,
  });
  const models = async (args: string[]) => {
    const { code, stdout } = await here.preload(["pack", "models.tar", "--json", ...args]);
    expect(code).toBe(0);
    return (JSON.parse(stdout) as { models: { ref: string }[] }).models.map(({ ref }) => ref);
  };
  expect(await models(["-p", "other"])).toEqual(["hf:preload-demo/tiny-sentence"]);
  expect(await models([bart])).toEqual([bart]);
  const there = await elsewhere();

  const absent = await there.preload(["unpack", here.pack, "hf:preload-demo/tiny-sentence"]);
  const none = await there.preload(["pack", "x.tar"]);

  expect(absent.stderr).toContain("does not hold\n  hf:preload-demo/tiny-sentence");
  expect([absent.code, none.code]).toEqual([3, 8]);
});

test("a pack of another lock is drift, unless its models are named", async () => {
  const here = await installed({ config: `models: [${bart}]` });
  await here.preload(["pack", "models.tar"]);
  const there = await elsewhere(here);
  const lock = join(there.project, "preload.lock");
  await writeFile(lock, (await readFile(lock, "utf8")).replace('"license": "apache-2.0"', '"license": "mit"'));

  const drift = await there.preload(["unpack", here.pack]);
  expect(drift.stderr).toContain(`${bart}  locked otherwise`);
  expect(drift.stderr).toContain(`if the lock is, \`preload lock ${bart}\`.`);
  expect([drift.code, existsSync(there.hub)]).toEqual([8, false]);
  expect((await there.preload(["unpack", here.pack, bart])).code).toBe(0);
});

test("JSON for programs", async () => {
  const here = await installed({ config: `models: [${bart}]` });
  const packed = JSON.parse((await here.preload(["pack", "models.tar", "--json"])).stdout);
  expect(packed).toEqual({
    version: 1,
    command: "pack",
    ok: true,
    exitCode: 0,
    file: here.pack,
    files: 8,
    bytes: (await lstat(here.pack)).size,
    manifestDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    models: [{ ref: bart, revision: expect.any(String), files: 8, bytes: 69466 }],
    skipped: [],
  });
  const there = await elsewhere();
  const unpacked = JSON.parse((await there.preload(["unpack", here.pack, "--json"])).stdout);
  expect(unpacked).toMatchObject({
    version: 1,
    command: "unpack",
    ok: true,
    exitCode: 0,
    file: here.pack,
    manifestDigest: packed.manifestDigest,
    models: [{ ref: bart, status: "ready", files: 8, bytes: 69466, placedBytes: 69466, dir: there.hub, error: null }],
    pth: null,
  });
});

test.each([
  [["pack", ""], 2, "names no file"],
  [["pack", "."], 2, "is there and no file"],
  [["pack", "no/models.tar"], 2, "there is no folder"],
  [["pack", "models.tar", "--only", "tiktoken"], 3, "there is no model to take"],
  [["pack", "models.tar", "hf:org/unknown"], 3, "is neither locked nor was it installed"],
  [["unpack", "nothing.tar"], 2, "there is no such file"],
  [["unpack", "."], 2, "is no file"],
  [["unpack", "preload.yaml"], 4, "preload.yaml: it is cut off"],
])("%j ends with %i", async (args, exitCode, message) => {
  const here = await installed({ config: `models: [${bart}]` });

  const { code, stderr } = await here.preload(args);

  expect(stderr).toContain(message);
  expect(code).toBe(exitCode);
});

test.skipIf(!isLinux || !hasShell("skopeo") || !hasShell("umoci"))(
  "skopeo and umoci open it, and a copy by skopeo is a pack",
  async () => {
    const here = await installed({ config: `models: [${bart}]` });
    const { manifestDigest } = JSON.parse((await here.preload(["pack", "models.tar", "--json"])).stdout);
    const root = await tempDir();
    const policy = join(root, "policy.json");
    await writeFile(policy, '{"default":[{"type":"insecureAcceptAnything"}]}');
    const skopeo = (...args: string[]) =>
      execFileSync("skopeo", ["--policy", policy, "--tmpdir", root, ...args]).toString();

    const shown = JSON.parse(skopeo("inspect", `oci-archive:${here.pack}`));
    expect([shown.Digest, shown.Architecture, shown.Layers.length]).toEqual([manifestDigest, "amd64", 2]);

    skopeo("copy", `oci-archive:${here.pack}`, `oci:${join(root, "layout")}:models`);
    execFileSync("umoci", ["unpack", "--rootless", "--image", `${join(root, "layout")}:models`, join(root, "bundle")]);
    const rootfs = join(root, "bundle", "rootfs");
    const verified = await here.preload(["verify", "--deep", "--cache-root", rootfs]);
    expect([verified.code, verified.stderr]).toEqual([0, "1 of 1 model as promised\n"]);

    const there = await elsewhere(here);
    skopeo("copy", `oci-archive:${here.pack}`, `oci-archive:${join(root, "small.tar")}:models`);
    const compressed = await there.preload(["unpack", join(root, "small.tar")]);
    expect([compressed.code, compressed.stderr]).toEqual([2, expect.stringContaining("layer 1 is compressed")]);

    const asTheyAre = "--dest-oci-accept-uncompressed-layers";
    skopeo("copy", asTheyAre, `oci-archive:${here.pack}`, `oci-archive:${join(root, "copy.tar")}:models`);
    expect((await there.preload(["unpack", join(root, "copy.tar")])).stderr).toContain("1 of 1 model ready");
  },
);

/** The names in all layers. */
async function entriesIn(pack: string): Promise<string[]> {
  const { layers } = await takenApart(pack);
  return layers.flatMap((layer) => execFileSync("tar", ["tf", layer]).toString().trimEnd().split("\n"));
}

/** Puts regular files in place of links, as a cache is where there are none. */
async function withoutLinks(dir: string): Promise<void> {
  const links = (await filesBelow(dir)).filter((path) => path.includes("/snapshots/"));
  const blobs = new Set<string>();
  for (const link of links) blobs.add(await realpath(link));
  for (const link of links) {
    const blob = await realpath(link);
    await rm(link);
    await cp(blob, link);
  }
  for (const blob of blobs) await rm(blob);
}

async function filesLike(folder: string, pattern: RegExp): Promise<string[]> {
  return (await readdir(folder)).filter((name) => pattern.test(name));
}
