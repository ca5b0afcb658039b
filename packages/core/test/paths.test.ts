import { describe, expect, test } from "vitest";
import { safePath, targetOf } from "../src/index.ts";

const everywhere = ["linux", "darwin", "win32"] as const;

test.each([
  "config.json",
  "a/b/c.txt",
  ".no_exist/abc/added_tokens.json",
  "...",
  "a..b",
  "..a/b",
  "a b/ü.txt",
  "models--org--name/blobs/abc",
  "nul-model.txt",
  "console.log",
])("%j is safe everywhere", (path) => {
  for (const platform of everywhere)
    if (platform !== "win32" || !/\.$/.test(path)) expect(safePath(path, platform)).toBe(path);
});

describe("a path is refused on every system when it", () => {
  test.each([
    ["is empty", ""],
    ["is absolute", "/etc/passwd"],
    ["is absolute", "\\Windows"],
    ["is absolute", "\\\\host\\share\\file"],
    ["is absolute", "//host/share/file"],
    ["is absolute", "\\\\?\\C:\\file"],
    ["names a drive", "C:\\file"],
    ["names a drive", "c:file"],
    ["climbs out of its folder", ".."],
    ["climbs out of its folder", "../file"],
    ["climbs out of its folder", "a/../../file"],
    ["climbs out of its folder", "a/.."],
    ["climbs out of its folder", "a\\..\\..\\file"],
    ["climbs out of its folder", "..\\file"],
    ["has an empty part", "."],
    ["has an empty part", "a//b"],
    ["has an empty part", "a/./b"],
    ["has an empty part", "a/"],
    ["has an empty part", "./a"],
    ["holds a NUL", "a\0b"],
  ])("%s: %j", (reason, path) => {
    for (const platform of everywhere) {
      expect(() => safePath(path, platform)).toThrow(
        expect.objectContaining({ code: "BAD_ANSWER", message: expect.stringContaining(reason) }),
      );
    }
  });
});

describe("a path is refused on Windows alone when it is", () => {
  test.each([
    ["a device", "nul"],
    ["a device", "NUL.txt"],
    ["a device", "a/con/b"],
    ["a device", "aux.tar.gz"],
    ["a device", "COM1"],
    ["a device", "lpt9.bin"],
    ["a stream of a file", "file:stream"],
    ["a pattern", "a*b"],
    ["a pattern", "what?"],
    ["in quotes", 'a"b'],
    ["cut off by Windows", "name."],
    ["cut off by Windows", "name /b"],
    ["not to be printed", "a\u0007b"],
  ])("%s: %j", (_, path) => {
    expect(safePath(path, "linux")).toBe(path);
    expect(() => safePath(path, "win32")).toThrow(expect.objectContaining({ code: "BAD_ANSWER" }));
  });
});

test.each([
  ["snapshots/abc/config.json", "../../blobs/1", "blobs/1"],
  ["snapshots/abc/onnx/model.onnx", "../../../blobs/1", "blobs/1"],
  ["link", "file", "file"],
  ["a/link", "./b/../file", "a/file"],
])("a link at %s to %s leads to %s", (path, target, expected) => {
  expect(targetOf(path, target)).toBe(expected);
});
