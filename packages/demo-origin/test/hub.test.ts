import { pattern, sha256 } from "@preload/core/testing";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { type Catalog, type DemoOrigin, type DemoOriginOptions, hubRepo, startDemoOrigin } from "../src/index.ts";

const weights = pattern(5000);
const files = { "config.json": "{}\n", "empty.txt": "", "model.bin": weights, "onnx/deep/model.onnx": "onnx" };
const repo = hubRepo({
  id: "org/tiny",
  files,
  revisions: { dev: { "config.json": "old\n" }, "refs/pr/1": { "pr.txt": "pr\n" } },
  license: "mit",
  cardData: { tags: ["small"] },
  renamedFrom: ["org/former", "tiny"],
});
const commit = repo.revisions.get("main")?.sha;
let demo: DemoOrigin;

beforeEach(async () => {
  demo = await start({ pageSize: 1000 });
});

async function start(options: DemoOriginOptions) {
  const catalog: Catalog = {
    repos: [
      repo,
      hubRepo({ id: "org/data", kind: "datasets", files: { "a.txt": "a" } }),
      hubRepo({ id: "org/gated", files, gated: "manual" }),
      hubRepo({ id: "org/secret", files, private: true }),
      hubRepo({ id: "org/off", files, disabled: true }),
    ],
    whisper: [],
    spacy: [],
    tokens: { hf_good: { accepted: ["org/gated"], owned: ["org/secret"] }, hf_other: {} },
  };
  const started = await startDemoOrigin({ catalog, ...options });
  onTestFinished(() => started.close());
  return started;
}

function ask(path: string, init: RequestInit & { token?: string } = {}) {
  const headers = { ...(init.token && { authorization: `Bearer ${init.token}` }), ...init.headers };
  return fetch(demo.endpoints.hf + path, { redirect: "manual", ...init, headers });
}

// biome-ignore lint/suspicious/noExplicitAny: what comes back is compared as a whole.
async function askJson(path: string, init?: RequestInit): Promise<any> {
  return (await ask(path, init)).json();
}

test("tells the commit and the files of a repository", async () => {
  const info = await askJson("/api/models/org/tiny");

  expect(info).toMatchObject({ id: "org/tiny", sha: commit, gated: false, private: false, disabled: false });
  expect(info).toMatchObject({ cardData: { license: "mit" }, tags: ["small", "license:mit"] });
  expect(info.siblings).toEqual(Object.keys(files).map((rfilename) => ({ rfilename })));
});

test("tells sizes and digests when asked for blobs", async () => {
  const { siblings } = await askJson("/api/models/org/tiny/revision/main?blobs=true");

  expect(siblings[1]).toEqual({ rfilename: "empty.txt", blobId: "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", size: 0 });
  expect(siblings[2].lfs).toEqual({ sha256: sha256(weights), size: 5000, pointerSize: 129 });
});

test("tells only what expand names", async () => {
  const info = await askJson("/api/models/org/tiny?expand=gated&expand[]=sha");

  expect(info).toEqual({ _id: expect.any(String), id: "org/tiny", gated: false, sha: commit });
});

test.each(["main", "HEAD", commit])("knows the revision %s", async (revision) => {
  expect((await askJson(`/api/models/org/tiny/revision/${revision}`)).sha).toBe(commit);
});

test.each(["/api/models/org/tiny/tree/refs%2Fpr%2F1", "/api/models/org/tiny/tree/refs/pr/1"])(
  "lists a ref with slashes at %s",
  async (path) => {
    expect(await askJson(path)).toMatchObject([{ path: "pr.txt" }]);
  },
);

test("lists a folder, or everything", async () => {
  const paths = async (path: string) => {
    const entries: { path: string; type: string }[] = await askJson(path);
    return entries.map((entry) => `${entry.type} ${entry.path}`);
  };

  expect(await paths("/api/models/org/tiny/tree/main")).toEqual([
    "directory onnx",
    "file config.json",
    "file empty.txt",
    "file model.bin",
  ]);
  expect(await paths("/api/models/org/tiny/tree/main/onnx")).toEqual(["directory onnx/deep"]);
  expect(await paths("/api/models/org/tiny/tree/main/onnx?recursive=true")).toEqual([
    "directory onnx/deep",
    "file onnx/deep/model.onnx",
  ]);
  expect((await ask("/api/models/org/tiny/tree/main/nowhere")).status).toBe(404);
});

test("describes a large file by the digest of its bytes and the oid of its pointer", async () => {
  const [entry] = await askJson("/api/models/org/tiny/paths-info/main", {
    method: "POST",
    body: new URLSearchParams({ paths: "model.bin" }),
  });

  expect(entry).toEqual({
    type: "file",
    path: "model.bin",
    size: 5000,
    oid: expect.stringMatching(/^[0-9a-f]{40}$/),
    lfs: { oid: sha256(weights), size: 5000, pointerSize: 129 },
  });
});

test("leaves out of paths-info what is not there", async () => {
  const body = JSON.stringify({ paths: ["config.json", "missing", "onnx"] });
  const headers = { "content-type": "application/json" };

  const entries = await askJson("/api/models/org/tiny/paths-info/main", { method: "POST", body, headers });

  expect(entries).toMatchObject([{ path: "config.json" }, { path: "onnx", type: "directory" }]);
});

