import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { install, parseRef } from "@preload/core";
import { tempDir, tree } from "@preload/core/testing";
import { strToU8, zipSync } from "fflate";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { smallDisk, whyNoSmallDisk } from "../../core/test/support/small-disk.ts";
import { url } from "../src/index.ts";
import { digest, fetcherFor, origin, plain, resolved } from "./worlds.ts";

const words = strToU8("one\ntwo\n");
const files = { "models.example.com/a/words.txt": words };
const ref = "url:https://models.example.com/a/words.txt";
const sha256 = digest("sha256", words);

describe("a file lies where its target says", () => {
  const address = "https://models.example.com/a/words.txt";
  test.each([
    [undefined, "models.example.com/a/words.txt"],
    ["mine.txt", "mine.txt"],
    ["lists/", "lists/words.txt"],
    ["lists/{name}", "lists/words.txt"],
    ["{sha1}", digest("sha1", address)],
    ["{md5}-{name}", `${digest("md5", address)}-words.txt`],
    ["{host}/{path}.bak", "models.example.com/a/words.txt.bak"],
  ])("%s: %s", async (target, path) => {
    const fetcher = fetcherFor("url", await origin(files));

    const manifest = await resolved(fetcher, ref, { sha256, ...(target === undefined ? {} : { target }) });

    expect(manifest.path).toBe(path);
    expect(manifest.entries).toEqual([
      { type: "file", path, url: address, size: words.length, digest: `sha256:${sha256}` },
    ]);
  });

  test.each([
    ["../words.txt", "begins with a dot"],
    [".bashrc", "begins with a dot"],
    ["a/.git/config", "begins with a dot"],
    ["/etc/words", "it is absolute"],
    ["C:words", "it names a drive"],
    ["a\\..\\..\\b", "it climbs out"],
    ["nul", "Windows reserves"],
    ["{nome}", "not known"],
    ["a//b", "an empty part"],
  ])("or is refused: %s", async (target, why) => {
    const fetcher = url({ machine: plain });

    const refused = resolved(fetcher, ref, { sha256, target });

    await expect(refused).rejects.toMatchObject({ code: "BAD_CONFIG", message: expect.stringContaining(why) });
    expect(() => fetcher.owns?.(parseRef(ref, { sha256, target }), sha256)).toThrow(why);
  });

  test("what an address holds that file systems do not like is written otherwise", async () => {
    const odd = { "localhost:8080/.hidden/a~b.txt": words };
    const fetcher = fetcherFor("url", await origin(odd));

    const { path } = await resolved(fetcher, "url:http://localhost:8080/.hidden/a~b.txt", { sha256 });

    expect(path).toBe("localhost_8080/_hidden/a_b.txt");
  });
});

describe("a digest is required", () => {
  test("and where it is a sha256, the file is not fetched to lock it", async () => {
    const demo = await origin(files);

    await resolved(fetcherFor("url", demo), `${ref}@${sha256}`);

    expect(demo.origin.requests.map(({ method }) => method)).toEqual(["HEAD"]);
  });

  test("and with a size beside it, nobody is asked", async () => {
    const demo = await origin(files);

    await resolved(fetcherFor("url", demo), ref, { sha256, size: 8 });

    expect(demo.origin.requests).toEqual([]);
  });

  test.each(["md5", "sha1"] as const)("an %s will do: the file is read once, and known by its sha256", async (kind) => {
    const demo = await origin(files);
    const fetcher = fetcherFor("url", demo);
    const options = { [kind]: digest(kind, words) };

    const manifest = await resolved(fetcher, ref, options);
    demo.origin.clear();
    const again = await resolved(fetcher, ref, options, manifest);

    expect(manifest.entries).toMatchObject([{ size: words.length, digest: `sha256:${sha256}` }]);
    expect(again).toEqual(manifest);
    expect(demo.origin.requests).toEqual([]);
  });

  test.each(["md5", "sha1"] as const)("an %s that is not true of the bytes is an error", async (kind) => {
    const refused = resolved(fetcherFor("url", await origin(files)), ref, { [kind]: digest(kind, "other") });

    await expect(refused).rejects.toMatchObject({
      code: "DIGEST_MISMATCH",
      message: expect.stringContaining(`expected ${kind} ${digest(kind, "other")}  received ${digest(kind, words)}`),
    });
  });

  test("and without one it is said how to come by it", async () => {
    await expect(resolved(url({ machine: plain }), ref)).rejects.toMatchObject({
      code: "BAD_CONFIG",
      hint: expect.stringContaining("sha256sum"),
    });
  });

  test("and two that disagree are an error", async () => {
    const refused = resolved(url({ machine: plain }), `${ref}@${sha256}`, { sha256: "0".repeat(64) });

    await expect(refused).rejects.toMatchObject({ code: "BAD_CONFIG" });
  });
});

