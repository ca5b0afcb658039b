import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type DemoOrigin, demoCatalog, demoConfig, type Gate, hubRepo } from "@preload/demo-origin";
import { expect, test } from "vitest";
import { type World, world } from "./support/world.ts";

const bart = "hf:preload-demo/tiny-bart";
const sentence = "hf:preload-demo/tiny-sentence";
const spacy = "spacy:en_demo_core";

/** A second commit on main: one file changed, one added, most dropped. */
function push(demo: DemoOrigin, more: { license?: string; gated?: Gate; id?: string } = {}): void {
  const { id = "preload-demo/tiny-bart", license = "apache-2.0", gated = false } = more;
  const files = { "config.json": '{"model_type":"bart"}', "model.safetensors": new Uint8Array(2000), "vocab.txt": "a" };
  const date = "2024-05-02T10:00:00.000Z";
  demo.push(hubRepo({ id, files, license, gated, date }));
}

async function lockOf({ project }: World): Promise<string> {
  return readFile(join(project, "preload.lock"), "utf8");
}

interface Told {
  readonly counts: Record<string, number>;
  // biome-ignore lint/suspicious/noExplicitAny: a document as a program reads it.
  readonly models: any[];
}

async function outdated(here: World, ...args: string[]): Promise<Told & { code: number }> {
  const { code, stdout, stderr } = await here.preload(["outdated", "--json", ...args]);
  if (stdout === "") throw new Error(stderr);
  return { code, ...(JSON.parse(stdout) as Told) };
}

test("outdated says what moved: revisions, dates, bytes, files, license and gating", async () => {
  const here = await world({ config: `models: [${bart}, ${sentence}]` });
  await here.preload(["lock"]);
  const before = await lockOf(here);
  push(here.demo, { license: "mit" });

  const { code, stdout, stderr } = await here.preload(["outdated"]);

  expect(stdout.replaceAll(/[0-9a-f]{40}/g, "<commit>").replaceAll(/\b[0-9a-f]{7}\b/g, "<short>")).toBe(
    [
      `outdated     ${bart}  <short> of 2024-01-01 → <short> of 2024-05-02`,
      "  was 69 kB, is 2.0 kB in 3 files, 2.0 kB to fetch",
      "  changed config.json, model.safetensors; added vocab.txt; dropped generation_config.json, merges.txt, special_tokens_map.json, tokenizer.json and 2 more",
      "  LICENSE was apache-2.0, is mit",
      "  https://huggingface.co/preload-demo/tiny-bart/commits/<commit>",
      "",
    ].join("\n"),
  );
  expect(stderr).toBe("2 models: 1 current, 1 outdated; `preload update` moves it\n");
  expect([code, await lockOf(here)]).toEqual([0, before]);
  expect((await here.preload(["outdated", "--check"])).code).toBe(8);
});

test("outdated for a program names both sides", async () => {
  const here = await world({ config: `models: [${bart}, ${sentence}]` });
  await here.preload(["lock"]);
  push(here.demo);

  const { code, counts, models } = await outdated(here);

  expect([code, counts]).toEqual([0, { current: 1, outdated: 1, pinned: 0, unlocked: 0, unavailable: 0, failed: 0 }]);
  expect(models[0]).toEqual({
    ref: bart,
    status: "outdated",
    requiredBy: [],
    optional: false,
    follows: null,
    renamed: null,
    misfit: null,
    remarks: [],
    url: `https://huggingface.co/preload-demo/tiny-bart/commits/${models[0]?.latest.revision}`,
    current: expect.objectContaining({
      bytes: 69_466,
      license: "apache-2.0",
      gated: false,
      date: "2024-01-01T00:00:00.000Z",
    }),
    latest: expect.objectContaining({
      bytes: 2022,
      license: "apache-2.0",
      gated: false,
      date: "2024-05-02T10:00:00.000Z",
    }),
    changes: {
      license: null,
      gated: null,
      added: ["vocab.txt"],
      changed: ["config.json", "model.safetensors"],
      dropped: expect.arrayContaining(["merges.txt"]),
    },
    toFetch: 2022,
    error: null,
  });
});

