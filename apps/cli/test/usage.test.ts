import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { allTextIn } from "./support/all-text-in.ts";
import { bin } from "./support/run.ts";
import { world } from "./support/world.ts";

test.each([
  [["--jsn"], "unknown option '--jsn'", "Did you mean --json?"],
  [["instal"], '"instal" is neither a command nor a model', "Did you mean install?"],
  [["install", "--timeout", "soon"], '"soon" is not a time', "90s, 10m or 2h"],
  [["install", "--max-rate", "0"], '"0" is not a rate', "500k"],
  [["install", "-j", "0"], '"0" is not a whole number from 1 to 128', ""],
  [["install", "--endpoint", "hf"], "--endpoint hf is not NAME=URL", "https://mirror.example"],
  [["install", "--endpoint", "hub=https://a.example"], 'there is no source "hub"', "Did you mean hf?"],
  [["install", "--only", "whsiper"], "--only whsiper: there is no such source", "Did you mean whisper?"],
  [["install", "--format", "xml"], "argument 'xml' is invalid", "text, json, ndjson"],
  [["install", "--offline", "--online"], "'--offline' cannot be used with option '--online'", ""],
  [["install", "-q", "-v"], "cannot be used with", ""],
  [["install", "-p", "tset"], 'there is no profile "tset"', "Did you mean test?"],
  [["install", "-C", "nowhere"], "--cwd nowhere: there is no such folder", ""],
  [["install", "--config="], "an empty text names no file", "the variable it comes from"],
  [["install", "-j", "-1"], '"-1" is not a whole number from 1 to 128', "8 if it is left out"],
  [["install", "--cache-root", ""], "an empty text names no directory", "the variable it comes from"],
  [["install", "--only", ""], '"" names nothing', "the variable it comes from"],
  [["verify", "-p", " ,"], '" ," names nothing', "the variable it comes from"],
  [["install", "-c", "nowhere.yaml"], "nowhere.yaml does not exist", ""],
  [["install", "hf:"], '"hf:" is not a ref', "whisper:tiny.en"],
  [["install", "hg:org/name"], 'nothing here fetches "hg:"', "Known are whisper:, spacy:, hf:"],
  [["install", "whisper:tinny.en"], "whisper:tinny.en", "tiny.en"],
  [["install", "spacy:en_core_web_smm"], "spacy:en_core_web_smm", ""],
  [["install", "hf:preload-demo/nothing"], "there is no model preload-demo/nothing", "HF_TOKEN"],
  [["install", "hf:preload-demo/tiny-bart@v9"], "has no revision v9", "branches and tags"],
])("%j is refused with exit 2", async (args, message, hint) => {
  const { preload } = await world();

  const { code, stdout, stderr } = await preload(args);

  expect(stderr).toContain(message);
  expect(stderr).toContain(hint);
  expect([code, stdout]).toEqual([2, ""]);
});

test("a password in an address that is refused is not in the error", async () => {
  const { preload } = await world();

  const { code, stderr } = await preload(["install", "url:https://ada:hunter2@models.example/words.txt"]);

  expect(stderr).toContain("url:https://ada:…@models.example/words.txt: it is no address");
  expect(stderr).not.toContain("hunter2");
  expect(code).toBe(2);
});

const secretive = [
  "url:https://ada:hunter2@models.example/words.txt?X-Amz-Signature=sigsig",
  "url:https://models.example/words.txt?X-Amz-Signature=sigsig",
  "hf:https://ada:hunter2@hub.example/x?token=sigsig",
  "url:ht tp://ada:hunter2@models.example/?sigsig",
];

test.each([
  ...[["install"], ["plan"], ["add"], ["lock"], ["verify"], ["outdated"], ["ci-key"], ["clean"]],
  ...[
    ["install", "--json"],
    ["plan", "--json"],
    ["verify", "--json"],
    ["install", "--format", "ndjson"],
  ],
  ["install", "--report", "json", "run.json", "--report", "junit", "run.xml", "--report", "openmetrics", "run.prom"],
])("neither password nor signature of an address that is refused comes out of %s %s %s", async (...args) => {
  const { preload, project, home } = await world();
  let said = "";

  for (const ref of secretive) {
    const { code, stdout, stderr } = await preload([...args, ref]);
    expect(code).not.toBe(1);
    said += stdout + stderr;
  }
  const { stdout } = await preload(["report", "--html", "report.html"]);

  for (const dir of [project, home]) said += await allTextIn(dir);
  expect(said + stdout).not.toMatch(/hunter2|sigsig/);
});

test("a commit of another repository is refused with exit 8", async () => {
  const { preload } = await world();

  const { code, stderr } = await preload(["hf:preload-demo/tiny-bart@38335783885b338d93791936c54bb4be46bebed9"]);

  expect(stderr).toContain("The pin was made for another repository");
  expect(code).toBe(8);
});

test.each([
  ["profiles:\n  test: [\n", /preload\.yaml:3:1: /],
  ["profiles:\n  test:\n    - 12\n", /preload\.yaml:3:7: profiles\.test\.0: /],
  ["profils: {}\n", /preload\.yaml:1:\d+: there is no setting "profils"[\s\S]*Did you mean profiles\?/],
  ["profiles:\n  a: { extends: b }\n  b: { extends: a }\n", /in a circle: a → b → a/],
])("a config that is wrong is refused with the place: %j", async (config, message) => {
  const { preload } = await world({ config });

  const { code, stderr } = await preload([]);

  expect(stderr).toMatch(message);
  expect(code).toBe(2);
});

test("a command is recognized behind flags, and -C runs it elsewhere", async () => {
  const { preload, project } = await world();

  const { code, stdout } = await preload(["-C", project, "--only", "whisper", "install"]);

  expect(stdout).toContain("ready whisper:tiny-demo");
  expect(code).toBe(0);
});