test("reading continues where a connection broke", async () => {
  const large = new Uint8Array(300_000).fill(7);
  const demo = await origin({ "models.example.com/a/words.txt": large });
  demo.origin.fault("/files/", { type: "cut", at: 100_000 }, 1);

  const manifest = await resolved(fetcherFor("url", demo), ref, { md5: digest("md5", large) });

  expect(manifest.revision).toBe(digest("sha256", large));
  expect(demo.origin.ranges).toEqual([undefined, expect.stringMatching(/^bytes=\d+-$/)]);
});

test.skipIf(whyNoSmallDisk)(
  "a full folder for temporary files is told as such, and nothing is left there",
  async () => {
    const large = new Uint8Array(600_000).fill(7);
    const demo = await origin({ "models.example.com/a/words.txt": large });
    const { dir } = await smallDisk(400_000);
    vi.stubEnv("TMPDIR", dir);
    onTestFinished(() => void vi.unstubAllEnvs());

    const refused = resolved(fetcherFor("url", demo), ref, { md5: digest("md5", large) });

    await expect(refused).rejects.toMatchObject({ code: "DISK_FULL", hint: expect.stringContaining("TMPDIR") });
    expect(await tree(dir)).toEqual([]);
    expect(demo.origin.requests).toHaveLength(1);
  },
);

describe("an archive with unzip", () => {
  const zip = zipSync({
    "lists/en.txt": strToU8("one\n"),
    "lists/de/de.txt": strToU8("eins\n"),
    README: strToU8("hi"),
  });
  const archive = { "models.example.com/lists.zip": zip };
  const zipRef = "url:https://models.example.com/lists.zip";
  const options = { sha256: digest("sha256", zip), unzip: true };

  test("is a folder of files, each with its digest in the manifest", async () => {
    const dir = join(await tempDir(), "files");
    const fetcher = fetcherFor("url", await origin(archive), { dir });

    const { path, manifest } = await install(fetcher, zipRef, { options });

    expect(path).toBe(join(dir, "models.example.com/lists"));
    expect(await tree(path)).toEqual(["README 2", "lists/de/de.txt 5", "lists/en.txt 4"]);
    expect(await readFile(join(path, "lists/en.txt"), "utf8")).toBe("one\n");
    expect(manifest.entries).toMatchObject([
      {
        type: "archive",
        format: "zip",
        members: [{ path: "README" }, { path: "lists/de/de.txt" }, { path: "lists/en.txt" }],
      },
    ]);
  });

  test("that was locked before is not read again, as long as it is the same", async () => {
    const demo = await origin(archive);
    const fetcher = fetcherFor("url", demo);
    const manifest = await resolved(fetcher, zipRef, options);
    demo.origin.clear();

    const known = await resolved(fetcher, zipRef, options, manifest);
    const asked = demo.origin.requests.length;
    const moved = await resolved(fetcher, zipRef, { ...options, target: "elsewhere" }, manifest);

    expect(known).toEqual(manifest);
    expect(asked).toBe(0);
    expect(moved.path).toBe("elsewhere");
    expect(moved.entries).toMatchObject([
      { path: "elsewhere", digest: manifest.entries[0] && `sha256:${manifest.revision}` },
    ]);
  });

  test.each([
    ["climbs out", zipSync({ "../evil.txt": strToU8("x") }), "evil.txt"],
    ["is absolute", zipSync({ "/evil.txt": strToU8("x") }), "evil.txt"],
    ["holds what Windows has no name for", zipSync({ "a/aux.txt": strToU8("x") }), "Windows reserves"],
    ["holds a link", zipSync({ "a.txt": [strToU8("/etc/passwd"), { os: 3, attrs: 0o120777 << 16 }] }), "is a link"],
    ["swells", zipSync({ zeros: new Uint8Array(300 * 1024 * 1024) }, { level: 9 }), "it would unpack"],
    ["is empty", zipSync({}), "is an empty archive"],
    ["is none", strToU8("<html>".repeat(20)), "not a readable zip archive"],
  ])("that %s is refused", async (_, bytes, why) => {
    const fetcher = fetcherFor("url", await origin({ "models.example.com/lists.zip": bytes }));

    const refused = resolved(fetcher, zipRef, { sha256: digest("sha256", bytes), unzip: true });

    await expect(refused).rejects.toMatchObject({ code: "BAD_ANSWER", message: expect.stringContaining(why) });
  });

  test("whose bytes are others than its digest says is refused", async () => {
    const refused = resolved(fetcherFor("url", await origin(archive)), zipRef, { ...options, sha256: "0".repeat(64) });

    await expect(refused).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
  });
});

test("a lock can name no path but those of its own target", () => {
  const fetcher = url({ machine: plain });
  const owns = (options: Record<string, string | boolean>, path: string) =>
    fetcher.owns?.(parseRef(ref, { sha256, ...options }), sha256)(path);

  expect(owns({}, "models.example.com/a/words.txt")).toBe(true);
  expect(owns({}, "models.example.com/a/other.txt")).toBe(false);
  expect(owns({ target: "lists", unzip: true }, "lists/en/words.txt")).toBe(true);
  expect(owns({ target: "lists" }, "lists/en/words.txt")).toBe(false);
  expect(owns({ target: "lists", unzip: true }, "listed")).toBe(false);
});
