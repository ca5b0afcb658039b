import { createHttp } from "@preload/core";
import { type Reply, serve } from "@preload/core/testing";
import { hubRepo } from "@preload/demo-origin";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { hf } from "../src/index.ts";
import { filesIn, hub, machine, resolveAt } from "./world.ts";

const files = { "config.json": "{}", "model.safetensors": "weights" };
const weightsOnly = { "model.safetensors": "weights" };
const catalog = {
  repos: [
    hubRepo({ id: "org/tiny", files }),
    hubRepo({ id: "org/private", files, private: true }),
    hubRepo({ id: "org/gated", files, gated: "auto" }),
    hubRepo({ id: "org/gated-weights", files: weightsOnly, gated: "auto" }),
    hubRepo({ id: "org/disabled", files, disabled: true }),
  ],
  tokens: { hf_stranger: { user: "ada" } },
};
const foreign = "0123456789abcdef0123456789abcdef01234567";

describe("a refusal says what is wrong and what to do", () => {
  test.each<[title: string, ref: string, token: string | undefined, code: string, message: string, hint: string]>([
    ["missing, to a stranger", "hf:org/nowhere", undefined, "NOT_FOUND", "without a token", "HF_TOKEN"],
    ["missing, with a token", "hf:org/nowhere", "hf_stranger", "NOT_FOUND", "may not see it", "spelling"],
    ["private, to a stranger", "hf:org/private", undefined, "NOT_FOUND", "without a token", "HF_TOKEN"],
    ["private, to somebody else", "hf:org/private", "hf_stranger", "NOT_FOUND", "may not see it", "spelling"],
    ["gated, without a token", "hf:org/gated", undefined, "GATED", "no token was sent", "Accept its terms"],
    ["gated, not accepted", "hf:org/gated", "hf_stranger", "GATED", "not been given access", "Accept its terms"],
    ["gated, with nothing small to try", "hf:org/gated-weights", undefined, "GATED", "401", "Accept its terms"],
    ["an invalid token", "hf:org/tiny", "hf_wrong", "UNAUTHORIZED", "not valid", "settings/tokens"],
    ["disabled", "hf:org/disabled", undefined, "NOT_FOUND", "disabled", ""],
    ["no such branch", "hf:org/tiny@v9", undefined, "REVISION_NOT_FOUND", "no revision v9", "org/tiny/tree/main"],
    [
      "a commit cut short",
      "hf:org/tiny@38335783",
      undefined,
      "REVISION_NOT_FOUND",
      "no revision",
      "all its 40 digits; this has 8",
    ],
    [
      "a commit in upper case",
      `hf:org/tiny@${foreign.toUpperCase()}`,
      ...([undefined, "REVISION_NOT_FOUND", "no revision", `lower case: ${foreign}.`] as const),
    ],
    ["a commit of another repository", `hf:org/tiny@${foreign}`, undefined, "FOREIGN_COMMIT", foreign, "pin"],
  ])("%s", async (_, ref, token, code, message, hint) => {
    const demo = await hub(catalog);
    const error = await errorOf(resolveAt(demo, ref, {}, { token }));
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
    expect(error.message).toContain(ref);
    expect(error.hint ?? "").toContain(hint);
    expect(JSON.stringify({ ...error, cause: error.cause }) + error.message).not.toContain(token ?? "hf_");
  });
});

test.each<[status: number, code: string]>([
  [429, "RATE_LIMITED"],
  [503, "NETWORK"],
  [403, "UNAUTHORIZED"],
])("status %i is %s", async (status, code) => {
  const demo = await hub(catalog);
  demo.origin.fault("/api/models/", { type: "status", status });
  await expect(resolveAt(demo, "hf:org/tiny")).rejects.toMatchObject({ code });
});

test("a login page in place of an answer is called that", async () => {
  const demo = await hub(catalog);
  demo.origin.fault("/api/models/", { type: "html" });
  const error = await errorOf(resolveAt(demo, "hf:org/tiny"));
  expect(error).toMatchObject({ code: "BAD_ANSWER", hint: expect.stringMatching(/captive portal.*proxy/) });
});

test("a login page in place of a small file is not taken for it", async () => {
  const demo = await hub(catalog);
  demo.origin.fault("/resolve/", { type: "html" });
  await expect(resolveAt(demo, "hf:org/tiny")).rejects.toMatchObject({
    code: "DIGEST_MISMATCH",
    message: expect.stringContaining("It is an HTML page: a login page"),
  });
});

