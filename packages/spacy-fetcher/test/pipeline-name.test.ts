import { parseRef } from "@preload/core";
import { expect, test } from "vitest";
import { canonicalRef } from "../src/pipeline-name.ts";

test.each([
  ["spacy:en_core_web_sm", "spacy:en_core_web_sm"],
  ["spacy://en_core_web_sm", "spacy:en_core_web_sm"],
  ["spacy:en_core_web_sm@3.8.0", "spacy:en_core_web_sm@3.8.0"],
  ["spacy:en", "spacy:en_core_web_sm"],
  ["spacy:xx@3.8.0", "spacy:xx_ent_wiki_sm@3.8.0"],
])("%s means %s", (text, canonical) => {
  expect(canonicalRef(parseRef(text))).toBe(canonical);
});

test.each([
  ["spacy:en-core-web-sm", "Write spacy:en_core_web_sm."],
  ["spacy:en_core_web_sm-3.8.0", "Write spacy:en_core_web_sm@3.8.0."],
  ["spacy:en_core_web_sm==3.8.0", "Write spacy:en_core_web_sm@3.8.0."],
  ["spacy:../en_core_web_sm", "Write spacy:___en_core_web_sm."],
  ["spacy:en_core_web_sm@main", "A version looks like spacy:en_core_web_sm@3.8.0."],
  ["spacy:en_core_web_sm@3.8.0/..", "A version looks like spacy:en_core_web_sm@3.8.0."],
])("%s is refused with a word on what to write", (text, hint) => {
  expect(() => canonicalRef(parseRef(text))).toThrow(expect.objectContaining({ code: "BAD_REF", hint }));
});
