import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tree } from "@preload/core/testing";
import { demoToken } from "@preload/demo-origin";
import { expect, test } from "vitest";
import { world } from "./support/world.ts";

const bart = "hf:preload-demo/tiny-bart";

test("the models of the config are installed, and the lock is written beside it", async () => {
  const { preload, project, hub, whisper } = await world();

  const { code, stdout, stderr } = await preload([]);

  expect(stdout.match(/^ready \S+ \S+ .* fetched in .* s$/gm)).toHaveLength(6);
  expect(stderr).toContain("6 models ready; 736 kB fetched in");
  expect(code).toBe(0);
  expect(await readdir(project)).toContain("preload.lock");
  expect(await readdir(whisper)).toEqual(["tiny-demo.pt"]);
  expect((await tree(hub)).filter((line) => /\.(part|lease)/.test(line))).toEqual([]);
});

test("a second install asks nobody, and leaves the lock as it was", async () => {
  const { preload, project, demo } = await world();
  await preload([]);
  const lock = await readFile(join(project, "preload.lock"), "utf8");
  demo.origin.clear();

  const { code, stdout, stderr } = await preload([]);

  expect(stdout.match(/already there/g)).toHaveLength(6);
  expect(stderr).toBe("6 models ready; nothing to fetch\n");
  expect([code, demo.origin.requests]).toEqual([0, []]);
  expect(await readFile(join(project, "preload.lock"), "utf8")).toBe(lock);
});

test("with refs no lock is written", async () => {
  const { preload, project } = await world();

  const { code } = await preload([bart]);

  expect(code).toBe(0);
  expect(await readdir(project)).toEqual([".git", "preload.yaml"]);
});

test("one profile adds its models to the lock and keeps the others' pins", async () => {
  const { preload, project, demo } = await world();
  await preload(["lock"]);
  const lock = await readFile(join(project, "preload.lock"), "utf8");
  demo.origin.clear();

  await preload(["-p", "test"]);

  expect(await readFile(join(project, "preload.lock"), "utf8")).toBe(lock);
  expect(demo.origin.count("/api/")).toBe(0);
});

test("one model that fails does not keep the others, and all failures are listed at the end", async () => {
  const config = `models: [${bart}, "hf:preload-demo/gone", "hf:preload-demo/tiny-bart-sharded", "hf:preload-demo/gone-too"]`;
  const { preload, hub } = await world({ config });

  const { code, stdout, stderr } = await preload([]);

  expect(stdout.match(/^ready /gm)).toHaveLength(2);
  expect(stderr).toContain("2 models ready, 2 failed");
  expect(stderr).toMatch(/error hf:preload-demo\/gone: [\s\S]*error hf:preload-demo\/gone-too: /);
  expect(code).toBe(2);
  expect(await readdir(hub)).toHaveLength(2);
});

test("a file that is not as promised is told with digests, address and what to do", async () => {
  const { preload, demo } = await world();
  demo.origin.fault("tiny-demo.pt", { type: "wrong-byte", at: 100 });

  const { code, stderr } = await preload(["-p", "test"]);

  expect(stderr).toMatch(
    /error whisper:tiny-demo: the bytes are not the promised ones\n {2}tiny-demo.pt {2}expected sha256:[0-9a-f]{64} {2}received sha256:[0-9a-f]{64} \(\d+ bytes\)\n {2}from http:/,
  );
  expect(stderr).toContain("--endpoint");
  expect(stderr).toContain("what came of tiny-demo.pt is discarded");
  expect(code).toBe(4);
});

test("a gated model that is required ends with exit 6, one that is optional is skipped", async () => {
  const required = await world({ config: "models: [hf:preload-demo/gated-bart]" });
  const optional = await world({ config: "models: [{ ref: hf:preload-demo/gated-bart, optional: true }]" });

  const refused = await required.preload([]);
  const skipped = await optional.preload([]);

  expect(refused.stderr).toContain("Accept its terms at https://huggingface.co/preload-demo/gated-bart");
  expect(refused.code).toBe(6);
  expect(skipped.stderr).toContain("skipped hf:preload-demo/gated-bart, which is optional");
  expect(skipped.code).toBe(0);
  expect((await required.preload([], { env: { HF_TOKEN: demoToken } })).code).toBe(0);
});

