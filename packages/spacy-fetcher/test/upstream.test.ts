import { formatRef, parseRef } from "@preload/core";
import { expect, test } from "vitest";
import { fetcherFor, origin, tiny } from "./worlds.ts";

const releases = [
  tiny({ version: "3.7.0", spacyKeys: ["3.7"] }),
  tiny({ version: "3.8.0", spacyKeys: ["3.8"] }),
  tiny({ version: "4.0.0a1", spacyKeys: ["4.0.0.dev1"] }),
];
const ref = parseRef("spacy:en_tiny");

test("a version that is not made for the spaCy that is here is told, and the one that is", async () => {
  const { endpoints } = await origin(releases);
  const ask = (version: string, revisions: string[]) => fetcherFor(endpoints, { version }).upstream?.(ref, revisions);

  expect(await ask("3.8.7", ["3.7.0", "3.8.0"])).toEqual({
    dates: {},
    misfit: "3.7.0 is not made for spaCy 3.8.7 (the version option); 3.8.0 is",
    remarks: [],
    page: "https://github.com/explosion/spacy-models/releases/tag/en_tiny-3.8.0",
  });
  expect(await ask("3.6", ["3.7.0"])).toMatchObject({ misfit: expect.stringContaining("and no other is") });
});

test("a newer version for another spaCy is worth a remark, a pre-release is not", async () => {
  const { endpoints } = await origin(releases);
  const ask = (version: string, revision: string) => fetcherFor(endpoints, { version }).upstream?.(ref, [revision]);

  expect(await ask("3.7", "3.7.0")).toMatchObject({ remarks: ["3.8.0 is there for spaCy 3.8"] });
  expect((await ask("3.8", "3.8.0"))?.remarks).toEqual([]);
  expect((await ask("3.8", "9.9.9"))?.remarks).toEqual([]);
});

test("nothing is told when the table cannot be read", async () => {
  const demo = await origin(releases);
  await demo.close();

  expect(await fetcherFor(demo.endpoints).upstream?.(ref, ["3.7.0"])).toMatchObject({ dates: {}, remarks: [] });
});

test("a version in the ref follows the one without", () => {
  const { follows } = fetcherFor({ spacy: "http://127.0.0.1:1" });

  expect(formatRef(follows?.(parseRef("spacy:en_tiny@3.7.0")) ?? ref)).toBe("spacy:en_tiny");
  expect(follows?.(ref)).toBeUndefined();
});
