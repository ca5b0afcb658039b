import { appendFile, mkdir, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { world } from "./support/world.ts";

const bart = "hf:preload-demo/tiny-bart";

test("ci without a lock ends with exit 8", async () => {
  const { preload, project } = await world();

  const { code, stderr } = await preload(["ci"]);

  expect(stderr).toContain(`${join(project, "preload.lock")} does not exist`);
  expect(stderr).toContain("Run `preload lock` and commit it.");
  expect(code).toBe(8);
});

test("ci names every place where config and lock disagree, and fetches nothing", async () => {
  const { preload, project, demo } = await world({ config: `models: [${bart}, hf:preload-demo/tiny-sentence]` });
  await preload(["lock"]);
  await writeFile(
    join(project, "preload.yaml"),
    `models: [{ ref: "${bart}", weights: bin }, hf:preload-demo/tiny-bart-sharded]`,
  );
  demo.origin.clear();

  const { code, stderr } = await preload(["ci"]);

  expect(stderr).toContain(`${bart}  locked with other options`);
  expect(stderr).toContain("hf:preload-demo/tiny-bart-sharded  not in the lock");
  expect(stderr).toContain("hf:preload-demo/tiny-sentence  locked but not in the config");
  expect([code, demo.origin.requests]).toEqual([8, []]);
});

test("a warm ci makes no request", async () => {
  const { preload, demo } = await world();
  await preload([]);
  demo.origin.clear();

  const { code, stdout } = await preload(["ci", "--json"]);

  expect(JSON.parse(stdout)).toMatchObject({ command: "ci", ok: true, requests: 0, fetchedBytes: 0 });
  expect([code, demo.origin.requests]).toEqual([0, []]);
});

test("ci installs what the lock says although main has moved, and asks the Hub for nothing but files", async () => {
  const { preload, demo, hub } = await world({ config: `models: [${bart}]` });
  await preload(["lock"]);
  const repo = demo.catalog.repos.find(({ id }) => id === "preload-demo/tiny-bart");
  if (repo) demo.push({ ...repo, revisions: new Map(demo.catalog.repos[1]?.revisions) });
  demo.origin.clear();

  const { code } = await preload(["ci"]);

  expect([code, demo.origin.count("/api/")]).toEqual([0, 0]);
  expect(await readdir(hub)).toEqual(["models--preload-demo--tiny-bart"]);
});

test("a lock that holds a merge conflict is refused", async () => {
  const { preload, project } = await world();
  await writeFile(join(project, "preload.lock"), "<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> other\n");

  const { code, stderr } = await preload(["ci"]);

  expect(stderr).toContain("it holds a merge conflict");
  expect(code).toBe(2);
});

test("a policy that requires commits names the models without one", async () => {
  const config = `policy: { requireCommit: true }\nmodels: [${bart}, hf:preload-demo/tiny-sentence@main, spacy:en_demo_core]`;
  const { preload, demo } = await world({ config });

  const { code, stderr } = await preload([]);

  expect(stderr).toContain(`${bart}\n  hf:preload-demo/tiny-sentence`);
  expect(stderr).not.toContain("spacy:");
  expect([code, demo.origin.requests]).toEqual([8, []]);
});

test("a license that is not allowed is refused before a file is fetched", async () => {
  const { preload, demo } = await world({
    config: `policy: { licenses: [mit] }\nmodels: [${bart}, spacy:en_demo_core]\nspacy: { version: "3.8" }`,
  });

  const { code, stdout, stderr } = await preload([]);

  expect(stdout).toContain("ready spacy:en_demo_core");
  expect(stderr).toContain(`${bart}: its license is apache-2.0\n  the config allows mit`);
  expect([code, demo.origin.count("model.safetensors")]).toEqual([8, 0]);
});

test("offline with everything there is exit 0 without a request", async () => {
  const { preload, demo } = await world();
  await preload([]);
  demo.origin.clear();

  expect((await preload(["--offline"])).code).toBe(0);
  expect((await preload([], { env: { HF_HUB_OFFLINE: "1" } })).code).toBe(0);
  expect(demo.origin.requests).toEqual([]);
});

test("offline names the files that are missing, the directory and its rule", async () => {
  const { preload, whisper, demo } = await world();
  await preload([]);
  await rm(join(whisper, "tiny-demo.pt"));
  demo.origin.clear();

  const { code, stderr } = await preload(["--offline"]);

  expect(stderr).toMatch(/whisper:tiny-demo: it is not all there\n {2}missing +tiny-demo\.pt\n/);
  expect(stderr).toContain(`in ${whisper} (XDG_CACHE_HOME)`);
  expect([code, demo.origin.requests]).toEqual([3, []]);
});

test("offline, a file that is cut off is exit 4", async () => {
  const { preload, whisper } = await world();
  await preload([]);
  await truncate(join(whisper, "tiny-demo.pt"), 1000);

  const { code, stderr } = await preload(["--offline"]);

  expect(stderr).toMatch(/cut off +tiny-demo\.pt {2}expected \d+ bytes, found 1000 bytes/);
  expect(code).toBe(4);
});

test("offline, a marker that is gone is put back without the network", async () => {
  const { preload, hub } = await world();
  await preload([]);
  await rm(join(hub, "models--preload-demo--tiny-bart/refs/main"));

  const { code, stdout } = await preload(["--offline"]);

  expect(stdout).toContain("its links and markers put right");
  expect(code).toBe(0);
});

test("a variable that says offline is named when there is something to fetch, and --online overrides it", async () => {
  const { preload, demo } = await world({ config: "none" });
  const env = { HF_HUB_OFFLINE: "1" };

  const refused = await preload([bart], { env });

  expect(refused.stderr).toContain("HF_HUB_OFFLINE=1 forbids to fetch it");
  expect(refused.stderr).toContain("--online");
  expect([refused.code, demo.origin.requests]).toEqual([9, []]);
  expect((await preload([bart, "--online"], { env })).code).toBe(0);
});

test("what was installed by name is known offline, too", async () => {
  const { preload } = await world({ config: "none" });
  await preload([bart]);

  expect((await preload([bart, "--offline"])).code).toBe(0);
  expect((await preload(["hf:preload-demo/tiny-sentence", "--offline"])).code).toBe(3);
});

test("the lock does not depend on who writes it: no time, no path, no mirror", async () => {
  const [one, other] = [await world(), await world()];
  await Promise.all([one.preload(["lock"]), other.preload([])]);
  const texts = await Promise.all([one, other].map(({ project }) => readFile(join(project, "preload.lock"), "utf8")));

  expect(texts[0]).toBe(texts[1]);
  expect(texts[0]).not.toContain("127.0.0.1");
  await appendFile(join(one.project, "preload.yaml"), "\n# a comment changes nothing\n");
  expect((await one.preload(["lock", "--check"])).code).toBe(0);
});

test("a lock that names files beside its model is refused, and nothing beside it is written or removed", async () => {
  const { preload, project, hub } = await world({ config: `models: [${bart}]` });
  await preload([]);
  const path = join(project, "preload.lock");
  const lock = JSON.parse(await readFile(path, "utf8"));
  const theirs = join(hub, "models--other--one/refs/main");
  await mkdir(dirname(theirs), { recursive: true });
  await writeFile(theirs, "theirs");
  const ways = [
    { type: "absent", path: "", names: ["models--other--*"] },
    { type: "absent", path: "models--preload-demo--tiny-bart/snapshots", names: ["*"] },
    { type: "text", path: "models--other--one/refs/main", text: "ours" },
    { type: "text", path: ".bashrc", text: "curl" },
  ];

  for (const way of ways) {
    const model = lock.models[bart];
    const models = { ...lock.models, [bart]: { ...model, entries: [...model.entries, way] } };
    await writeFile(path, JSON.stringify({ ...lock, models }));

    for (const command of [["ci"], ["install"], ["verify", "--fix"], ["plan"]]) {
      const { code, stderr } = await preload(command);
      expect(stderr).toContain("is no part of it, whatever the lock says");
      expect(code).toBe(2);
    }
  }
  expect(await readFile(theirs, "utf8")).toBe("theirs");
  expect((await readdir(hub)).sort()).toEqual(["models--other--one", "models--preload-demo--tiny-bart"]);
});

test("a lock that says another commit than the pin is refused", async () => {
  const { preload, project, demo } = await world({ config: `models: [${bart}]` });
  await preload(["lock"]);
  const path = join(project, "preload.lock");
  const lock = JSON.parse(await readFile(path, "utf8"));
  const pinned = `${bart}@${"0".repeat(40)}`;
  await writeFile(join(project, "preload.yaml"), `models: ["${pinned}"]`);
  await writeFile(path, JSON.stringify({ ...lock, models: { [pinned]: lock.models[bart] } }));
  demo.origin.clear();

  const { code, stderr } = await preload(["ci"]);

  expect(stderr).toContain("is no part of it, whatever the lock says");
  expect([code, demo.origin.requests]).toEqual([2, []]);
});
