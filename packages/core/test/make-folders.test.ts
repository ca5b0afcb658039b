import { existsSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { diskError } from "../src/disk-error.ts";
import { makeFolders } from "../src/make-folders.ts";
import { tempDir } from "../testing/index.ts";

let dir: string;

beforeEach(async () => {
  dir = await tempDir();
});

test("a folder is there afterwards, with all above it, and may have been there before", () => {
  const deep = join(dir, "a", "b", "c");

  makeFolders(deep);
  makeFolders(deep);

  expect(existsSync(deep)).toBe(true);
});

test("a link to a folder is one", () => {
  makeFolders(join(dir, "real"));
  symlinkSync("real", join(dir, "link"), "junction");

  makeFolders(join(dir, "link", "below"));

  expect(existsSync(join(dir, "real", "below"))).toBe(true);
});

test("a file in the way is named, and so is a link that leads nowhere", () => {
  writeFileSync(join(dir, "file"), "");
  symlinkSync("nowhere", join(dir, "link"));

  expect(refusal(join(dir, "file"))).toMatchObject({ code: "CORRUPT", message: expect.stringContaining("EEXIST") });
  expect(refusal(join(dir, "file", "below"))).toMatchObject({ code: "CORRUPT" });
  expect(refusal(join(dir, "link", "below"))).toMatchObject({ code: "CORRUPT" });
});

describe.skipIf(process.platform !== "linux")("a file system that takes no folders", () => {
  test.each(["/proc/x", "/proc/x/y/z", "/sys/x/y"])("ends the making of %s, and the folder is named", (path) => {
    expect(refusal(path)).toMatchObject({
      code: "NOT_WRITABLE",
      message: expect.stringMatching(/^\/(proc|sys)\/x cannot be made: .+ \((ENOENT|EPERM|EROFS|EACCES)\)$/),
    });
  });
});

function refusal(path: string): unknown {
  try {
    makeFolders(path);
    return undefined;
  } catch (error) {
    return diskError(error, path);
  }
}
