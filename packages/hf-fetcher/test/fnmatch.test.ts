import { describe, expect, test } from "vitest";
import { pythonFnmatch } from "../src/index.ts";

describe("patterns match as Python's fnmatch does", () => {
  test.each<[pattern: string, path: string, matches: boolean]>([
    ["*.json", "config.json", true],
    ["*.json", "onnx/config.json", true],
    ["*.json", ".hidden.json", true],
    ["*.JSON", "config.json", false],
    ["**/*.json", "config.json", false],
    ["**/*.json", "onnx/config.json", true],
    ["onnx/*", "onnx/a/b.onnx", true],
    ["onnx/", "onnx/a.onnx", true],
    ["onnx", "onnx/a.onnx", false],
    ["onnx\\*.onnx", "onnx/a.onnx", true],
    ["model?.bin", "model1.bin", true],
    ["model?.bin", "model/.bin", true],
    ["model?.bin", "model.bin", false],
    ["model[12].bin", "model2.bin", true],
    ["model[1-3].bin", "model2.bin", true],
    ["model[3-1].bin", "model2.bin", false],
    ["model[!1].bin", "model2.bin", true],
    ["model[!1].bin", "model1.bin", false],
    ["model[]].bin", "model].bin", true],
    ["model[^1].bin", "model^.bin", true],
    ["model[a-].bin", "model-.bin", true],
    ["model[.bin", "model[.bin", true],
    ["a+b(c).bin", "a+b(c).bin", true],
    ["a.bin", "a-bin", false],
    ["*-00001-of-*", "m-00001-of-00002.gguf", true],
    ["?.txt", "😀.txt", true],
    ["*", "with\nnewline", true],
    ["", "a", false],
  ])("%s and %s: %s", (pattern, path, matches) => {
    expect(pythonFnmatch(path, pattern)).toBe(matches);
  });
});
