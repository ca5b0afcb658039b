import { hf } from "@preload/hf-fetcher";
import { spacy } from "@preload/spacy-fetcher";
import { ggml } from "@preload/url-fetcher";
import { whisper } from "@preload/whisper-fetcher";
import { describe, expect, test } from "vitest";
import { asked } from "../src/asked/asked.ts";
import { mirrorsAsked } from "../src/asked/public-addresses.ts";

const commit = "38335783885b338d93791936c54bb4be46bebed9";
const sha256 = "d3dd57d32accea0b295c96e26691aa14d8822fac7d9d27d5dc00b4ca2826dd03";
const machine = { env: {}, platform: "linux", home: "/home/me", cwd: "/work" } as const;

describe("the Hub", () => {
  test.each([
    ["/facebook/bart-base/resolve/main/config.json", "file hf:facebook/bart-base main config.json"],
    [`/facebook/bart-base/resolve/${commit}/onnx/model.onnx`, `file hf:facebook/bart-base ${commit} onnx/model.onnx`],
    ["/gpt2/resolve/main/config.json", "file hf:gpt2 main config.json"],
    ["/org/name/resolve/refs%2Fpr%2F1/model.safetensors", "file hf:org/name refs/pr/1 model.safetensors"],
    ["/org/name/resolve/main/a%20b.txt?download=true", "file hf:org/name main a b.txt"],
    ["/org/name/raw/v1.0/README.md", "file hf:org/name v1.0 README.md"],
    ["/datasets/org/name/resolve/main/data/a.parquet", "file hf:datasets/org/name main data/a.parquet"],
    ["/datasets/squad/resolve/main/squad.py", "file hf:datasets/squad main squad.py"],
    ["/spaces/org/name/resolve/main/app.py", "file hf:spaces/org/name main app.py"],
    ["/api/models/gpt2", "model hf:gpt2"],
    ["/api/models/org/name", "model hf:org/name"],
    ["/api/models/gpt2/revision/main", "model hf:gpt2 main"],
    ["/api/models/org/name/revision/refs%2Fpr%2F1", "model hf:org/name refs/pr/1"],
    [`/api/models/org/name/tree/${commit}?recursive=true&expand=false`, `model hf:org/name ${commit}`],
    ["/api/models/org/name/tree/main/additional_chat_templates", "model hf:org/name main"],
    ["/api/models/org/name/xet-read-token/main", "model hf:org/name main"],
    ["/api/models/org/name/discussions", "model hf:org/name"],
    ["/api/datasets/org/name/tree/main", "model hf:datasets/org/name main"],
    ["/api/spaces/org/name", "model hf:spaces/org/name"],
    [
      `/api/resolve-cache/models/org/name/${commit}/config.json?%2Forg%2Fname=&etag=%22x%22`,
      `file hf:org/name ${commit} config.json`,
    ],
    [`/api/resolve-cache/models/gpt2/${commit}/a/b.json`, `file hf:gpt2 ${commit} a/b.json`],
    [`/api/resolve-cache/datasets/org/name/${commit}/b.json`, `file hf:datasets/org/name ${commit} b.json`],
    ["/org/name/tree/main", "model hf:org/name main"],
    ["/docs/transformers", "place the Hub"],
    ["/org/name/resolve/main/100%.txt", "file hf:org/name main 100%.txt"],
    ["/api/whoami-v2", "place the Hub"],
    ["/api/models?search=bert", "place the Hub"],
    ["/", "place the Hub"],
  ])("%s", (path, means) => {
    expect(told("huggingface.co", path)).toBe(means);
  });

  test.each([
    ["cdn-lfs.huggingface.co", "place the Hub's CDN"],
    ["cdn-lfs-us-1.hf.co", "place the Hub's CDN"],
    ["cas-bridge.xethub.hf.co", "place the Hub's CDN"],
    ["cas-server.xethub.hf.co:443", "place the Hub's CDN"],
    ["router.huggingface.co", "place the Hub's inference service"],
    ["safetensors-convert.hf.space", "place a space of the Hub"],
    ["nothuggingface.co", "nothing"],
  ])("bytes from %s do not say whose they are", (host, means) => {
    expect(told(host, "/xet-bridge-us/643/abc?X-Amz-Signature=1")).toBe(means);
  });

  test("is known under HF_ENDPOINT, a mirror with a path before it, and a port", () => {
    const mirrors = mirrorsAsked(
      { hf: hf({ machine, endpoints: [{ url: "https://mirror.example:8443/hub/", token: false }] }) },
      { env: { HF_ENDPOINT: "http://127.0.0.1:4000/prefix/" } },
    );

    const file = "org/name/resolve/main/config.json";
    expect(told("mirror.example:8443", `/hub/${file}`, mirrors)).toBe("file hf:org/name main config.json");
    expect(told("mirror.example", `/hub/${file}`, mirrors)).toBe("file hf:org/name main config.json");
    expect(told("127.0.0.1:4000", `/prefix/${file}`, mirrors)).toBe("file hf:org/name main config.json");
    expect(told("127.0.0.1:4001", `/prefix/${file}`, mirrors)).toBe("nothing");
    expect(told("mirror.example", `/other/${file}`, mirrors)).toBe("nothing");
    expect(told("huggingface.co", `/${file}`, mirrors)).toBe("file hf:org/name main config.json");
  });
});

