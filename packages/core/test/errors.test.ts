import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { causeOf, exitCodeOf, PreloadError, worstExitCode } from "../src/index.ts";

describe("the exit code", () => {
  test.each([
    ["of none is 0", [], 0],
    ["of a bug is 1", [new TypeError("x")], 1],
    ["of one failure is its own", [new PreloadError("GATED", "x")], 6],
    [
      "of several is that of the most serious",
      [new PreloadError("NETWORK", "x"), new PreloadError("DISK_FULL", "x")],
      7,
    ],
    ["of anything and a bug is 1", [new PreloadError("DISK_FULL", "x"), new TypeError("x")], 1],
    [
      "of wrong bytes weighs more than that of a network",
      [new PreloadError("NETWORK", "x"), new PreloadError("DIGEST_MISMATCH", "x")],
      4,
    ],
    ["of an interruption outweighs all", [new TypeError("x"), new PreloadError("ABORTED", "x")], 130],
  ])("%s", (_, errors, expected) => {
    expect(worstExitCode(errors)).toBe(expected);
  });

  test("of something thrown that is no error is 1", () => {
    expect(exitCodeOf("x")).toBe(1);
  });
});

test("a cause keeps code and message, and nothing that hangs on the error", () => {
  const error = Object.assign(new Error("connect ECONNREFUSED"), {
    code: "ECONNREFUSED",
    request: { headers: { authorization: "Bearer hf_secret" } },
  });

  const cause = causeOf(error);

  expect(cause).toMatchObject({ code: "ECONNREFUSED", message: "connect ECONNREFUSED" });
  expect(inspect(cause, { depth: 10 })).not.toContain("hf_secret");
});
