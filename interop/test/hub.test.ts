import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { demoCatalog, type HubRepo } from "@preload/demo-origin";
import { expect } from "vitest";
import { askHf, askPython } from "../src/ask-client.ts";
import { cacheTree, without } from "../src/cache-tree.ts";
import { awkwardRepo, contestedRepo, hubCatalog, movingRepo } from "../src/catalogs.ts";
import { expected, folderName, hubReads } from "../src/checks/hub-reads.ts";
import { isFileRequest, onlyInPythonsTree } from "../src/hub-facts.ts";
import { proves, pythonClient } from "../src/proves.ts";
import { shareBlobs } from "../src/share-blobs.ts";
import { homeAt, type World, world } from "../src/world.ts";

const everything = (...ids: string[]) =>
  `profiles:\n  all:\n${ids.map((id) => `    - { ref: "hf:${id}", for: all }\n`).join("")}default: [all]\n`;

/** What transformers opens of `tiny-bart`: everything but other formats, and what is for people. */
const opened = (path: string) => !/\.(?:bin|h5|msgpack|ot|onnx|md)$|^\.gitattributes$/.test(path);

for (const place of ["newest", "hub1", "older"] as const) {
  const hub = pythonClient(place, "huggingface_hub");
  const hasCommands = place !== "older";

  proves(hub, "reads every file, knows which are absent, and scans without a warning", async () => {
    const here = await world(await demoCatalog());
    await here.preloaded(["hf:preload-demo/tiny-bart", "hf:preload-demo/tiny-bart-sharded"]);

    await hubReads(here, place, [
      expected(here.demo, "preload-demo/tiny-bart", { paths: opened, absent: ["adapter_config.json", "vocab.txt"] }),
      expected(here.demo, "preload-demo/tiny-bart-sharded", { paths: opened, absent: ["model.safetensors"] }),
    ]);
  });

  proves(hub, "reads a pinned commit, by its hash and as main", async () => {
    const here = await world(await demoCatalog());
    const old = expected(here.demo, "preload-demo/tiny-bart", { at: "v1.0" });
    const pin = `{ ref: "hf:preload-demo/tiny-bart@${old.commit}", for: all, alias: main }`;
    await here.preloaded([], { config: `profiles:\n  pinned:\n    - ${pin}\ndefault: [pinned]\n` });

    await hubReads(here, place, [old]);
    await hubReads(here, place, [{ ...old, revision: old.commit, localFilesOnly: place === "hub1" }]);
  });

  proves(hub, "opens a hash with `snapshot_download` and nothing but HF_HUB_OFFLINE", async ({ skip }) => {
    skip(
      place === "hub1",
      "this version asks for the listing of a hash even then, unless it wrote one itself; local_files_only=True helps",
    );
    const here = await world(hubCatalog(movingRepo().before));
    const { commit } = expected(here.demo, "interop/moving");
    await here.preloaded([], { config: everything(`interop/moving@${commit}`) });

    expect(await snapshotOf(here, place, "interop/moving", commit)).toMatch(new RegExp(`${commit}$`));
  });

  proves(hub, "reads names with spaces, #, %, ? and unicode, empty files and folders", async () => {
    const here = await world(hubCatalog(awkwardRepo()));
    await here.preloaded([], { config: everything("interop/awkward") });

    await hubReads(here, place, [expected(here.demo, "interop/awkward")]);
  });

  proves(hub, "reads the second revision after an upgrade", async () => {
    const { before, after } = movingRepo();
    const here = await world(hubCatalog(before));
    const old = expected(here.demo, "interop/moving");
    await upgraded(here, after);

    const now = expected(here.demo, "interop/moving");
    expect(await snapshotOf(here, place, "interop/moving")).toMatch(new RegExp(`${now.commit}$`));
    expect(await snapshotOf(here, place, "interop/moving", old.commit)).toMatch(new RegExp(`${old.commit}$`));
  });

  proves(hub, hasCommands ? "lists them: `hf cache ls`" : "lists them: `hf cache scan`", async () => {
    const here = await world(await demoCatalog());
    await here.preloaded(["hf:preload-demo/tiny-bart", "hf:preload-demo/tiny-bart-sharded"]);

    const command = hasCommands ? ["cache", "ls", "--quiet"] : ["cache", "scan"];
    const { code, stdout, stderr } = await askHf(here, place, command, { network: "none" });

    expect(code, stderr).toBe(0);
    expect(stdout).toContain("preload-demo/tiny-bart-sharded");
    expect(`${stdout}${stderr}`).not.toMatch(/warning|corrupt/i);
  });

  proves(hub, "fills an empty cache with the same tree (origin asked)", async () => {
    await sameTree(hubCatalog(movingRepo().before), place, ["interop/moving"]);
  });

  proves(hub, "fills an empty cache with the same tree, whatever the names (origin asked)", async () => {
    await sameTree(hubCatalog(awkwardRepo()), place, ["interop/awkward"]);
  });

  proves(hub, "upgrades a cache to the same tree (origin asked)", async () => {
    const { before, after } = movingRepo();
    const ours = await world(hubCatalog(before));
    const theirs = await homeAt(ours.demo);
    await pythonFills(theirs, place, "interop/moving");
    await upgraded(ours, after);
    await pythonFills(theirs, place, "interop/moving");

    expect(await treeOf(ours)).toEqual(await treeOf(theirs));
  });

  proves(hub, "downloads nothing into a cache that preload filled (origin asked)", async () => {
    const here = await world(hubCatalog(awkwardRepo()));
    await here.preloaded([], { config: everything("interop/awkward") });
    const before = await treeOf(here);
    here.demo.origin.clear();

    await pythonFills(here, place, "interop/awkward");

    expect(here.demo.origin.requests.length).toBeGreaterThan(0);
    expect(here.demo.origin.requests.filter(isFileRequest)).toEqual([]);
    expect(await treeOf(here)).toEqual(before);
  });

  proves(hub, "fills a cache in which preload finds nothing to download (origin asked)", async () => {
    const here = await world(hubCatalog(awkwardRepo()));
    await pythonFills(here, place, "interop/awkward");
    const before = await treeOf(here);
    here.demo.origin.clear();

    await here.preloaded([], { config: everything("interop/awkward") });

    expect(here.demo.origin.requests.filter(isFileRequest)).toEqual([]);
    expect(await treeOf(here)).toEqual(before);
    await here.preloaded(["verify", "--deep"], { config: everything("interop/awkward") });
  });

  proves(hub, "and preload fill one cache at the same time, ten times (origin asked)", async () => {
    const here = await world(hubCatalog(contestedRepo()));
    const config = everything("interop/contested");
    // Half a second for a file, so that they meet.
    here.demo.origin.fault("/cdn/", { type: "slow", bytesPerSecond: 800_000 });
    for (let round = 0; round < 10; round++) {
      await rm(join(here.home, ".cache"), { recursive: true, force: true });
      const before = here.demo.origin.count(isFileRequest);
      const wait = Math.random() * 600;
      await Promise.all([
        pythonFills(here, place, "interop/contested"),
        until(() => here.demo.origin.count(isFileRequest) > before)
          .then(() => delay(wait))
          .then(() => here.preloaded([], { config })),
      ]);
      const where = `round ${round}, preload ${wait} ms later`;
      expect(
        without(await cacheTree(here.hub), onlyInPythonsTree).filter((line) => /incomplete|preload|tmp/.test(line)),
        where,
      ).toEqual([]);
      await here.preloaded(["verify", "--deep"], { config });
      await hubReads(here, place, [expected(here.demo, "interop/contested")]);
    }
  });

  if (!hasCommands) continue;

  proves(hub, "finds every checksum right: `hf cache verify` (origin asked)", async () => {
    const here = await world(hubCatalog(awkwardRepo()));
    await here.preloaded([], { config: everything("interop/awkward") });

    const strict = ["--fail-on-missing-files", "--fail-on-extra-files"];
    const { code, stdout, stderr } = await askHf(here, place, ["cache", "verify", "interop/awkward", ...strict], {
      network: "loopback",
    });

    expect(code, `${stdout}${stderr}`).toBe(0);
  });

  proves(hub, "prunes nothing that was asked for: `hf cache prune`", async () => {
    const here = await world(await demoCatalog());
    const { commit } = expected(here.demo, "preload-demo/tiny-bart", { at: "v1.0" });
    await here.preloaded([`hf:preload-demo/tiny-bart@${commit}`, "hf:preload-demo/tiny-bart-sharded"]);
    const before = await cacheTree(here.hub);

    const { code, stderr } = await askHf(here, place, ["cache", "prune", "--yes"], { network: "none" });

    expect(code, stderr).toBe(0);
    expect(await cacheTree(here.hub)).toEqual(before);
  });

  proves(hub, "and preload share blobs in one store of the cache", async () => {
    const here = await world(hubCatalog(awkwardRepo(), contestedRepo()));
    const config = everything("interop/awkward", "interop/contested");
    await here.preloaded([], { config });
    const sizes = await sizesOf(here, config);
    await shareBlobs(here.hub, folderName("interop/awkward"), folderName("interop/contested"));
    const shared = await cacheTree(here.hub);
    here.demo.origin.clear();

    await hubReads(here, place, [expected(here.demo, "interop/awkward"), expected(here.demo, "interop/contested")]);
    await here.preloaded([], { config });
    await here.preloaded(["verify", "--deep"], { config });

    expect(here.demo.origin.requests.filter(isFileRequest)).toEqual([]);
    expect(await cacheTree(here.hub)).toEqual(shared);
    expect(await sizesOf(here, config)).toEqual(sizes);

    const store = (lines: readonly string[]) => lines.filter((line) => line.startsWith("blobs/"));
    await here.preloaded([], { config: everything("interop/awkward") });
    await here.preloaded(["prune", "--yes"]);
    await hubReads(here, place, [expected(here.demo, "interop/awkward")]);
    expect(store(await cacheTree(here.hub))).toEqual(store(shared));
  });

  proves(hub, "finds one revision and nothing amiss after an upgrade and `preload prune`", async () => {
    const { before, after } = movingRepo();
    const here = await world(hubCatalog(before));
    await upgraded(here, after);

    await here.preloaded(["prune", "--yes"]);

    await hubReads(here, place, [expected(here.demo, "interop/moving")]);
    if (!hasCommands) return;
    const left = await cacheTree(here.hub);
    const { code, stdout, stderr } = await askHf(here, place, ["cache", "prune", "--yes"], { network: "none" });
    expect(code, `${stdout}${stderr}`).toBe(0);
    expect(await cacheTree(here.hub)).toEqual(left);
  });
}

