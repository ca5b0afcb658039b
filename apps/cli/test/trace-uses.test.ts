import { expect, test } from "vitest";
import type { Noted } from "../src/trace/noted.ts";
import { usesIn } from "../src/trace/uses.ts";

const [one, other] = ["1".repeat(40), "2".repeat(40)];
const surroundings = { hubPath: "", mirrors: [] };

/** `GET 200 /path commit` through the stand-in for the Hub. */
const hub = (method: string, status: number, path: string, commit?: string): Noted => ({
  ...{ by: "hub", host: "huggingface.co", path, method, status },
  ...(commit === undefined ? {} : { commit }),
});
const guard = (host: string, path?: string): Noted => ({
  ...{ by: "guard", host },
  ...(path === undefined ? {} : { path, method: "GET" }),
});

test.each<[string, Noted[], string[]]>([
  [
    "a commit that main led to is main",
    [hub("GET", 200, "/api/models/org/name", one), hub("HEAD", 200, `/org/name/resolve/${one}/config.json`, one)],
    ["hf:org/name: config.json"],
  ],
  [
    "a commit that a tag led to is the tag, and the repository as such is no model",
    [
      hub("GET", 200, "/api/models/org/name", other),
      hub("GET", 200, "/api/models/org/name/revision/v1.0", one),
      hub("GET", 200, `/org/name/resolve/${one}/config.json`, one),
    ],
    ["hf:org/name@v1.0: config.json (fetched)"],
  ],
  [
    "a commit that a tag and main led to is both",
    [
      hub("HEAD", 200, "/org/name/resolve/main/a", one),
      hub("HEAD", 200, "/org/name/resolve/v1.0/a", one),
      hub("GET", 200, `/org/name/resolve/${one}/b`, one),
    ],
    ["hf:org/name: a, b (fetched)", "hf:org/name@v1.0: a, b (fetched)"],
  ],
  [
    "a commit that was asked for is the commit",
    [hub("GET", 200, `/org/name/resolve/${one}/config.json`, one)],
    [`hf:org/name@${one}: config.json (fetched)`],
  ],
  [
    "what was redirected goes by the name that was asked for",
    [
      hub("GET", 307, "/gpt2/resolve/main/config.json"),
      { ...hub("GET", 200, "/openai-community/gpt2/resolve/main/config.json", one), isSentOn: true },
    ],
    ["hf:gpt2: config.json (fetched)"],
  ],
  [
    "files that are not there do not count, the others do",
    [hub("HEAD", 404, "/org/name/resolve/main/x", one), hub("HEAD", 302, "/org/name/resolve/main/model.bin", one)],
    ["hf:org/name: model.bin"],
  ],
  [
    "the copy in safetensors that transformers looks for by itself is not the program's wish",
    [
      hub("HEAD", 302, "/org/name/resolve/main/pytorch_model.bin", one),
      hub("GET", 200, "/api/models/org/name/discussions"),
      hub("HEAD", 302, "/org/name/resolve/refs%2Fpr%2F7/model.safetensors", other),
    ],
    ["hf:org/name: pytorch_model.bin"],
  ],
  ["what nobody has is no model", [hub("GET", 401, "/api/models/org/none")], ["absent hf:org/none"]],
  [
    "datasets are themselves",
    [hub("GET", 200, "/datasets/org/set/resolve/main/a.csv", one)],
    ["hf:datasets/org/set: a.csv (fetched)"],
  ],
  [
    "whisper.cpp's models are files of the Hub to its clients, and their own elsewhere",
    [
      hub("GET", 200, "/ggerganov/whisper.cpp/resolve/main/ggml-tiny.bin", one),
      guard("huggingface.co", "/ggerganov/whisper.cpp/resolve/main/ggml-base.bin"),
    ],
    ["ggml:base: ggml-base.bin (fetched)", "hf:ggerganov/whisper.cpp: ggml-tiny.bin (fetched)"],
  ],
  [
    "a tunnel is named by who was in the program",
    [
      { by: "proxy", host: "openaipublic.azureedge.net" },
      guard("openaipublic.azureedge.net", `/main/whisper/models/${"a".repeat(64)}/mine.pt`),
      { by: "proxy", host: "other.example:8443" },
      guard("seen.example"),
    ],
    [`whisper:mine@${"a".repeat(64)}: mine.pt (fetched)`, "unnamed other.example:8443", "unnamed seen.example"],
  ],
  [
    "the Hub's CDN is no news beside what was named, and is without it",
    [{ by: "proxy", host: "cdn-lfs.huggingface.co" }],
    ["unnamed cdn-lfs.huggingface.co (the Hub's CDN)"],
  ],
  [
    "bytes of what was named",
    [{ by: "proxy", host: "cdn-lfs.huggingface.co" }, hub("HEAD", 302, "/org/name/resolve/main/model.bin", one)],
    ["hf:org/name: model.bin"],
  ],
  [
    "what is no model is counted",
    [guard("pypi.org", "/simple/a/"), guard("pypi.org", "/simple/b/")],
    ["other pypi.org 2"],
  ],
])("%s", (_, noted, told) => {
  const { models, absent, unnamed, others } = usesIn(noted, surroundings);

  const lines = [
    ...models.map(({ ref, revision, files }) => {
      const names = [...files].map(([file, { isFetched }]) => (isFetched ? `${file} (fetched)` : file));
      return `${ref}${revision === undefined ? "" : `@${revision}`}: ${names.join(", ")}`;
    }),
    ...absent.map((ref) => `absent ${ref}`),
    ...unnamed.map(({ host, what }) => `unnamed ${host}${what === undefined ? "" : ` (${what})`}`),
    ...others.map(({ host, requests }) => `other ${host} ${requests}`),
  ];
  expect(lines.sort()).toEqual([...told].sort());
});

test("a Hub under a path is read without it", () => {
  const noted = [hub("GET", 200, "/mirror/hf/org/name/resolve/main/config.json", one)];

  expect(usesIn(noted, { hubPath: "/mirror/hf", mirrors: [] }).models.map(({ ref }) => ref)).toEqual(["hf:org/name"]);
});