test("a folder where a file should be is told, and not removed", async () => {
  const { preload, whisper } = await world();
  await preload(["-p", "test", "--only", "whisper"]);
  await rm(join(whisper, "tiny-demo.pt"));
  await mkdir(join(whisper, "tiny-demo.pt"));
  await writeFile(join(whisper, "tiny-demo.pt/mine"), "");

  const { code, stderr } = await preload(["-p", "test", "--only", "whisper"]);

  expect(stderr).toContain("is a folder, and a file should be there");
  expect(code).toBe(4);
  expect(await readdir(join(whisper, "tiny-demo.pt"))).toEqual(["mine"]);
});

test("a file where the cache should be is named", async () => {
  const { preload, project } = await world();
  await writeFile(join(project, "taken"), "");

  const { code, stderr } = await preload([bart, "--cache-root", "taken"]);

  expect(stderr).toContain(join(project, "taken"));
  expect([4, 7]).toContain(code);
});

test("--python makes the environment import the pipelines", async () => {
  const { preload, project, spacy } = await world();
  const site = join(project, ".venv/lib/python3.11/site-packages");
  await mkdir(site, { recursive: true });
  await writeFile(join(project, ".venv/pyvenv.cfg"), "version = 3.11.7\n");

  const { code } = await preload(["spacy:en_demo_core", "--python", ".venv"]);

  expect(code).toBe(0);
  expect(await readFile(join(site, "preload-spacy.pth"), "utf8")).toBe(`${spacy}\n`);
});

test("--only says which sources are meant", async () => {
  const { preload } = await world();

  const { stdout } = await preload(["--only", "whisper,spacy"]);

  expect(stdout.match(/^ready (\w+):/gm)?.sort()).toEqual(["ready spacy:", "ready whisper:"]);
});

test("--quiet prints errors only, --verbose each file and directory", async () => {
  const { preload, hub } = await world();

  expect(await preload([bart, "-q"])).toEqual({ code: 0, stdout: "", stderr: "" });
  await rm(hub, { recursive: true });
  const { stderr } = await preload([bart, "-v"]);
  expect(stderr).toContain(`hf: ${hub} (XDG_CACHE_HOME)`);
  expect(stderr).toMatch(/fetching model\.safetensors, 57 kB/);
  expect(stderr).toContain("model.safetensors is there and verified");
});

test("what goes wrong after the models are there does not hide that they are", async () => {
  const { preload } = await world();

  const { code, stdout, stderr } = await preload(["spacy:en_demo_core@3.8.0", "--python", "no-such-venv"]);

  expect(stdout).toContain("ready spacy:en_demo_core");
  expect(stderr).toContain("no site-packages found");
  expect(code).toBe(2);
});

test("a ref in the config that makes no sense does not keep the others", async () => {
  const { preload, project } = await world({ config: `models: ["hf:a/b/c/d", ${bart}]` });

  const { code, stdout } = await preload([]);

  expect(stdout).toContain(`ready ${bart}`);
  expect(code).toBe(2);
  expect(await readFile(join(project, "preload.lock"), "utf8")).toContain(bart);
});

test("a setting that an ecosystem does not have is refused", async () => {
  const { preload } = await world({ config: `models: [spacy:en_demo_core]\nspacy: { verison: "3.8" }` });

  const { code, stderr } = await preload([]);

  expect(stderr).toContain('spacy: there is no setting "verison"');
  expect(stderr).toContain("Did you mean version?");
  expect(code).toBe(2);
});

test.each([
  ["spacy: { into: sitepackages }", 'spacy: into cannot be "sitepackages"', "It is shared or site-packages."],
  ["spacy: { version: [3.8] }", "spacy: version cannot be [3.8]", "It is a string or a number."],
  ["hf: { dir: 5 }", "hf: dir cannot be 5", "It is a string."],
])("a value that a setting cannot take is refused, not passed over: %s", async (section, message, hint) => {
  const { preload } = await world({ config: `models: [${bart}]\n${section}` });

  const { code, stderr } = await preload([]);

  expect(stderr).toContain(message);
  expect(stderr).toContain(hint);
  expect(code).toBe(2);
});