test.each([[["help", "--json"]], [["help", "verify", "--format=json"]]])(
  "%j is told that help is no document",
  async (args) => {
    const { preload } = await world({ config: "none" });

    const { code, stdout } = await preload(args);

    expect(code).toBe(2);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: "USAGE",
      message: expect.stringMatching(/^help is a text/),
    });
  },
);

test("version and help go to stdout", async () => {
  const { preload } = await world({ config: "none" });

  expect((await preload(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  const help = await preload(["help", "verify"]);
  expect(help.stdout).toContain("--deep");
  expect(help.stdout).toContain("preload verify --fix");
  expect([help.code, help.stderr]).toEqual([0, ""]);
});

test("a flag goes before its variable, a variable before the config", async () => {
  const { preload, project, demo } = await world();
  await writeFile(join(project, "preload.yaml"), `models: [hf:preload-demo/tiny-bart]\ncacheRoot: from-config\n`);
  const dirOf = async (args: string[], env: Record<string, string>) =>
    JSON.parse((await preload(["plan", "--json", ...args], { env })).stdout).models[0].dir;
  const env = { PRELOAD_CACHE_ROOT: join(project, "from-env") };

  expect(await dirOf([], {})).toBe(join(project, "from-config/huggingface/hub"));
  expect(await dirOf([], env)).toBe(join(project, "from-env/huggingface/hub"));
  expect(await dirOf(["--cache-root", "from-flag"], env)).toBe(join(project, "from-flag/huggingface/hub"));
  expect(demo.origin.count("/api/models/")).toBeGreaterThan(0);
});

test.each([
  ["PRELOAD_MAX_RATE", "fast", "is not a rate"],
  ["PRELOAD_ONLY", ",", "names nothing"],
  ["PRELOAD_PROFILE", ",", "names nothing"],
])("a variable that makes no sense is named: %s", async (name, text, message) => {
  const { preload } = await world();

  const { code, stderr } = await preload(["lock"], { env: { [name]: text } });

  expect(stderr).toContain(`${name}: "${text}" ${message}`);
  expect(code).toBe(2);
});

test("a home written as ~ is the home, where no shell reads it first", async () => {
  const { preload, project, home } = await world();
  await writeFile(join(project, "preload.yaml"), `models: [hf:preload-demo/tiny-bart]\ncacheRoot: ~/from-config\n`);
  const dirOf = async (...args: string[]) =>
    JSON.parse((await preload(["plan", "--json", ...args])).stdout).models[0].dir;

  expect(await dirOf()).toBe(join(home, "from-config/huggingface/hub"));
  expect(await dirOf("--cache-root=~/from-flag")).toBe(join(home, "from-flag/huggingface/hub"));
});

test("what could not be understood is reported under the name of a command, not of a value", async () => {
  const { preload } = await world();
  const commandOf = async (...args: string[]) => JSON.parse((await preload([...args, "--json"])).stdout).command;

  expect(await commandOf("-p", "nothing")).toBe("install");
  expect(await commandOf("ls", "-p", "nothing")).toBe("list");
});

test("a config in TypeScript is run by the program as it is published", async () => {
  const { preload, project } = await world({ config: "none" });
  const text = 'const ref: string = "hf:preload-demo/tiny-bart";\nexport default { models: [ref] };\n';
  await writeFile(join(project, "preload.config.ts"), text);

  const { code, stdout, stderr } = await preload(["list"]);

  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("hf:preload-demo/tiny-bart");
});

test.each(["list", "du", "env", "outdated", "verify", "scan --check"])(
  "%s refuses a source or profile that does not exist, instead of passing with nothing looked at",
  async (command) => {
    const { preload } = await world();

    const source = await preload([...command.split(" "), "--only", "hff"]);
    const profile = await preload([...command.split(" "), "--profile", "tets"]);

    expect([source.code, source.stderr]).toEqual([2, expect.stringContaining("--only hff: there is no such source")]);
    expect([profile.code, profile.stderr]).toEqual([2, expect.stringContaining('there is no profile "tets"')]);
  },
);

test.each([
  [
    ["plan", "--frozn"],
    "error unknown option '--frozn'\n  Did you mean --frozen? `preload help plan` shows how it is used.\n",
  ],
  [["add"], "error missing required argument 'refs'\n  `preload help add` shows how it is used.\n"],
  [["--nope"], "error unknown option '--nope'\n  `preload help install` shows how it is used.\n"],
])("a command line that makes no sense leads to the help of its command: %j", async (args, message) => {
  const { preload } = await world();

  const { code, stderr } = await preload(args);

  expect(stderr).toBe(message);
  expect(code).toBe(2);
});

test.each([
  ["install", ""],
  ["install", "profiles: { test: [] }\n"],
  ["verify", "models: []\n"],
])("a config that names no model is an error, not a success: %s", async (command, config) => {
  const { preload } = await world({ config });

  const { code, stderr } = await preload([command]);

  expect(code).toBe(2);
  expect(stderr).toContain("its profiles name no model\n  `preload add hf:org/name` puts one into it");
});

test.skipIf(process.platform === "win32")("a folder that is gone is said to be", async () => {
  const { home } = await world({ config: "none" });
  const script = `mkdir "$1" && cd "$1" && rmdir "$1" && exec "$2" "$3" verify`;

  const ran = spawnSync("sh", ["-c", script, "sh", join(home, "gone"), process.execPath, bin], { encoding: "utf8" });

  expect(ran.stderr).toContain("error the folder that this was started in is gone");
  expect(ran.status).toBe(2);
});