test("gives a long tree in pages that lead to each other", async () => {
  demo = await start({ pageSize: 2, hubPath: "/mirror/hf" });
  const pages: unknown[][] = [];

  let url: string | undefined = `${demo.endpoints.hf}/api/models/org/tiny/tree/main?recursive=true&expand=false`;
  while (url) {
    const answer: Response = await fetch(url);
    pages.push((await answer.json()) as unknown[]);
    url = /<(.*)>; rel="next"/.exec(answer.headers.get("link") ?? "")?.[1];
  }

  expect(pages.map((page) => page.length)).toEqual([2, 2, 2]);
});

test("gives a small file itself", async () => {
  const answer = await ask("/org/tiny/resolve/main/config.json");

  expect(await answer.text()).toBe("{}\n");
  expect(answer.headers.get("x-repo-commit")).toBe(commit);
  expect(answer.headers.get("etag")).toMatch(/^"[0-9a-f]{40}"$/);
});

test("sends for a large file to another host, with a signature that can expire", async () => {
  const answer = await ask("/org/tiny/resolve/main/model.bin", { method: "HEAD" });
  const location = answer.headers.get("location") ?? "";

  expect(answer.status).toBe(302);
  expect(answer.headers.get("x-linked-etag")).toBe(`"${sha256(weights)}"`);
  expect(answer.headers.get("x-linked-size")).toBe("5000");
  expect(answer.headers.get("x-repo-commit")).toBe(commit);
  expect(new URL(location).hostname).toBe("localhost");
  expect((await fetch(location, { headers: { range: "bytes=10-" } })).status).toBe(206);
  expect((await fetch(location, { headers: { authorization: "Bearer hf_good" } })).status).toBe(400);

  demo.expireSignedUrls();
  expect((await fetch(location)).status).toBe(403);
});

test("redirects old and misspelt ids by a relative path", async () => {
  demo = await start({ hubPath: "/hf" });
  const location = async (path: string) => (await ask(path)).headers.get("location");

  expect(await location("/org/former/resolve/main/config.json")).toBe("/hf/org/tiny/resolve/main/config.json");
  expect(await location("/tiny/resolve/main/config.json")).toBe("/hf/org/tiny/resolve/main/config.json");
  expect(await location("/api/models/Org/Tiny/tree/main?recursive=1")).toBe(
    "/hf/api/models/org/tiny/tree/main?recursive=1",
  );
});

test("serves datasets beside models", async () => {
  expect(await (await ask("/datasets/org/data/resolve/main/a.txt")).text()).toBe("a");
  expect((await askJson("/api/datasets/org/data")).id).toBe("org/data");
});

test.each([
  ["/api/models/org/missing", undefined, 401, null, "Invalid username or password."],
  ["/api/models/org/missing", "hf_good", 404, "RepoNotFound", "Repository not found"],
  ["/api/models/org/tiny", "hf_wrong", 401, null, "Invalid credentials in Authorization header"],
  ["/api/models/org/tiny/revision/none", undefined, 404, "RevisionNotFound", "Invalid rev id: none"],
  ["/org/tiny/resolve/none/config.json", undefined, 404, "RevisionNotFound", "Invalid rev id: none"],
  ["/org/tiny/resolve/main/missing", undefined, 404, "EntryNotFound", "Entry not found"],
  ["/org/off/resolve/main/config.json", undefined, 403, null, "Access to this resource is disabled."],
  ["/org/secret/resolve/main/config.json", undefined, 401, null, "Invalid username or password."],
  ["/org/secret/resolve/main/config.json", "hf_other", 404, "RepoNotFound", "Repository not found"],
  ["/org/secret/resolve/main/config.json", "hf_good", 200, null, null],
  ["/api/models/org/gated", undefined, 200, null, null],
  ["/org/gated/resolve/main/config.json", undefined, 401, "GatedRepo", expect.stringContaining("Please log in")],
  ["/org/gated/resolve/main/config.json", "hf_other", 403, "GatedRepo", expect.stringContaining("authorized list")],
  ["/org/gated/resolve/main/config.json", "hf_good", 200, null, null],
  ["/api/whoami-v2", undefined, 401, null, expect.anything()],
  ["/api/whoami-v2", "hf_good", 200, null, null],
])("answers %s with token %s by %i %s", async (path, token, status, code, message) => {
  const { headers, ...answer } = await ask(path, { token, method: "HEAD" }).then(({ status, headers }) => ({
    status,
    headers,
  }));

  expect(answer.status).toBe(status);
  expect(headers.get("x-error-code")).toBe(code);
  expect(headers.get("x-error-message")).toEqual(message);
});

test("a push moves main, and the old commit stays", async () => {
  demo.push(hubRepo({ id: "org/tiny", files: { "config.json": "new\n" } }));

  expect((await askJson("/api/models/org/tiny")).sha).not.toBe(commit);
  expect(await (await ask("/org/tiny/resolve/main/config.json")).text()).toBe("new\n");
  expect(await (await ask(`/org/tiny/resolve/${commit}/config.json`)).text()).toBe("{}\n");
});

test("tells the commits of a branch with their dates, the newest first, and of a removed repository nothing", async () => {
  demo.push(hubRepo({ id: "org/tiny", files: { "config.json": "new\n" }, date: "2024-02-01T00:00:00.000Z" }));

  const commits = await askJson("/api/models/org/tiny/commits/main?limit=2");
  demo.remove("org/tiny");

  expect(commits.map(({ date }: { date: string }) => date)).toEqual([
    "2024-02-01T00:00:00.000Z",
    "2024-01-01T00:00:00.000Z",
  ]);
  expect((await ask("/api/models/org/tiny/commits/main")).status).toBe(401);
});