test("a commit in the config stands still; what its branch holds is told, and counts when asked for", async () => {
  const first = await world({ config: `models: [${bart}]` });
  await first.preload(["lock"]);
  const commit = JSON.parse(await lockOf(first)).models[bart].revision;
  const here = await world({ config: `models:\n  - ref: ${bart}\n    revision: ${commit}\n` });
  await here.preload(["lock"]);

  const same = await here.preload(["outdated"]);
  push(here.demo);
  const moved = await here.preload(["outdated", "--check"]);
  const counted = await here.preload(["outdated", "--check", "--pinned"]);

  expect(same.stdout).toBe(`pinned       ${bart}@${commit}  ${bart} holds the same\n`);
  expect(moved.stdout).toMatch(/^pinned .* hf:preload-demo\/tiny-bart holds [0-9a-f]{7} of 2024-05-02\n {2}was 69 kB/);
  expect(counted.stdout).toMatch(/^outdated .*\(hf:preload-demo\/tiny-bart\)\n/);
  expect([moved.code, counted.code]).toEqual([0, 8]);
});

test("a model that was deleted, closed or renamed is told as such", async () => {
  const ids = ["deleted", "private", "gated", "renamed"];
  const files = { "config.json": "{}", "model.safetensors": "weights" };
  const catalog = {
    ...(await demoCatalog()),
    repos: ids.map((name) => hubRepo({ id: `org/${name}`, files, license: "mit" })),
  };
  const here = await world({ config: `models: [${ids.map((name) => `hf:org/${name}`).join(", ")}]`, catalog });
  await here.preload(["lock"]);
  here.demo.remove("org/deleted");
  here.demo.push(hubRepo({ id: "org/private", files, private: true }));
  here.demo.push(hubRepo({ id: "org/gated", files, license: "mit", gated: "manual" }));
  here.demo.remove("org/renamed");
  here.demo.push(hubRepo({ id: "new-org/name", files, license: "mit", renamedFrom: ["org/renamed"] }));

  const { code, stdout } = await here.preload(["outdated"]);
  const { models } = await outdated(here);

  expect(code).toBe(0);
  expect(stdout).toMatch(/^unavailable {2}hf:org\/deleted {2}there is no model org\/deleted that can be seen/m);
  expect(stdout).toMatch(/^unavailable {2}hf:org\/private {2}there is no model org\/private that can be seen/m);
  expect(stdout).toMatch(/^unavailable {2}hf:org\/gated {2}is gated, and no token was sent\n {2}GATED now/m);
  expect(stdout).toContain("RENAMED: its source calls it hf:new-org/name");
  expect(models.map(({ status, renamed, changes }) => [status, renamed, changes.gated?.after ?? null])).toEqual([
    ["unavailable", null, null],
    ["unavailable", null, null],
    ["unavailable", null, "manual"],
    ["outdated", "hf:new-org/name", null],
  ]);
  expect((await here.preload(["outdated", "--check"])).code).toBe(8);
});

test("a pipeline that is not made for the spaCy that is here is told, and the one that is", async () => {
  const config = (demo: DemoOrigin) =>
    `models: [${spacy}, ${spacy}@3.7.1]\nspacy: { version: "3.7" }\nendpoints: { spacy: "${demo.endpoints.spacy}" }\n`;
  const here = await world({ config });
  await here.preload(["lock"]);
  const before = await here.preload(["outdated"]);
  await writeFile(join(here.project, "preload.yaml"), config(here.demo).replace('3.7"', '3.8"'));

  const after = await here.preload(["outdated"]);

  expect(before.stdout).toBe(`pinned       ${spacy}@3.7.1  ${spacy} holds the same\n  3.8.0 is there for spaCy 3.8\n`);
  expect(after.stdout).toContain(`outdated     ${spacy}  3.7.1 → 3.8.0\n`);
  expect(after.stdout).toContain("MISFIT: 3.7.1 is not made for spaCy 3.8 (the version option); 3.8.0 is");
  expect(after.stdout).toContain(`pinned       ${spacy}@3.7.1  ${spacy} holds 3.8.0\n`);
  expect(after.stdout).toContain("https://github.com/explosion/spacy-models/releases/tag/en_demo_core-3.8.0");
});

test("a whisper name that means another file by now is outdated", async () => {
  const here = await world({ config: "models: [whisper:turbo]" });
  await here.preload(["lock"]);
  const lock = await lockOf(here);
  const { revision } = JSON.parse(lock).models["whisper:turbo"];
  await writeFile(join(here.project, "preload.lock"), lock.replaceAll(revision, "0".repeat(64)));

  const { models } = await outdated(here);

  expect(models[0]).toMatchObject({ status: "outdated", latest: { revision }, toFetch: 1_617_941_637 });
  expect((await here.preload(["update"])).code).toBe(0);
  expect(await lockOf(here)).toBe(lock);
});

