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
