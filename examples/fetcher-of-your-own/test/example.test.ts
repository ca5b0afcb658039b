import { readFile } from "node:fs/promises";
import { install, thisMachine } from "@preload/core";
import { serve, sha256, tempDir } from "@preload/core/testing";
import { expect, onTestFinished, test } from "vitest";
import { words } from "../index.mjs";

const english = "apple\nbook\nchair\n";

test("a fetcher of one's own puts its file where its program looks, verified, and once", async () => {
  const origin = await serve({ "/english.txt": english });
  onTestFinished(origin.close);
  const machine = { ...thisMachine(), home: await tempDir() };
  const known = { english: { size: english.length, digest: `sha256:${sha256(english)}` } };
  const fetcher = words({ machine, base: origin.url, known });

  const { path } = await install(fetcher, "english");
  await install(fetcher, "english");

  expect(await readFile(path, "utf8")).toBe(english);
  expect(origin.count()).toBe(1);
});

test("bytes that are not the promised ones are refused", async () => {
  const origin = await serve({ "/english.txt": english });
  onTestFinished(origin.close);
  const machine = { ...thisMachine(), home: await tempDir() };
  const known = { english: { size: english.length, digest: `sha256:${"0".repeat(64)}` } };

  await expect(install(words({ machine, base: origin.url, known }), "english")).rejects.toMatchObject({
    code: "DIGEST_MISMATCH",
  });
});
