import type { Entry, Manifest } from "@preload/core";
import { expect, test } from "vitest";
import { entriesOf, type LockedModel, setOf } from "../src/ci/entries.ts";

const commit = "a".repeat(40);
const [blob, text] = [`sha256:${"b".repeat(64)}`, `sha256:${"c".repeat(64)}`] as const;
const view = { workspace: "/home/runner/work/app/app", machine: { platform: "linux" } } as const;

const bart = manifest("hf:facebook/bart-base", `models--facebook--bart-base/snapshots/${commit}`, [
  file("models--facebook--bart-base/blobs/bb", 900, blob),
  {
    type: "link",
    path: `models--facebook--bart-base/snapshots/${commit}/model.safetensors`,
    target: "../../blobs/bb",
  },
  { type: "absent", path: `models--facebook--bart-base/.no_exist/${commit}`, names: ["model.safetensors"] },
  { type: "text", path: "models--facebook--bart-base/refs/main", text: commit },
]);
const tiny = manifest("whisper:tiny.en", "tiny.en.pt", [file("tiny.en.pt", 100, text)]);

test("keys, as caches that were saved by earlier versions have them", () => {
  // What is stored under these names in the caches of others. A difference here makes each of them fetch everything once.
  expect(entriesOf([inHub(bart), inWhisper(tiny)], view).map(({ key }) => key)).toMatchInlineSnapshot(`
    [
      "preload-1-hf-facebook-bart-base-d3128e5379c3d9e9b42da2065707da8f",
      "preload-1-whisper-tiny-en-648ae7feeb7004d7f7b4a30b870d10a2",
    ]
  `);
  expect(setOf([inHub(bart), inWhisper(tiny)], view).key).toMatchInlineSnapshot(
    `"preload-1-set-6188713e-d1e91a0f6ba9c4adc38756d97aa75e96"`,
  );
});

test("an entry names exactly what the lock reaches, absolute and as the workspace sees it", () => {
  const [entry] = entriesOf([inHub(bart)], view);

  expect(entry?.paths).toEqual([
    "/home/runner/.cache/huggingface/hub/models--facebook--bart-base/blobs/bb",
    "/home/runner/.cache/huggingface/hub/models--facebook--bart-base/refs/main",
    `/home/runner/.cache/huggingface/hub/models--facebook--bart-base/snapshots/${commit}/model.safetensors`,
  ]);
  expect(entry?.relativePaths[0]).toBe("../../../.cache/huggingface/hub/models--facebook--bart-base/blobs/bb");
  expect([entry?.ref, entry?.bytes, entry?.restorePrefix]).toEqual(["hf:facebook/bart-base", 900, null]);
});

test("a set holds each file once, and begins as an older set in the same places does", () => {
  const moved = { ...bart, entries: bart.entries.slice(0, 1), ref: "hf:facebook/bart-base@v1", revision: "v1" };
  const [one, other] = [setOf([inHub(bart), inHub(moved)], view), setOf([inHub(bart)], view)];

  expect([one.bytes, one.paths.length, one.refs]).toEqual([900, 3, ["hf:facebook/bart-base", moved.ref]]);
  expect(one.key.startsWith(other.restorePrefix ?? "none")).toBe(true);
  expect(one.key).not.toBe(other.key);
});

test("refs that mean the same files are one entry", () => {
  const again = { ...bart, ref: "hf:facebook/bart-base@main" };

  const entries = entriesOf([{ ...inHub(bart), optional: true }, inHub(again)], view);

  expect(entries.map(({ ref, refs, optional }) => ({ ref, refs, optional }))).toEqual([
    { ref: bart.ref, refs: [bart.ref, again.ref], optional: false },
  ]);
});

test("a lock whose paths lead out of the client's directory gets no key", () => {
  const thief = manifest("whisper:tiny.en", "tiny.en.pt", [file("../../.ssh/id_ed25519", 100, text)]);

  expect(() => entriesOf([inWhisper(thief)], view)).toThrow("it climbs out of its folder");
});

test.each([
  ["hf:facebook/bart-base@v1.0", "preload-1-hf-facebook-bart-base-"],
  ["whisper:tiny.en", "preload-1-whisper-tiny-en-"],
  ["url:https://models.example/a/model.bin?token=secret", "preload-1-url-model-bin-"],
  ["torch:https://user:secret@models.example/a/", "preload-1-torch-model-"],
  [`hf:org/${"long".repeat(20)}`, `preload-1-hf-org-${"long".repeat(14)}-`],
])("the key of %s is readable, and tells no secret", (ref, start) => {
  const [entry] = entriesOf([inWhisper({ ...tiny, ref })], view);

  expect(entry?.key.slice(0, -32)).toBe(start);
  expect(entry?.key).toMatch(/^[a-z0-9_-]+$/);
});

function manifest(ref: string, path: string, entries: readonly Entry[]): Manifest {
  return { ref, options: {}, revision: commit, path, entries, leftOut: { files: 0, bytes: 0 }, requires: [] };
}

function file(path: string, size: number, digest: typeof blob | typeof text): Entry {
  return { type: "file", path, url: `https://models.example/${path}`, size, digest };
}

function inHub(model: Manifest): LockedModel {
  return { manifest: model, fetcher: { dir: "/home/runner/.cache/huggingface/hub" }, optional: false };
}

function inWhisper(model: Manifest): LockedModel {
  return { manifest: model, fetcher: { dir: "/home/runner/.cache/whisper" }, optional: false };
}
