import { parseRef } from "@preload/core";
import { describe, expect, test } from "vitest";
import { chooseVersion } from "../src/choose-version.ts";
import { type Compatibility, lineFor } from "../src/compatibility.ts";

const table: Compatibility = {
  "3.8": { en_core_web_sm: ["3.8.0", "3.8.0a1"], en_core_web_md: ["3.8.0"], en_core_web_lg: ["3.8.0"] },
  "3.10": { en_core_web_sm: ["3.10.1"] },
  "3.1": { en_core_web_sm: ["3.1.0"], pl_core_news_lg: ["3.1.0"] },
  "3.0.9": { en_core_web_sm: ["3.0.0"] },
  "3.0.10": { en_core_web_sm: ["3.0.0"] },
  "3.0.0rc1": { en_core_web_sm: ["3.0.0a1"] },
  "4.0.0.dev1": { en_core_web_sm: ["4.0.0a1"] },
  "2.3.1": { en_core_web_sm: ["2.3.1"] },
};

describe("the line of the compatibility table that spaCy itself would read", () => {
  test.each([
    ["3.8.7", "3.8"],
    ["3.8", "3.8"],
    ["3.8.7.post1", "3.8"],
    ["3.1.4", "3.1"],
    ["3.0.9", "3.0.9"],
    ["3.0", "3.0.10"],
    ["3.0.11", undefined],
    ["2.3.1", "2.3.1"],
    ["2.3.2", undefined],
    ["3.0.0rc1", "3.0.0rc1"],
    ["3.0.0.rc1", "3.0.0rc1"],
    ["3.8.0.dev1", undefined],
    ["4.0.0.dev1", "4.0.0.dev1"],
    ["9.9.9", undefined],
    [undefined, "3.10"],
  ])("of spaCy %s is %s", (version, line) => {
    expect(lineFor(version, table)).toBe(line);
  });
});

const choose = (name: string, version?: string) =>
  chooseVersion(parseRef(`spacy:${name}`), { version, rule: ".venv" }, table);

test("the first version of a line is the best", () => {
  expect(choose("en_core_web_sm", "3.8.7")).toBe("3.8.0");
  expect(choose("en", "3.8")).toBe("3.8.0");
});

test.each([
  ["en_core_web_smal", "3.8.7", "NOT_FOUND", "unknown pipeline for spaCy 3.8.7 (.venv); did you mean en_core_web_sm"],
  ["nothing_like_it", "3.8.7", "NOT_FOUND", "unknown pipeline for spaCy 3.8.7 (.venv)"],
  ["toString", "3.8.7", "NOT_FOUND", "unknown pipeline"],
  ["pl_core_news_lg", "3.8.7", "REVISION_NOT_FOUND", "pl_core_news_lg has no version for spaCy 3.8.7 (.venv)"],
  ["en_core_web_sm", "9.9", "NOT_FOUND", "no pipelines are published for spaCy 9.9 (.venv)"],
  ["en_core_web_sm", "three", "BAD_CONFIG", "three is no version of spaCy"],
])("%s for spaCy %s is %s", (name, version, code, message) => {
  expect(() => choose(name, version)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) }),
  );
});
