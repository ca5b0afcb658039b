import { chmod, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hubRepo } from "@preload/demo-origin";
import { describe, expect, test } from "vitest";
import { type World, world } from "./support/world.ts";

const bart = "hf:preload-demo/tiny-bart";
const led = "hf:preload-demo/tiny-led-bin";
const sentence = "hf:preload-demo/tiny-sentence";

async function files({ project }: World, name = "preload.yaml"): Promise<[config: string, lock: string]> {
  return Promise.all([readFile(join(project, name), "utf8"), readFile(join(project, "preload.lock"), "utf8")]);
}

/** A config with a comment wherever one can stand. */
const commented = `# ours
profiles:
  # small
  test:
    - ${bart}   # the bear
    # no more than this

  production:
    extends: test     # first
    models: [ ${led} ]
default: test         # the usual
`;

describe("add", () => {
  test("writes the model into config and lock, and leaves every other byte as it was", async () => {
    const here = await world({ config: commented });
    await here.preload(["lock"]);
    const [, lockBefore] = await files(here);

    const { code, stdout, stderr } = await here.preload(["add", sentence]);

    const [config, lock] = await files(here);
    expect([code, stderr]).toEqual([0, expect.stringContaining(`added ${sentence} to test in `)]);
    expect(stderr).toMatch(/\nNext: `preload` fetches what is not here yet\.\n$/);
    expect(config).toBe(commented.replace("# the bear\n", `# the bear\n    - ${sentence}\n`));
    expect(stdout).toMatch(
      /^added {4}hf:preload-demo\/tiny-sentence {2}[0-9a-f]{7} {2}\d+ kB in \d+ files.*apache-2\.0$/m,
    );
    const without = (text: string) => text.split(`    "${sentence}": {`)[0];
    expect(without(lock)?.startsWith(without(lockBefore)?.slice(0, 2000) ?? "none")).toBe(true);
    expect((await here.preload(["lock", "--check"])).code).toBe(0);
  });

  test("takes options, and locks what they mean", async () => {
    const here = await world({ config: commented.replace(bart, sentence) });

    const args = ["--set", "weights=bin", "--set", "alias=main", "--set", "alias=stable", "--set", "revision=v1.0"];
    const { code, stderr } = await here.preload(["add", bart, "-p", "production", ...args]);

    const [config, lock] = await files(here);
    expect([code, stderr]).toEqual([0, expect.stringContaining("to production")]);
    expect(config).toContain(`[ ${led}, { ref: ${bart}, weights: bin, alias: [ main, stable ], revision: v1.0 } ]`);
    expect(lock).toContain(`"${bart}@v1.0"`);
  });

  test("makes a preload.yaml where there is no config", async () => {
    const here = await world({ config: "none" });

    const { code } = await here.preload(["add", "spacy:en_demo_core", "--set", "spacy=3.7", bart]);

    // The option is spaCy's, and the Hub's fetcher does not know it: neither file is there.
    expect(code).toBe(2);
    await expect(files(here)).rejects.toThrow("ENOENT");

    expect((await here.preload(["add", bart, "spacy:en_demo_core"])).code).toBe(0);
    const [config] = await files(here);
    expect(config).toMatch(/^# .*\nmodels:\n {2}- hf:preload-demo\/tiny-bart\n {2}- spacy:en_demo_core\n$/);
    expect((await here.preload(["ci"])).code).toBe(0);
  });

  test("says what is there already, by itself or from another profile, and changes nothing", async () => {
    const here = await world({ config: commented });
    await here.preload(["lock"]);
    const before = await files(here);
    here.demo.origin.clear();

    const own = await here.preload(["add", bart, "hf://preload-demo/tiny-bart"]);
    const inherited = await here.preload(["add", bart, "-p", "production", "--json"]);
    const other = await here.preload(["add", bart, "--set", "weights=bin"]);

    expect([own.code, own.stderr]).toEqual([0, `${bart} is in test already\n`]);
    expect(JSON.parse(inherited.stdout)).toMatchObject({
      version: 1,
      command: "add",
      changed: false,
      models: [{ ref: bart, profile: "production", status: "there", from: "test" }],
    });
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining("is in test already, without options")]);
    expect(await files(here)).toEqual(before);
    expect(here.demo.origin.requests).toEqual([]);
  });

  test("adds what is named twice once", async () => {
    const here = await world({ config: "models: []\n" });

    const { code } = await here.preload(["add", bart, `hf:https://huggingface.co/preload-demo/tiny-bart`, bart]);

    expect([code, (await files(here))[0]]).toEqual([0, `models: [ ${bart} ]\n`.replace("[ ", "[").replace(" ]", "]")]);
  });

  test("asks which profile is meant when several are, and does not make one up", async () => {
    const { preload } = await world({ config: commented.replace("default: test ", "# default ") });

    const several = await preload(["add", sentence]);
    const unknown = await preload(["add", sentence, "-p", "prodution"]);

    expect([several.code, several.stderr]).toEqual([2, expect.stringContaining("several profiles: test, production")]);
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining("Did you mean production?")]);
  });

  test("changes neither config nor lock when a model cannot be resolved, is refused, or only a look is asked for", async () => {
    const config = `models:\n  - ${bart}\npolicy:\n  licenses: [apache-2.0] # no others\n`;
    const here = await world({ config });
    here.demo.push(
      hubRepo({ id: "preload-demo/strict", files: { "config.json": "{}", "model.safetensors": "x" }, license: "mit" }),
    );
    await here.preload(["lock"]);
    const before = await files(here);

    const gone = await here.preload(["add", sentence, "hf:preload-demo/gone"]);
    const refused = await here.preload(["add", "hf:preload-demo/strict"]);
    const look = await here.preload(["add", sentence, "--dry-run"]);
    const bad = await here.preload(["add", sentence, "--set", "wieghts=bin"]);

    expect([gone.code, refused.code, look.code, bad.code]).toEqual([2, 8, 0, 2]);
    expect(gone.stderr).toContain("preload.lock stay as they were");
    expect(refused.stderr).toContain("its license is mit");
    expect(look.stdout).toContain(`added    ${sentence}`);
    expect(bad.stderr).toContain("wieghts: there is no such option");
    expect(await files(here)).toEqual(before);
  });

  test("adds an optional model that is gated, and leaves it out of the lock", async () => {
    const here = await world({ config: `models:\n  - ${bart}\n` });

    const { code, stderr } = await here.preload(["add", "hf:preload-demo/gated-bart", "--set", "optional=true"]);

    const [config, lock] = await files(here);
    expect([code, stderr]).toEqual([0, expect.stringContaining("skipped hf:preload-demo/gated-bart")]);
    expect(config).toContain("  - ref: hf:preload-demo/gated-bart\n    optional: true\n");
    expect(lock).not.toContain("gated-bart");
  });

  test("takes a short name of the config", async () => {
    const here = await world({ config: `aliases:\n  led: { ref: "${led}", weights: bin }\nmodels: [${bart}]\n` });

    const { code, stderr } = await here.preload(["add", "led"]);

    const [config, lock] = await files(here);
    expect([code, stderr]).toEqual([0, expect.stringContaining(`added ${led}`)]);
    expect(config).toContain(`models: [${bart}, led]`);
    expect(lock).toContain(`"${led}"`);
  });

  test.each([
    ["package.json", '{\n  "name": "app",\n  "preload": {\n    "models": []\n  }\n}\n', `"models": ["${bart}"]`],
    ["pyproject.toml", `[tool.preload]\nmodels = [\n  "${led}", # led\n]\n`, `  "${led}", # led\n  "${bart}",\n]`],
    ["preload.json", `{ "models": ["${led}"] }`, `"models": ["${led}", "${bart}"]`],
    ["preload.toml", `# ours\nmodels = ["${led}"]\n`, `# ours\nmodels = ["${led}", "${bart}"]\n`],
  ])("edits %s", async (name, text, changed) => {
    const here = await world({ config: "none" });
    await writeFile(join(here.project, name), text);

    const added = await here.preload(["add", bart]);
    expect([added.code, (await files(here, name))[0]]).toEqual([0, expect.stringContaining(changed)]);

    const removed = await here.preload(["remove", bart]);
    const [config, lock] = await files(here, name);
    expect([removed.code, config.replaceAll(/\s+/g, "")]).toEqual([0, text.replaceAll(/\s+/g, "")]);
    expect(lock).not.toContain(`"${bart}"`);
  });

  test("does not edit a program, and prints what to write into it", async () => {
    const here = await world({ config: "none" });
    await writeFile(join(here.project, "preload.config.ts"), `export default { models: ["${led}"] };\n`);

    const { code, stderr } = await here.preload(["add", bart, "--set", "weights=bin"]);

    expect(code).toBe(2);
    expect(stderr).toContain(`to the models of default, add\n    { "ref": "${bart}", "weights": "bin" },\n`);
    await expect(stat(join(here.project, "preload.lock"))).rejects.toThrow("ENOENT");
  });

  test("keeps a link to the config a link, and the file's mode", async () => {
    const here = await world({ config: "none" });
    const target = join(here.home, "shared.yaml");
    await writeFile(target, `models:\n  - ${led}\n`);
    await chmod(target, 0o640);
    await symlink(target, join(here.project, "preload.yaml"));

    await here.preload(["add", bart]);

    expect(await readFile(target, "utf8")).toBe(`models:\n  - ${led}\n  - ${bart}\n`);
    expect((await stat(target)).mode & 0o777).toBe(0o640);
  });
});

