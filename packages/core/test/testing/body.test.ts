import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { bytes, contentOf, gitOid, pattern, sha256 } from "../../testing/index.ts";

test("a pattern reads the same in pieces as in one go", () => {
  const body = pattern(200_000, 7);

  const pieces = [
    body.read(0, 65_000),
    body.read(65_000, 65_536),
    body.read(65_536, 131_073),
    body.read(131_073, 200_000),
  ];

  expect(Buffer.concat(pieces.flatMap((piece) => [...piece])).equals(contentOf(body))).toBe(true);
});

test("a pattern differs by seed and by position", () => {
  const whole = contentOf(pattern(131_072, 1));

  expect(sha256(pattern(131_072, 1))).not.toBe(sha256(pattern(131_072, 2)));
  expect(whole.subarray(0, 65_536).equals(whole.subarray(65_536))).toBe(false);
});

test("a pattern of terabytes can be read near its end", () => {
  const size = 2 ** 42;

  const [chunk] = pattern(size).read(size - 10, size);

  expect(chunk).toHaveLength(10);
});

test("digests are those of sha256sum and git hash-object", () => {
  expect(sha256("abc")).toBe(createHash("sha256").update("abc").digest("hex"));
  expect(gitOid("")).toBe("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
  expect(gitOid(bytes("hello\n"))).toBe("ce013625030ba8dba906f756967f9e9ca394464a");
});
