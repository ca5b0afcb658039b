import { downloadFile, listFiles, modelInfo, pathsInfo, whoAmI } from "@huggingface/hub";
import { sha256 } from "@preload/core/testing";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { type DemoOrigin, demoToken, startDemoOrigin } from "../src/index.ts";

// The Hub's own client must not notice that it talks to somebody else.

const repo = "preload-demo/tiny-bart";
let demo: DemoOrigin;
let hubUrl: string;

beforeEach(async () => {
  demo = await startDemoOrigin({ pageSize: 5 });
  onTestFinished(() => demo.close());
  hubUrl = demo.endpoints.hf;
});

test("@huggingface/hub reads about a model", async () => {
  const info = await modelInfo({ name: repo, hubUrl, additionalFields: ["sha", "cardData"] });

  expect(info).toMatchObject({ name: repo, gated: false, private: false, cardData: { license: "apache-2.0" } });
  expect(info.sha).toMatch(/^[0-9a-f]{40}$/);
});

test("@huggingface/hub lists all pages of a tree", async () => {
  const paths: string[] = [];
  for await (const { type, path } of listFiles({ repo, hubUrl, recursive: true }))
    if (type === "file") paths.push(path);

  expect(paths).toEqual(
    expect.arrayContaining([".gitattributes", "config.json", "model.safetensors", "onnx/model.onnx"]),
  );
  expect(paths).toHaveLength(15);
  expect(demo.origin.count("/tree/")).toBe(4);
});

test("@huggingface/hub downloads small and large files whole", async () => {
  for (const path of ["config.json", "model.safetensors"]) {
    const [entry] = await pathsInfo({ repo, hubUrl, paths: [path] });
    const blob = await downloadFile({ repo, path, hubUrl, revision: "main", xet: false });
    const content = new Uint8Array((await blob?.arrayBuffer()) ?? []);

    expect(content).toHaveLength(entry?.size ?? -1);
    if (entry?.lfs) expect(sha256(content)).toBe(entry.lfs.oid);
  }
});

test("@huggingface/hub gets into a gated repository with the right token only", async () => {
  const file = { repo: "preload-demo/gated-bart", path: "config.json", hubUrl };

  await expect(downloadFile(file)).rejects.toMatchObject({ statusCode: 401 });
  expect((await downloadFile({ ...file, accessToken: demoToken }))?.size).toBeGreaterThan(0);
  expect(await whoAmI({ hubUrl, accessToken: demoToken })).toMatchObject({ name: "demo" });
});