async function sizesOf(here: World, config: string): Promise<object> {
  const listed = JSON.parse(await here.preloaded(["list", "--json"], { config })) as {
    models: { ref: string; size: number; present: number; state: string }[];
  };
  return listed.models.map(({ ref, size, present, state }) => ({ ref, size, present, state }));
}

async function sameTree(catalog: Parameters<typeof world>[0], place: Place, ids: readonly string[]): Promise<void> {
  const ours = await world(catalog);
  const theirs = await homeAt(ours.demo);

  await ours.preloaded([], { config: everything(...ids) });
  for (const id of ids) await pythonFills(theirs, place, id);

  expect(await treeOf(ours)).toEqual(await treeOf(theirs));
}

type Place = "newest" | "hub1" | "older";

async function treeOf({ hub }: World): Promise<string[]> {
  return without(await cacheTree(hub), onlyInPythonsTree);
}

async function pythonFills(here: World, place: Place, id: string): Promise<void> {
  await askPython(here, place, "hub_fills.py", { repos: [{ repo_id: id }] }, { network: "loopback" });
}

/** The repository in its first revision, and then in its second. */
async function upgraded(here: World, after: HubRepo): Promise<void> {
  const config = everything(after.id);
  await here.preloaded([], { config });
  here.demo.push(after);
  await here.preloaded(["update"], { config });
  await here.preloaded([], { config });
}

async function snapshotOf(here: World, place: Place, id: string, revision?: string): Promise<unknown> {
  const localFilesOnly = place === "hub1" && revision !== undefined;
  const question = { id, revision: revision ?? null, files: [], absent: [], local_files_only: localFilesOnly };
  const { repos } = await askPython<{ repos: { folder: unknown }[] }>(
    here,
    place,
    "hub_reads.py",
    { repos: [question] },
    { network: "none" },
  );
  return repos[0]?.folder;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(5);
}