test("outdated tells what it cannot ask, what is not locked, and refuses to work offline", async () => {
  const here = await world({ config: `models: [${bart}]` });
  const unlocked = await here.preload(["outdated"]);
  const offline = await here.preload(["outdated"], { env: { HF_HUB_OFFLINE: "1" } });
  await here.demo.close();
  const down = await here.preload(["outdated", "--json"]);
  const none = await (await world({ config: "none" })).preload(["outdated"]);

  expect(unlocked.stdout).toMatch(
    /^unlocked {5}hf:preload-demo\/tiny-bart {2}not in the lock; [0-9a-f]{7} of 2024-01-01 today$/m,
  );
  expect([offline.code, offline.stderr]).toEqual([9, expect.stringContaining("HF_HUB_OFFLINE=1 forbids to")]);
  expect(JSON.parse(down.stdout).models[0]).toMatchObject({ status: "failed", error: { code: "NETWORK" } });
  expect([down.code, none.code]).toEqual([5, 2]);
});

test("an optional model to which nobody here was ever let in is told, and is nothing to act on", async () => {
  const gated = "hf:preload-demo/gated-bart";
  const here = await world({ config: `models: [${bart}, { ref: ${gated}, optional: true }]` });
  await here.preload(["lock"]);

  const { code, stdout } = await here.preload(["outdated", "--check"]);

  expect([code, stdout]).toEqual([0, expect.stringMatching(/^unavailable {2}hf:preload-demo\/gated-bart {2}is gated/)]);
  await writeFile(join(here.project, "preload.yaml"), `models: [${bart}, ${gated}]`);
  expect((await here.preload(["outdated", "--check"])).code).toBe(8);
});

test("a date that the source does not tell is left out", async () => {
  const here = await world({ config: `models: [${bart}]` });
  await here.preload(["lock"]);
  push(here.demo);
  here.demo.origin.fault("/commits/", { type: "status", status: 404 });

  expect((await here.preload(["outdated"])).stdout).toMatch(
    /^outdated {5}hf:preload-demo\/tiny-bart {2}[0-9a-f]{7} → [0-9a-f]{7}$/m,
  );
});

test("update moves what is named, in the words of outdated, and leaves the rest of the lock byte for byte", async () => {
  const here = await world({ config: `models: [${bart}, ${sentence}]` });
  await here.preload(["lock"]);
  const before = await lockOf(here);
  push(here.demo, { license: "mit" });
  push(here.demo, { id: "preload-demo/tiny-sentence" });
  const said = (await here.preload(["outdated", bart])).stdout;

  const look = await here.preload(["update", bart, "--dry-run"]);
  expect(await lockOf(here)).toBe(before);
  const { code, stdout, stderr } = await here.preload(["update", bart]);

  const after = await lockOf(here);
  const block = (text: string) => text.slice(text.indexOf(`    "${sentence}": {`));
  expect([code, stdout, look.stdout]).toEqual([0, said.replace("outdated     ", "updated  "), stdout]);
  expect(stderr).toBe(`wrote ${join(here.project, "preload.lock")}: 1 model changed\n`);
  expect(block(after)).toBe(block(before));
  expect(after).not.toBe(before);
  expect((await outdated(here)).counts).toMatchObject({ current: 1, outdated: 1 });
  await here.preload(["update"]);
  expect((await outdated(here)).counts).toMatchObject({ current: 2, outdated: 0 });
  expect((await here.preload(["update"])).stderr).toBe("nothing to update\n");
});