describe("a listing that is not sound is refused", () => {
  const sha = "f".repeat(40);
  const entry = { type: "file", path: "config.json", size: 2, oid: "a".repeat(40) };
  const cases: [title: string, tree: (url: string) => Reply, message: string][] = [
    ["a path that climbs out", () => page([{ ...entry, path: "../../.bashrc" }]), "climbs out"],
    ["an absolute path", () => page([{ ...entry, path: "/etc/passwd" }]), "absolute"],
    ["a path of Windows", () => page([{ ...entry, path: "..\\x" }]), "climbs out"],
    ["the same path twice", () => page([entry, entry]), "twice"],
    ["a file without a digest", () => page([{ ...entry, oid: undefined }]), "no digest"],
    ["a digest that climbs out", () => page([{ ...entry, oid: `../${"a".repeat(37)}` }]), "no digest"],
    ["a size that is none", () => page([{ ...entry, size: -1 }]), "size"],
    ["no list at all", () => page({ error: "x" }), "no Hub's answer"],
    ["no JSON", () => ({ headers: { "content-type": "application/json" }, body: "[{" }), "no Hub's answer"],
    ["a page that leads to itself", (url) => page([entry], `<${url}>; rel="next"`), "in circles"],
    ["a page that leads elsewhere", () => page([entry], '<https://elsewhere.example/x>; rel="next"'), "another host"],
  ];
  test.each(cases)("%s", async (_, tree, message) => {
    const origin = await serve((request) =>
      request.path.includes("/tree/") ? tree(origin.url + request.path) : page({ sha }),
    );
    onTestFinished(() => origin.close());
    const fetcher = hf({ machine, endpoints: [{ url: origin.url, token: false }] });
    const error = await errorOf(fetcher.resolve({ scheme: "hf", name: "org/tiny", options: { for: "all" } }));
    expect(error).toMatchObject({ code: "BAD_ANSWER", message: expect.stringContaining(message) });
  });

  test("a relative address of the next page is followed", async () => {
    const origin = await serve((request) => {
      if (!request.path.includes("/tree/")) return page({ sha });
      if (request.path.includes("cursor")) return page([{ ...entry, path: "second.json" }]);
      return page([{ ...entry, path: "first.json" }], `<${request.path}&cursor=1>; rel="next"`);
    });
    onTestFinished(() => origin.close());
    const fetcher = hf({ machine, endpoints: [{ url: origin.url, token: false }] });
    const manifest = await fetcher.resolve({ scheme: "hf", name: "org/tiny", options: { for: "all" } });
    expect(filesIn(manifest)).toEqual(["first.json", "second.json"]);
  });

  test("an answer without a commit", async () => {
    const origin = await serve(() => page({ sha: "main" }));
    onTestFinished(() => origin.close());
    const fetcher = hf({ machine, endpoints: [{ url: origin.url, token: false }] });
    await expect(fetcher.resolve({ scheme: "hf", name: "org/tiny", options: {} })).rejects.toMatchObject({
      code: "BAD_ANSWER",
    });
  });
});

test("an abort is not passed off as anything else", async () => {
  const demo = await hub(catalog);
  demo.origin.fault("/api/models/", { type: "stall" });
  const http = createHttp({ machine, retryDelays: [] });
  const fetcher = hf({ machine, http, endpoints: [{ url: demo.endpoints.hf, token: true }] });
  const stop = new AbortController();
  const work = fetcher.resolve({ scheme: "hf", name: "org/tiny", options: {} }, { signal: stop.signal });
  work.catch(() => {});
  await vi.waitUntil(() => demo.origin.count("/api/models/") > 0, { timeout: 60_000 });
  stop.abort();
  await expect(work).rejects.toMatchObject({ code: "ABORTED" });
});

function page(value: unknown, link?: string): Reply {
  return { headers: { "content-type": "application/json", ...(link ? { link } : {}) }, body: JSON.stringify(value) };
}

async function errorOf(promise: Promise<unknown>): Promise<Error & { hint?: string }> {
  return promise.then(
    () => {
      throw new Error("nothing was refused");
    },
    (error) => error,
  );
}
