import { cp, mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { demoCatalog, hubRepo } from "@preload/demo-origin";
import { expect, inject } from "vitest";
import { askNode } from "../src/ask-client.ts";
import { filesUnder, hubCatalog } from "../src/catalogs.ts";
import { expected, folderName } from "../src/checks/hub-reads.ts";
import { interopDir } from "../src/environments.ts";
import { type Client, proves } from "../src/proves.ts";
import { world } from "../src/world.ts";

const hub: Client = {
  name: "@huggingface/hub",
  version: await versionOf(createRequire(import.meta.url).resolve("@huggingface/hub")),
  place: "workspace",
};

proves(hub, "scans the repositories, revisions and sizes that preload lists", async () => {
  const here = await world(await demoCatalog());
  await here.preloaded(["hf:preload-demo/tiny-bart", "hf:preload-demo/tiny-bart-sharded"]);
  const listed = JSON.parse(await here.preloaded(["list", "--json"])) as Listed;

  const scan = await askNode<Scan>(here, "scan-cache.mjs", { dir: here.hub }, { network: "none" });

  const ours = listed.models.map(({ ref, size, revision }) => ({
    ref,
    size,
    revisions: [{ commitOid: revision, refs: ["main"] }],
  }));
  expect(scan.warnings).toEqual([]);
  expect(scan.repos.sort(byRef)).toEqual(ours.sort(byRef));
  expect(scan.size).toBe(ours.reduce((sum, { size }) => sum + size, 0));
});

interface Scan {
  readonly size: number;
  readonly repos: { readonly ref: string }[];
  readonly warnings: readonly string[];
}

interface Listed {
  readonly models: readonly { readonly ref: string; readonly size: number; readonly revision: string }[];
}

const transformersJs: Client = { name: "transformers.js", version: await pinnedOfNode(), place: "node" };
const id = "interop/tiny-onnx";
const text = "a cache is a promise";
// Each word has its own vector, and they are numbered on: this is the answer.
const values = [2, 3, 4, 2, 5].map((word) => [0, 1, 2, 3].map((at) => word * 4 + at));

proves(transformersJs, "loads the snapshot folder of the Hub's cache", async () => {
  const here = await world(hubCatalog(hubRepo({ id, files: await onnxFiles() })));
  await here.preloaded([], {
    config: `profiles: { all: [{ ref: "hf:${id}", for: transformers.js }] }\ndefault: [all]\n`,
  });

  const model = join(here.hub, folderName(id), "snapshots", expected(here.demo, id).commit);
  const answer = await askNode(here, "transformers-js.mjs", { model, text }, { network: "none" });

  expect(answer).toEqual({ dims: [1, 5, 4], values: [values] });
});

proves(transformersJs, "loads from a cache of its own that is copied from the snapshot", async () => {
  const here = await world(hubCatalog(hubRepo({ id, files: await onnxFiles() })));
  await here.preloaded([], {
    config: `profiles: { all: [{ ref: "hf:${id}", for: transformers.js }] }\ndefault: [all]\n`,
  });
  const cacheDir = join(here.home, "js-cache");
  await mkdir(join(cacheDir, "interop"), { recursive: true });
  const snapshot = join(here.hub, folderName(id), "snapshots", expected(here.demo, id).commit);
  await cp(snapshot, join(cacheDir, id), { recursive: true, dereference: true });

  const answer = await askNode(here, "transformers-js.mjs", { model: id, cacheDir, text }, { network: "none" });

  expect(answer).toEqual({ dims: [1, 5, 4], values: [values] });
});

function onnxFiles() {
  return filesUnder(join(inject("prepared").madeDir, "onnx"));
}

function byRef(left: { ref: string }, right: { ref: string }): number {
  return left.ref < right.ref ? -1 : 1;
}

async function versionOf(file: string): Promise<string> {
  const { name, version } = JSON.parse(
    await readFile(join(dirname(file), "package.json"), "utf8").catch(() => "{}"),
  ) as { name?: string; version?: string };
  return name?.startsWith("@huggingface/") && version ? version : versionOf(dirname(file));
}

async function pinnedOfNode(): Promise<string> {
  const { dependencies } = JSON.parse(await readFile(join(interopDir, "node-clients/package.json"), "utf8"));
  return dependencies["@huggingface/transformers"];
}
