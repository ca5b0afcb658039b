import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type DemoOrigin, hubRepo } from "@preload/demo-origin";
import { expect, test } from "vitest";
import { world } from "./support/world.ts";

const bart = "hf:preload-demo/tiny-bart";
const sentence = "hf:preload-demo/tiny-sentence";

function moveMain(demo: DemoOrigin, id: string): void {
  const files = { "config.json": '{"model_type":"bart"}', "model.safetensors": new Uint8Array(2000) };
  demo.push(hubRepo({ id, files, license: "mit" }));
}

test("lock says what was added, with revision, size, what is left out, and license", async () => {
  const { preload, project, hub } = await world();

  const { code, stdout, stderr } = await preload(["lock"]);

  expect(stdout).toMatch(
    /^added {4}hf:preload-demo\/tiny-bart {2}[0-9a-f]{7} {2}69 kB in 8 files, leaves out 330 kB in 7 files, apache-2\.0$/m,
  );
  expect(stderr).toContain(`wrote ${join(project, "preload.lock")}: 6 models, 807 kB`);
  expect(code).toBe(0);
  await expect(readdir(hub)).rejects.toThrow("ENOENT");
});

test("a pin stays until it is named or everything is to move", async () => {
  const { preload, demo } = await world({ config: `models: [${bart}, ${sentence}]` });
  await preload(["lock"]);
  moveMain(demo, "preload-demo/tiny-bart");
  moveMain(demo, "preload-demo/tiny-sentence");

  expect((await preload(["lock"])).stdout).toBe("");
  const named = await preload(["lock", bart]);
  expect(named.stdout).toMatch(
    /^changed {2}hf:preload-demo\/tiny-bart {2}[0-9a-f]{7} → [0-9a-f]{7} {2}was 69 kB, now 2\.0 kB/,
  );
  expect(named.stdout).not.toContain(sentence);
  expect((await preload(["lock", "--upgrade"])).stdout).toContain(`changed  ${sentence}`);
});

test("--check writes nothing, and exits with 8 when the lock would change", async () => {
  const { preload, project } = await world({ config: `models: [${bart}]` });

  const missing = await preload(["lock", "--check"]);
  expect([missing.code, await readdir(project)]).toEqual([8, [".git", "preload.yaml"]]);

  await preload(["lock"]);
  expect((await preload(["lock", "--check"])).code).toBe(0);
  await writeFile(join(project, "preload.yaml"), `models: [${sentence}]`);
  const stale = await preload(["lock", "--check"]);
  expect(stale.stdout).toContain(`added    ${sentence}`);
  expect(stale.stdout).toContain(`removed  ${bart}`);
  expect(stale.stderr).toContain("would change");
  expect(stale.code).toBe(8);
});

test("a config of another name has a lock for itself, and the usual one keeps its pins", async () => {
  const { preload, project } = await world({ config: `models: [${bart}]` });
  await writeFile(join(project, "nightly.yaml"), `models: [${sentence}]`);
  const lockOf = (name: string) =>
    readFile(join(project, name), "utf8").then((text) => Object.keys(JSON.parse(text).models));

  await preload(["lock"]);
  await preload(["lock", "-c", "nightly.yaml"]);

  expect(await lockOf("preload.lock")).toEqual([bart]);
  expect(await lockOf("nightly.preload.lock")).toEqual([sentence]);
  expect((await preload(["ci", "-c", "nightly.yaml"])).code).toBe(0);
  expect((await preload(["verify"])).code).toBe(3);
});

test("a model that cannot be resolved leaves the lock as it was", async () => {
  const { preload, project } = await world({ config: `models: [${bart}]` });
  await preload(["lock"]);
  const before = await readFile(join(project, "preload.lock"), "utf8");
  await writeFile(join(project, "preload.yaml"), `models: [${sentence}, hf:preload-demo/gone]`);

  const { code, stderr } = await preload(["lock"]);

  expect(stderr).toContain("preload.lock stays as it was");
  expect(stderr).toContain("error hf:preload-demo/gone");
  expect(code).toBe(2);
  expect(await readFile(join(project, "preload.lock"), "utf8")).toBe(before);
});