describe("files of other clients", () => {
  test.each([
    ["openaipublic.azureedge.net", `/main/whisper/models/${sha256}/tiny.en.pt`, "file whisper:tiny.en tiny.en.pt"],
    [
      "openaipublic.azureedge.net",
      `/main/whisper/models/${"0".repeat(64)}/mine.pt`,
      `file whisper:mine ${"0".repeat(64)} mine.pt`,
    ],
    ["openaipublic.azureedge.net", "/main/other", "nothing"],
    [
      "raw.githubusercontent.com",
      "/explosion/spacy-models/master/compatibility.json",
      "place spaCy's table of versions",
    ],
    [
      "raw.githubusercontent.com",
      "/explosion/spacy-models/master/meta/en_core_web_sm-3.8.0.json",
      "model spacy:en_core_web_sm 3.8.0",
    ],
    [
      "github.com",
      "/explosion/spacy-models/releases/download/en_core_web_sm-3.8.0/en_core_web_sm-3.8.0-py3-none-any.whl",
      "file spacy:en_core_web_sm 3.8.0 en_core_web_sm-3.8.0-py3-none-any.whl",
    ],
    [
      "release-assets.githubusercontent.com",
      "/github-production-release-asset/1/2",
      "place the files of a GitHub release",
    ],
    ["objects.githubusercontent.com", "/github-production-release-asset/1/2", "place the files of a GitHub release"],
    ["github.com", "/explosion/spaCy", "nothing"],
    [
      "huggingface.co",
      "/ggerganov/whisper.cpp/resolve/main/ggml-base.en.bin",
      "file ggml:base.en main ggml-base.en.bin",
    ],
    [
      "huggingface.co",
      "/akashmjn/tinydiarize-whisper.cpp/resolve/main/ggml-small.en-tdrz.bin",
      "file ggml:small.en-tdrz main ggml-small.en-tdrz.bin",
    ],
    ["huggingface.co", "/ggerganov/whisper.cpp/resolve/main/README.md", "file hf:ggerganov/whisper.cpp main README.md"],
    [
      "openaipublic.blob.core.windows.net",
      "/encodings/cl100k_base.tiktoken",
      "file tiktoken:cl100k_base cl100k_base.tiktoken",
    ],
    ["openaipublic.blob.core.windows.net", "/gpt-2/encodings/main/vocab.bpe", "file tiktoken:gpt2 vocab.bpe"],
    [
      "openaipublic.blob.core.windows.net",
      "/encodings/new.tiktoken",
      "file tiktoken:https://openaipublic.blob.core.windows.net/encodings/new.tiktoken new.tiktoken",
    ],
    ["raw.githubusercontent.com", "/nltk/nltk_data/gh-pages/index.xml", "place NLTK's index"],
    [
      "raw.githubusercontent.com",
      "/nltk/nltk_data/gh-pages/packages/tokenizers/punkt_tab.zip",
      "file nltk:punkt_tab punkt_tab.zip",
    ],
    ["download.pytorch.org", "/models/resnet18-f37072fd.pth", "file torch:resnet18-f37072fd.pth resnet18-f37072fd.pth"],
    [
      "download.pytorch.org",
      "/torchaudio/models/wav2vec2.pth",
      "file torch:https://download.pytorch.org/torchaudio/models/wav2vec2.pth wav2vec2.pth",
    ],
    ["download.pytorch.org", "/whl/cpu/torch/", "nothing"],
    ["pypi.org", "/simple/requests/", "nothing"],
    ["not a host", "/x", "nothing"],
  ])("%s%s", (host, path, means) => {
    expect(told(host, path)).toBe(means);
  });

  test("are known behind one mirror that stands for all of them", () => {
    const all = "https://all.example/models";
    const fetchers = {
      hf: hf({ machine, endpoints: [{ url: all, token: false }] }),
      whisper: whisper({ machine, endpoints: [all] }),
      spacy: spacy({ machine, endpoints: [all] }),
      ggml: ggml({ machine, endpoints: [all] }),
    };
    const mirrors = mirrorsAsked(fetchers, machine);

    expect(told("all.example", `/models/${sha256}/tiny.en.pt`, mirrors)).toBe("file whisper:tiny.en tiny.en.pt");
    expect(told("all.example", "/models/master/meta/en_core_web_sm-3.8.0.json", mirrors)).toBe(
      "model spacy:en_core_web_sm 3.8.0",
    );
    expect(told("all.example", "/models/releases/download/en_core_web_sm-3.8.0/en.whl", mirrors)).toBe(
      "file spacy:en_core_web_sm 3.8.0 en.whl",
    );
    expect(told("all.example", "/models/gpt2/resolve/main/config.json", mirrors)).toBe("file hf:gpt2 main config.json");
  });
});

function told(...args: Parameters<typeof asked>): string {
  const meaning = asked(...args);
  if (meaning === undefined) return "nothing";
  if (meaning.kind === "place") return `place ${meaning.what}`;
  const { kind, ref, revision, file } = meaning;
  return [kind, ref, revision, file].filter((part) => part !== undefined).join(" ");
}
