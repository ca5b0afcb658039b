import { createHttp, formatRef, parseRef } from "@preload/core";
import { commitAt, type DemoOrigin, hubRepo } from "@preload/demo-origin";
import { expect, test } from "vitest";
import { hf } from "../src/index.ts";
import { hub, machine } from "./world.ts";

const files = { "config.json": "{}" };

function fetcherAt({ endpoints }: { readonly endpoints: Pick<DemoOrigin["endpoints"], "hf"> }) {
  const http = createHttp({ machine, retryDelays: [] });
  return hf({ machine, http, endpoints: [{ url: endpoints.hf, token: true }] });
}

test("the dates of two commits, the newer one's page, and the name and gate of today", async () => {
  const before = hubRepo({ id: "org/tiny", files, date: "2023-03-04T05:06:07.000Z" });
  const after = hubRepo({
    id: "org/new",
    files,
    gated: "auto",
    renamedFrom: ["org/tiny"],
    date: "2024-05-06T07:08:09.000Z",
  });
  const demo = await hub({ repos: [before] });
  const old = commitAt(before, "main")?.sha ?? "";
  const first = await fetcherAt(demo).upstream?.(parseRef("hf:org/tiny"), [old, old]);
  demo.remove("org/tiny");
  demo.push(after);
  const now = commitAt(after, "main")?.sha ?? "";

  const then = await fetcherAt(demo).upstream?.(parseRef("hf:org/tiny@main"), [old, now]);

  expect(first).toEqual({
    dates: { [old]: "2023-03-04T05:06:07.000Z" },
    remarks: [],
    page: `https://huggingface.co/org/tiny/commits/${old}`,
  });
  expect(then).toEqual({
    dates: { [now]: "2024-05-06T07:08:09.000Z" },
    renamed: "hf:org/new@main",
    gated: "auto",
    remarks: [],
    page: `https://huggingface.co/org/tiny/commits/${now}`,
  });
});

test("what the Hub does not tell is left out", async () => {
  const demo = await hub({});
  const commit = "0".repeat(40);

  expect(await fetcherAt(demo).upstream?.(parseRef("hf:org/gone"), [commit])).toEqual({
    dates: {},
    remarks: [],
    page: `https://huggingface.co/org/gone/commits/${commit}`,
  });
});

test.each([
  ["a commit follows main", `hf:org/tiny@${"a".repeat(40)}`, {}, "hf:org/tiny"],
  [
    "or the branch under whose name it is asked for",
    `hf:org/tiny@${"a".repeat(40)}`,
    { alias: ["v1", "main"] },
    "hf:org/tiny@v1",
  ],
  ["a branch follows nothing", "hf:org/tiny@v1", {}, undefined],
  ["nor does a ref without revision", "hf:org/tiny", { alias: "v1" }, undefined],
])("%s", (_, ref, options, followed) => {
  const moving = fetcherAt({ endpoints: { hf: "http://127.0.0.1:1" } }).follows?.(parseRef(ref, options));

  expect(moving && formatRef(moving)).toBe(followed);
});
