import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { type Digest, digestFile, digestOf, hexOf, isDigest, PreloadError } from "../src/index.ts";
import { contentOf, gitOid, pattern, sha256, tempDir } from "../testing/index.ts";

const sha: Digest = `sha256:${"0".repeat(64)}`;
const git: Digest = `git-sha1:${"0".repeat(40)}`;

test.each([
  ["", sha, "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["abc", sha, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  // What git says: printf '' | git hash-object --stdin, and the same for "hello".
  ["", git, "git-sha1:e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"],
  ["hello", git, "git-sha1:b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0"],
])("the digest of %j like %s", (text, like, expected) => {
  expect(digestOf(Buffer.from(text), like)).toBe(expected);
});

describe("a file", () => {
  test.each([0, 1, 1024 * 1024, 3_000_001, 40_000_001])("of %i bytes has the digest of its bytes", async (size) => {
    const body = pattern(size);
    const path = join(await tempDir(), "file");
    await writeFile(path, contentOf(body));
    let read = 0;
    const onRead = (bytes: number) => {
      read += bytes;
    };

    expect(await digestFile(path, { size, digest: sha }, { onRead })).toBe(`sha256:${sha256(body)}`);
    expect(read).toBe(size);
    expect(await digestFile(path, { size, digest: git })).toBe(`git-sha1:${gitOid(body)}`);
  });

  describe.each([3, 40_000_000])("of %i bytes", (size) => {
    let path: string;

    beforeEach(async () => {
      path = join(await tempDir(), "file");
      await writeFile(path, contentOf(pattern(size)));
    });

    test("is not read when it is told to stop beforehand", async () => {
      await expect(digestFile(path, { size, digest: sha }, { signal: AbortSignal.abort() })).rejects.toMatchObject({
        code: "ABORTED",
      });
    });

    test("is read no further once a deadline is over", async () => {
      const deadline = new PreloadError("DEADLINE", "not done after 1 second");
      const controller = new AbortController();
      const onRead = () => controller.abort(deadline);

      await expect(digestFile(path, { size, digest: sha }, { signal: controller.signal, onRead })).rejects.toBe(
        deadline,
      );
    });
  });
});

test.each([
  [sha, true],
  [git, true],
  [`sha256:${"a".repeat(63)}`, false],
  [`sha256:${"A".repeat(64)}`, false],
  [`git-sha1:${"a".repeat(64)}`, false],
  [`sha512:${"a".repeat(64)}`, false],
  [`sha256:${"a".repeat(64)}\n`, false],
  ["a".repeat(64), false],
  ["", false],
])("%j is a digest: %s", (text, expected) => {
  expect(isDigest(text)).toBe(expected);
});

test("the bare part of a digest", () => {
  expect(hexOf("sha256:abc" as Digest)).toBe("abc");
});