describe("remove", () => {
  test("takes the model out of config and lock, and out of profiles that extend its own", async () => {
    const here = await world({ config: commented });
    await here.preload(["lock"]);
    here.demo.origin.clear();

    const { code, stdout, stderr } = await here.preload(["remove", bart]);

    const [config, lock] = await files(here);
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining(`removed ${bart} from test, and so from production in`),
    ]);
    expect(stdout).toMatch(/^removed {2}hf:preload-demo\/tiny-bart {2}69 kB$/m);
    expect(config).toBe(commented.replace("test:\n", "test: []\n").replace(`    - ${bart}   # the bear\n`, ""));
    expect(lock).not.toContain(bart);
    expect(here.demo.origin.requests).toEqual([]);
  });

  test("of what another profile still has leaves the lock as it was", async () => {
    const config = `profiles:\n  one: [${bart}]\n  two:\n    - ${bart} # too\n    - ${led}\n`;
    const here = await world({ config });
    await here.preload(["lock"]);
    const [, before] = await files(here);

    const { code } = await here.preload(["remove", bart, "-p", "two"]);

    const [after, lock] = await files(here);
    expect([code, lock, after]).toEqual([0, before, config.replace(`    - ${bart} # too\n`, "")]);
    expect((await here.preload(["remove", bart, bart, led])).code).toBe(0);
    expect((await files(here))[0]).toBe("profiles:\n  one: []\n  two: []\n");
  });

  test("of what a profile has from another says where it is", async () => {
    const here = await world({ config: commented });

    const inherited = await here.preload(["remove", bart, "-p", "production"]);
    const elsewhere = await here.preload(["remove", led, "-p", "test"]);
    const nowhere = await here.preload(["remove", "hf:preload-demo/tiny-brat"]);
    const none = await (await world({ config: "none" })).preload(["remove", bart]);

    expect(inherited.stderr).toContain("it comes from test, which that extends");
    expect(elsewhere.stderr).toContain("It is in production.");
    expect(nowhere.stderr).toContain(`Did you mean ${bart}?`);
    expect([inherited, elsewhere, nowhere, none].map(({ code }) => code)).toEqual([2, 2, 2, 2]);
  });

  test("finds a pinned model by its name, and asks when there are several", async () => {
    const config = `models:\n  - ref: ${bart}\n    revision: v1.0\n  - ${led}@main\n  - ${led}\n`;
    const here = await world({ config });
    await here.preload(["lock"]);

    expect((await here.preload(["remove", bart, `${led}@main`])).code).toBe(0);
    const [left, lock] = await files(here);
    expect(left).toBe(`models:\n  - ${led}\n`);
    expect(Object.keys(JSON.parse(lock).models)).toEqual([led]);
  });

  test("works without a lock, and makes none", async () => {
    const here = await world({ config: `models:\n  - ${bart}\n  - ${led}\n` });

    const { code, stderr } = await here.preload(["rm", led, "--json"]);

    expect([code, await readFile(join(here.project, "preload.yaml"), "utf8")]).toEqual([0, `models:\n  - ${bart}\n`]);
    expect(stderr).toContain("there is no lock yet");
    await expect(stat(join(here.project, "preload.lock"))).rejects.toThrow("ENOENT");
    await rm(join(here.project, "preload.yaml"));
  });
});
