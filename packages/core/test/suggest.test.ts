import { describe, expect, test } from "vitest";
import { closest, didYouMean } from "../src/index.ts";

const sizes = ["tiny", "tiny.en", "base", "base.en", "small", "large-v3", "turbo"];

describe("the likeliest name for", () => {
  test.each([
    ["tiny-en", "tiny.en"],
    ["tny", "tiny"],
    ["BASE", "base"],
    ["samll", "small"],
    ["large-v33", "large-v3"],
    ["trubo", "turbo"],
    ["base.e", "base.en"],
    ["banana-split", undefined],
    ["xyz", undefined],
  ])("%s is %s", (name, expected) => {
    expect(closest(name, sizes)).toBe(expected);
  });
});

test("a hint names the likeliest, or all, or says that there are none", () => {
  expect(didYouMean("tiny-en", sizes)).toBe("Did you mean tiny.en?");
  expect(didYouMean("banana-split", ["one", "two"])).toBe("Known are one, two.");
  expect(didYouMean("one", [])).toBe("There are none.");
});

test("a name that is longer than any slip is not compared letter by letter", () => {
  const long = Array.from({ length: 200 }, (_, index) => `${"x".repeat(50)}${index}`);

  // Its cost would grow with both lengths: this would be 10^10 steps.
  expect(closest("x".repeat(1_000_000), long)).toBeUndefined();
});
