import { expect, test } from "vitest";
import { layout } from "../src/layout.ts";
import type { Repo } from "../src/repo.ts";
import { lines } from "./world.ts";

const commit = "0123456789abcdef0123456789abcdef01234567";
const git = "a".repeat(40);
const lfs = "b".repeat(64);
const repo: Repo = { type: "model", id: "org/tiny", revision: "main", ref: "hf:org/tiny" };
const config = { path: "config.json", size: 2, digest: `git-sha1:${git}` } as const;
const weights = { path: "model.safetensors", size: 9, digest: `sha256:${lfs}` } as const;
const laid = { repo, commit, files: [config, weights], lacking: ["generation_config.json"], alias: [] };

test("the layout that huggingface_hub and transformers read", () => {
  // A contract with other programs. A difference here is a breaking change.
  expect(lines(layout(laid))).toEqual([
    `models--org--tiny/blobs/${git} 2`,
    `models--org--tiny/blobs/${lfs} 9`,
    `models--org--tiny/snapshots/${commit}/config.json -> ../../blobs/${git}`,
    `models--org--tiny/snapshots/${commit}/model.safetensors -> ../../blobs/${lfs}`,
    `models--org--tiny/.no_exist/${commit}/generation_config.json ""`,
    `models--org--tiny/.no_exist/${commit}/ without config.json, model.safetensors`,
    `models--org--tiny/refs/main "${commit}"`,
  ]);
});

test("links lead out of as many folders as the file lies in", () => {
  const files = [{ ...config, path: "1_Pooling/a b/config.json" }];
  expect(lines(layout({ ...laid, files }))).toContain(
    `models--org--tiny/snapshots/${commit}/1_Pooling/a b/config.json -> ../../../../blobs/${git}`,
  );
});

test("files with the same content share one blob", () => {
  const files = [config, { ...config, path: "copy.json" }];
  expect(lines(layout({ ...laid, files })).filter((line) => line.includes("/blobs/") && !line.includes("->"))).toEqual([
    `models--org--tiny/blobs/${git} 2`,
  ]);
});

test("addresses are the public Hub's, and encoded", () => {
  const files = [{ ...config, path: "a b/c#d%20é?.json" }];
  expect(layout({ ...laid, files })[0]).toMatchObject({
    url: `https://huggingface.co/org/tiny/resolve/${commit}/a%20b/c%23d%2520%C3%A9%3F.json`,
  });
});

test.each<[type: Repo["type"], folder: string, base: string]>([
  ["model", "models--org--tiny", "https://huggingface.co/org/tiny"],
  ["dataset", "datasets--org--tiny", "https://huggingface.co/datasets/org/tiny"],
  ["space", "spaces--org--tiny", "https://huggingface.co/spaces/org/tiny"],
])("a %s is kept in %s", (type, folder, base) => {
  const [blob] = layout({ ...laid, repo: { ...repo, type } });
  expect(blob).toMatchObject({ path: `${folder}/blobs/${git}`, url: `${base}/resolve/${commit}/config.json` });
});

test.each<[title: string, revision: string, alias: string[], refs: string[]]>([
  ["a branch has the name it was asked for by", "v1.0", [], ["v1.0"]],
  ["a pull request's ref is a path within refs", "refs/pr/3", [], ["refs/pr/3"]],
  ["a branch may have further names", "v1.0", ["main", "v1.0"], ["v1.0", "main"]],
  ["a pinned commit has the names the application uses", commit, ["main"], ["main"]],
  ["a pinned commit without any is kept from pruning", commit, [], ["preload-0123456789ab"]],
])("%s", (_, revision, alias, refs) => {
  const entries = layout({ ...laid, repo: { ...repo, revision }, alias });
  expect(lines(entries).slice(-refs.length)).toEqual(refs.map((name) => `models--org--tiny/refs/${name} "${commit}"`));
  expect(lines(entries).filter((line) => line.includes("/refs/")).length).toBe(refs.length);
});
