import { appendFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { world } from "./support/world.ts";

const bart = "hf:preload-demo/tiny-bart";

test("what the config names and nobody has fetched is listed as missing, and the exit is still 0", async () => {
  const { preload, demo } = await world();

  const { code, stdout } = await preload(["list"]);

  expect(code).toBe(0);
  expect(stdout).toMatch(/hf:preload-demo\/tiny-bart +- +\? +missing \(not resolved\) +config +test, production/);
  expect(demo.origin.requests).toEqual([]);
});

test("an installed model is listed with its revision, size, state, and the profiles that use it", async () => {
  const { preload } = await world();
  await preload(["install"]);

  const { code, stdout } = await preload(["list"]);

  expect(code).toBe(0);
  expect(stdout).toMatch(/hf:preload-demo\/tiny-bart +[0-9a-f]{7} +\d+ kB +complete +lock +test, production/);
  expect(stdout).toMatch(/spacy:en_demo_core +3\.8\.0 +\d+ kB +complete +lock +test, production/);
  expect(stdout).toMatch(/hf:preload-demo\/tiny-led-bin .* complete +lock +production/);
  expect(stdout).toContain("6 of 6 models complete");
  expect(stdout).not.toContain("NOT OURS");
});

test("--verbose adds the directory and the rule that chose it", async () => {
  const { preload, hub } = await world();
  await preload(["install", bart]);

  const { stdout } = await preload(["list", "-v", bart]);

  expect(stdout).toContain(`${hub}  (XDG_CACHE_HOME)`);
});

test("a model whose bytes changed is broken, one whose files are gone is missing", async () => {
  const { preload, whisper, hub } = await world();
  await preload(["install"]);
  await appendFile(join(whisper, "tiny-demo.pt"), "x");
  await rm(join(hub, "models--preload-demo--tiny-bart"), { recursive: true });

  const { code, stdout } = await preload(["list"]);

  expect(code).toBe(0);
  expect(stdout).toMatch(/whisper:tiny-demo .* broken /);
  expect(stdout).toMatch(/tiny-bart .* missing /);
});

test("what others keep in the caches is a line for each", async () => {
  const { preload, hub, whisper } = await world();
  await preload(["install"]);
  await mkdir(join(hub, "models--other--one/blobs"), { recursive: true });
  await writeFile(join(hub, "models--other--one/blobs/abc"), "x".repeat(5000));
  await writeFile(join(whisper, "own.pt"), "x".repeat(300));

  const { stdout } = await preload(["list"]);

  expect(stdout).toMatch(
    /NOT OURS +SIZE +FILES +IN\nhf:other\/one +5.0 kB +1 file +\S+hub\nwhisper:own +300 bytes +1 file/,
  );
});

test("another snapshot of a repository that we know is not ours either", async () => {
  const { preload, hub } = await world();
  await preload(["install", bart]);
  await writeFile(join(hub, "models--preload-demo--tiny-bart/blobs/other"), "x".repeat(2000));

  const { stdout } = await preload(["list", "--json"]);

  expect(JSON.parse(stdout).foreign).toEqual([{ dir: hub, name: bart, files: 1, bytes: 2000 }]);
});

test("bytes that two models share count once in the total", async () => {
  const { preload } = await world({ config: "none" });
  await preload([bart]);
  const one = JSON.parse((await preload(["list", "--json"])).stdout);
  await preload([`${bart}@${one.models[0].revision}`]);

  const { stdout } = await preload(["list", "--json"]);

  const both = JSON.parse(stdout);
  expect(both.models).toHaveLength(2);
  expect(both.bytes - one.bytes).toBeLessThan(100);
});

test("what an interrupted transfer left is counted apart", async () => {
  const { preload, whisper } = await world();
  await preload(["install", "whisper:tiny-demo"]);
  await writeFile(join(whisper, "base.en.pt.25a8566e1d0c.part"), "x".repeat(700));

  const { stdout } = await preload(["list"]);

  expect(stdout).toMatch(/unfinished +700 bytes in 1 partial file/);
  expect(stdout).not.toContain("NOT OURS");
});

test("a model that was installed without a config is remembered, wherever it was put", async () => {
  const { preload, project } = await world({ config: "none" });
  await preload(["install", bart, "--cache-root", "models"]);

  const { stdout } = await preload(["list", "--json"]);

  expect(JSON.parse(stdout)).toMatchObject({
    version: 1,
    models: [
      {
        ref: bart,
        source: "hf",
        state: "complete",
        from: "install",
        dir: join(project, "models/huggingface/hub"),
        dirRule: "where it was installed",
      },
    ],
  });
});

test("-p and --only narrow the list", async () => {
  const { preload } = await world();

  const { stdout } = await preload(["list", "--json", "-p", "test", "--only", "hf"]);

  expect(JSON.parse(stdout).models.map((model: { ref: string }) => model.ref)).toEqual([bart]);
});

test("without a config and without an install there is nothing to list", async () => {
  const { preload } = await world({ config: "none" });

  const { code, stdout } = await preload(["list"]);

  expect(code).toBe(0);
  expect(stdout).toBe("No models are known here: no config, no lock, nothing installed.\n");
});

test("a model that is not known is not said to leave nothing known", async () => {
  const { preload } = await world();

  const { code, stdout } = await preload(["list", "whisper:tiny"]);

  expect(stdout).toContain("None of the models that are known here is meant; `preload list` shows all.");
  expect(code).toBe(0);
});
