import type { Attempt } from "@preload/guards";
import { expect, test } from "vitest";
import { merge } from "../src/attempts/merge.ts";
import { withoutSecrets, wordsWithoutSecrets } from "../src/attempts/without-secrets.ts";

const at = 1_795_000_000_000;
const hub = { by: "python", host: "huggingface.co", port: 443, test: "t.py::led", pid: 7, at } as const;

test("what the guard and a recorder noted of one try is told once, with what each knows", () => {
  const attempts: Attempt[] = [
    { by: "dns", host: "huggingface.co", at: at + 1 },
    { by: "python", host: "HuggingFace.co.", test: "t.py::led", stack: ["t.py:3 in led"], at },
    { by: "http", host: "huggingface.co", port: 443, method: "GET", path: "/org/name/resolve/main/a", at: at + 9 },
  ];

  expect(merge(attempts)).toEqual([
    {
      by: ["python", "dns", "http"],
      host: "huggingface.co",
      port: 443,
      method: "GET",
      path: "/org/name/resolve/main/a",
      test: "t.py::led",
      stack: ["t.py:3 in led"],
      times: 1,
    },
  ]);
});

test("tries again are counted, other files and other tests are not the same", () => {
  const file = { ...hub, method: "GET", path: "/a" };
  const attempts = [file, { ...file, at: at + 1000 }, { ...file, path: "/b" }, { ...file, test: "t.py::bart" }];

  expect(merge(attempts).map(({ test: name, path, times }) => [name, path, times])).toEqual([
    ["t.py::led", "/a", 2],
    ["t.py::led", "/b", 1],
    ["t.py::bart", "/a", 1],
  ]);
});

test("the lookup of a name is a part of what was asked there", () => {
  const attempts: Attempt[] = [
    { ...hub, port: undefined },
    hub,
    { ...hub, path: "/a" },
    { by: "dns", host: "other.co", at },
  ];

  expect(merge(attempts).map(({ host, path }) => [host, path])).toEqual([
    ["huggingface.co", "/a"],
    ["other.co", undefined],
  ]);
});

test("what a guard let through names the test of what was refused below it, and is else no attempt", () => {
  const allowed: Attempt = { ...hub, host: "allowed.example", allowed: true };
  const below: Attempt = { by: "dns", host: "allowed.example", at: at + 5 };

  expect(merge([allowed, below])).toMatchObject([
    { host: "allowed.example", test: "t.py::led", by: ["python", "dns"] },
  ]);
  expect(merge([allowed])).toEqual([]);
});

test("a recorder's line stands alone where no guard was near", () => {
  const attempts: Attempt[] = [hub, { by: "tls", host: "huggingface.co", port: 443, at: at + 60_000 }];

  expect(merge(attempts).map(({ by }) => by)).toEqual([["python"], ["tls"]]);
});

test.each([
  [
    "curl -H 'Authorization: Bearer abc' https://me:pass@host/a?token=abc&b=1",
    "curl -H 'Authorization: ***' https://***@host/a?token=***&b=1",
  ],
  ["python3 train.py --hub-token abc --epochs 3", "python3 train.py --hub-token *** --epochs 3"],
  ["python3 train.py --api_key=abc", "python3 train.py --api_key=***"],
  ["python3 -c login('hf_abcdefghijkl')", "python3 -c login('hf_***')"],
  ["python3 -m pytest tests/test_tokenizer.py -k tokens", "python3 -m pytest tests/test_tokenizer.py -k tokens"],
])("%s is told without secrets", (command, told) => {
  expect(withoutSecrets(command)).toBe(told);
});

test("a secret may be a word of its own", () => {
  expect(wordsWithoutSecrets(["train", "--token", "a b", "--password", "--quiet"])).toEqual([
    ...["train", "--token", "***", "--password", "--quiet"],
  ]);
});
