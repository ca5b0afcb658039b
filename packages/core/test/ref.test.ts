import { describe, expect, test } from "vitest";
import { formatRef, parseRef } from "../src/index.ts";

describe("a ref is taken apart, and put together again", () => {
  test.each([
    ["whisper:tiny.en", "whisper", "tiny.en", undefined],
    ["spacy:en_core_web_sm@3.8.0", "spacy", "en_core_web_sm", "3.8.0"],
    ["hf:facebook/bart-base@main", "hf", "facebook/bart-base", "main"],
    ["hf:gpt2", "hf", "gpt2", undefined],
    ["hf:Org/Name@refs/pr/3", "hf", "Org/Name", "refs/pr/3"],
    ["hf:org/name@a@b", "hf", "org/name", "a@b"],
    ["my-models:a:b", "my-models", "a:b", undefined],
  ])("%s", (text, scheme, name, revision) => {
    const ref = parseRef(text, { weights: "bin" });

    expect(ref).toEqual({ scheme, name, options: { weights: "bin" }, ...(revision === undefined ? {} : { revision }) });
    expect(formatRef(ref)).toBe(text);
  });
});

test("slashes as in an address are accepted", () => {
  expect(formatRef(parseRef("hf://facebook/bart-base@main"))).toBe("hf:facebook/bart-base@main");
});

describe("what is no ref is refused, in the words of the one who wrote it", () => {
  test.each([
    "",
    "bart-base",
    "facebook/bart-base",
    "hf:",
    "hf:@main",
    "hf:org/name@",
    ":tiny",
    "HF:tiny",
    "hf :tiny",
    " hf:tiny",
    "hf:tiny ",
    "hf:ti ny",
    "hf:tiny\n",
    "hf:ti\u0000ny",
    "hf:ti\u001bny",
    "https://huggingface.co/gpt2 ",
  ])("%j", (text) => {
    expect(() => parseRef(text)).toThrow(
      expect.objectContaining({
        code: "BAD_REF",
        message: `${JSON.stringify(text)} is not a ref`,
        hint: expect.stringContaining("scheme:name"),
      }),
    );
  });
});