test("a ref that no profile holds, or no config at all, is refused", async () => {
  const { preload } = await world({ config: `models: [${bart}]` });
  const bare = await world({ config: "none" });

  expect((await preload(["lock", sentence])).stderr).toContain(`${sentence} is in no profile`);
  expect((await bare.preload(["lock"])).stderr).toContain("nothing to lock");
  expect((await bare.preload(["lock"])).code).toBe(2);
});

test("plan says what is there, what is left out, and what the disk needs, and fetches nothing", async () => {
  const { preload, demo, hub } = await world();
  await preload([bart]);
  demo.origin.clear();

  const { code, stdout } = await preload(["plan", "--json"]);
  const text = (await preload(["plan"])).stdout;

  const { models, toFetch, disks } = JSON.parse(stdout);
  expect(models.find(({ ref }: { ref: string }) => ref === bart)).toMatchObject({
    status: "resolved",
    toFetch: { files: 0, bytes: 0 },
    leftOut: { files: 7 },
  });
  expect(toFetch).toMatchObject({ files: 30 });
  expect(disks.map(({ dir }: { dir: string }) => dir)).toContain(hub);
  expect(text).toMatch(/^there {5}hf:preload-demo\/tiny-bart [0-9a-f]{7} \(network\) {2}69 kB in 8 files$/m);
  expect(text).toContain("saves 330 kB in 7 files");
  expect(text).toMatch(/to fetch {2}66\d kB in 30 files, about \d+ requests/);
  expect([code, demo.origin.count(/model\.safetensors$/)]).toEqual([0, 0]);
  expect(await readdir(hub)).toEqual(["models--preload-demo--tiny-bart"]);
});

test("a realistic project: aliases, pins, weights, an optional gated model, four profiles", async () => {
  const config = (demo: DemoOrigin) => `
aliases:
  ear: { ref: "whisper:tiny-demo", sha256: ${demo.catalog.whisper[0]?.sha256} }
  led: { ref: "hf:preload-demo/tiny-led-bin", weights: bin }
profiles:
  ear: [ear]
  test: { extends: ear, models: [spacy:en_demo_core] }
  nlp:
    extends: test
    models:
      - led
      - { ref: "${bart}", revision: v1.0, alias: main, weights: bin }
  production:
    extends: [nlp]
    models:
      - { ref: ${sentence}, for: sentence-transformers }
      - { ref: hf:preload-demo/gated-bart, optional: true }
default: production
spacy: { version: "3.7" }
`;
  const { preload, hub } = await world({ config });

  const locked = await preload(["lock"]);
  const installed = await preload(["ci"]);
  const again = await preload(["verify", "--deep"]);

  expect(locked.stderr).toContain("skipped hf:preload-demo/gated-bart");
  expect([locked.code, installed.code, again.code], locked.stderr + installed.stderr + again.stderr).toEqual([0, 0, 0]);
  expect(again.stdout.match(/^ok /gm)).toHaveLength(5);
  expect(await readFile(join(hub, "models--preload-demo--tiny-bart/refs/main"), "utf8")).toMatch(/^[0-9a-f]{40}$/);
});

test("a lock that cannot be read has a way out that works", async () => {
  const { preload, project } = await world({ config: "models: [hf:preload-demo/tiny-bart]" });
  await writeFile(join(project, "preload.lock"), "{ half");

  const { code, stderr } = await preload(["lock"]);
  expect(stderr).toContain("Delete it and run `preload lock`.");
  await rm(join(project, "preload.lock"));

  expect([code, (await preload(["lock"])).code]).toEqual([2, 0]);
});

test("an install that found out nothing writes no lock", async () => {
  const { preload, project, demo } = await world({ config: `models: [${bart}]` });
  demo.remove("preload-demo/tiny-bart");

  const { code, stderr } = await preload(["install"]);

  expect(code).toBe(2);
  expect(stderr).not.toContain("wrote");
  await expect(readFile(join(project, "preload.lock"))).rejects.toThrow("ENOENT");
});