test("update takes along what a model requires, unless the config wants that by itself", async () => {
  const adapter = (weights: string) => ({
    "adapter_config.json": '{"base_model_name_or_path":"org/base"}',
    "adapter_model.safetensors": weights,
  });
  const base = (weights: string) => ({ "config.json": "{}", "model.safetensors": weights });
  const moved = async (config: string) => {
    const repos = [
      hubRepo({ id: "org/adapter", files: adapter("one") }),
      hubRepo({ id: "org/base", files: base("one") }),
    ];
    const here = await world({ config, catalog: { repos, whisper: [], spacy: [], tokens: {} } });
    await here.preload(["lock"]);
    here.demo.push(hubRepo({ id: "org/adapter", files: adapter("two") }));
    here.demo.push(hubRepo({ id: "org/base", files: base("two") }));
    const seen = (await outdated(here)).models.map(({ ref, requiredBy }) => [ref, requiredBy]);
    const { stdout } = await here.preload(["update", "hf:org/adapter", "--json"]);
    return [seen, JSON.parse(stdout).models.map(({ ref }: { ref: string }) => ref)];
  };

  expect(await moved("models: [hf:org/adapter]")).toEqual([
    [
      ["hf:org/adapter", []],
      ["hf:org/base", ["hf:org/adapter"]],
    ],
    ["hf:org/adapter", "hf:org/base"],
  ]);
  expect((await moved("models: [hf:org/adapter, hf:org/base]"))[1]).toEqual(["hf:org/adapter"]);
});

test("update leaves the lock as it was when one model fails, or the policy refuses one", async () => {
  const here = await world({ config: `models: [${bart}, ${sentence}]\npolicy: { licenses: [apache-2.0] }\n` });
  await here.preload(["lock"]);
  const before = await lockOf(here);
  push(here.demo, { id: "preload-demo/tiny-sentence", license: "mit" });
  const refused = await here.preload(["update"]);
  here.demo.remove("preload-demo/tiny-bart");
  const gone = await here.preload(["update", "--json"]);

  expect([refused.code, refused.stderr]).toEqual([8, expect.stringContaining("its license is mit")]);
  expect(refused.stderr).toContain("stays as it was");
  expect([gone.code, JSON.parse(gone.stdout)]).toMatchObject([
    8,
    { version: 1, command: "update", changed: false, models: [] },
  ]);
  expect(await lockOf(here)).toBe(before);
});

test("update --pins writes new revisions into config and lock, and keeps every comment", async () => {
  const first = await world({ config: `models: [${bart}]` });
  await first.preload(["lock"]);
  const commit: string = JSON.parse(await lockOf(first)).models[bart].revision;
  const config = `# pinned, all of them
aliases:
  bear: { ref: ${bart}, revision: "${commit}", weights: safetensors }   # brown
models:
  - bear
  - ${spacy}@3.7.1   # for the old one
  - ${sentence}
spacy: { version: "3.8" }
policy: { licenses: [apache-2.0, mit] }
`;
  const here = await world({ config });
  const locked = await here.preload(["lock"]);
  expect(locked.code, locked.stderr).toBe(0);
  const before = await lockOf(here);
  push(here.demo);

  const still = await here.preload(["update"]);
  expect(still.stderr).toContain(`the config pins ${bart}@${commit}, ${spacy}@3.7.1; --pins moves them as well`);
  expect(await lockOf(here)).toBe(before);
  const { code, stdout, stderr } = await here.preload(["update", "--pins"]);

  const lock = JSON.parse(await lockOf(here)).models;
  const [now] = Object.keys(lock).flatMap((ref) => (ref.startsWith(`${bart}@`) ? [ref.slice(bart.length + 1)] : []));
  expect([code, stderr]).toEqual([0, expect.stringContaining("2 models changed")]);
  expect(stdout).toMatch(
    new RegExp(`^updated {2}${bart}@${now} {2}${commit.slice(0, 7)} of 2024-01-01 → ${now?.slice(0, 7)}`, "m"),
  );
  expect(await readFile(join(here.project, "preload.yaml"), "utf8")).toBe(
    config.replace(commit, now ?? "none").replace("@3.7.1", "@3.8.0"),
  );
  expect(Object.keys(lock)).toEqual([`${bart}@${now}`, sentence, `${spacy}@3.8.0`]);
  expect((await here.preload(["ci"])).code).toBe(0);
});

test("update moves one pinned model by its name", async () => {
  const config = (demo: DemoOrigin) => demoConfig(demo).replace(`- ${spacy}`, `- ${spacy}@3.7.1`);
  const here = await world({ config });
  await here.preload(["lock"]);

  const { code, stdout } = await here.preload(["update", spacy, "--pins", "--json"]);

  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    changed: true,
    models: [{ ref: `${spacy}@3.8.0`, was: `${spacy}@3.7.1`, change: "updated", current: { revision: "3.7.1" } }],
  });
  expect((await here.preload(["lock", "--check"])).code).toBe(0);
});
