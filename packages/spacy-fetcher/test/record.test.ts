import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { formatRecord, parseRecord } from "../src/record.ts";

const sha256 = createHash("sha256").update("hello").digest();

test("a RECORD is read as Python's csv module reads it", () => {
  const hash = `sha256=${sha256.toString("base64url")}`;

  const lines = parseRecord(`a.py,${hash},5\r\n"b, ""c"".py",${hash}=,5\na-1.dist-info/RECORD,,\n`, "a.whl");

  const digest = `sha256:${sha256.toString("hex")}`;
  expect(lines).toEqual([
    { path: "a.py", digest, size: 5 },
    { path: 'b, "c".py', digest, size: 5 },
    { path: "a-1.dist-info/RECORD", digest: undefined, size: undefined },
  ]);
});

test("what was read is written again as it was", () => {
  const text = `a.py,sha256=${sha256.toString("base64url")},5\n"b, ""c"".py",,\n`;
  expect(formatRecord(parseRecord(text, "a.whl"))).toBe(text);
});

test.each([
  ["a.py,md5=AAAA,5\n", "has no sha256 for a.py"],
  ["a.py,sha256=AAAA,5\n", "has no sha256 for a.py"],
  ['"a.py,sha256=AAAA,5\n', "is no CSV in line 1"],
])("%j is refused", (text, why) => {
  expect(() => parseRecord(text, "a.whl")).toThrow(
    expect.objectContaining({ code: "BAD_ANSWER", message: expect.stringContaining(why) }),
  );
});
