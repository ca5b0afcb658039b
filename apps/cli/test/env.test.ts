import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import type { Variable } from "../src/environment/client-variables.ts";
import { shellOf } from "../src/environment/parent-shell.ts";
import { assignments, type Shell } from "../src/environment/shells.ts";
import { run } from "./support/run.ts";
import { world } from "./support/world.ts";

const directory = (value: string): Variable => ({ name: "HF_HUB_CACHE", value, kind: "directory" });
const inForm = (shell: Shell, value: string) => assignments(shell, [directory(value)], { HF_HUB_CACHE: value });

describe("a value is written so that its reader gets it back", () => {
  const values = [
    "/plain/path",
    "/with space",
    "/it's",
    '/"quoted"',
    "/$HOME/`id`",
    "/back\\slash",
    "/typo’graphic",
    "/a#b;c&d",
  ];

  test.each(values)("%s, by bash", async (value) => {
    const { stdout } = await promisify(execFile)("bash", [
      "-c",
      `eval "$1"; printf %s "$HF_HUB_CACHE"`,
      "bash",
      inForm("bash", value),
    ]);

    expect(stdout).toBe(value);
  });

  test.each([
    ["fish", "/with space", "set -gx HF_HUB_CACHE '/with space'"],
    ["fish", "/it's \\ $HOME", "set -gx HF_HUB_CACHE '/it\\'s \\\\ $HOME'"],
    ["pwsh", "C:\\with $space", "$env:HF_HUB_CACHE = 'C:\\with $space'"],
    ["pwsh", "/it's typo’graphic", "$env:HF_HUB_CACHE = '/it''s typo’’graphic'"],
    ["dotenv", "/plain/path", "HF_HUB_CACHE=/plain/path"],
    ["dotenv", '/with "space" $HOME', `HF_HUB_CACHE='/with "space" $HOME'`],
    ["dotenv", "/it's", `HF_HUB_CACHE="/it's"`],
    ["docker", '/with "space" $HOME \\', 'ENV HF_HUB_CACHE="/with \\"space\\" \\$HOME \\\\"'],
    ["github", "/it's $HOME = 1", "HF_HUB_CACHE=/it's $HOME = 1"],
  ] as const)("by %s: %s", (shell, value, line) => {
    expect(inForm(shell, value)).toBe(`${line}\n`);
  });

  test.each(["bash", "fish", "pwsh", "dotenv", "docker"] as const)(
    "or refused by %s, when it has a line break",
    (shell) => {
      expect(() => inForm(shell, "/two\nlines")).toThrow("a line break does not fit");
    },
  );

  test("in lines of its own where a workflow's file allows for it", () => {
    expect(inForm("github", "/two\nlines")).toMatch(/^HF_HUB_CACHE<<(preload_[0-9a-f]{16})\n\/two\nlines\n\1\n$/);
  });

  test("or refused, when no quotes of a .env file hold it everywhere", () => {
    expect(() => inForm("dotenv", "/it's $HOME")).toThrow("no form of quotes");
  });
});

describe("the form is that of the shell it is called from", () => {
  test.each([
    [{}, "fish", "fish"],
    [{}, "zsh", "bash"],
    [{}, "pwsh", "pwsh"],
    [{ SHELL: "/usr/bin/fish" }, "node", "fish"],
    [{ SHELL: "/bin/bash" }, undefined, "bash"],
    [{}, undefined, "bash"],
  ] as const)("%o started by %s: %s", (env, parent, shell) => {
    expect(shellOf({ env, platform: "linux" }, parent)).toBe(shell);
  });

  test("and PowerShell's on Windows", () => {
    expect(shellOf({ env: {}, platform: "win32" }, undefined)).toBe("pwsh");
  });
});

test("every directory in use is pinned, whatever rule chose it", async () => {
  const { preload, hub, spacy, home } = await world();

  const usual = await preload(["env", "--shell", "dotenv"]);
  const moved = await preload(["env", "--shell", "dotenv"], { env: { XDG_CACHE_HOME: join(home, "cache") } });

  expect(usual).toEqual({ code: 0, stdout: `PYTHONPATH=${spacy}\nHF_HUB_CACHE=${hub}\n`, stderr: "" });
  expect(moved.stdout).toContain(`XDG_CACHE_HOME=${join(home, "cache")}\n`);
  expect(moved.stderr).toBe("");
});

test("what the config does not use is left alone", async () => {
  const { preload, hub } = await world({ config: "profiles: { test: [hf:preload-demo/tiny-bart] }" });

  const { stdout } = await preload(["env", "--shell", "dotenv"]);

  expect(stdout).toBe(`HF_HUB_CACHE=${hub}\n`);
});

test("--offline adds what tells the clients to stay offline", async () => {
  const { preload, hub } = await world({ config: "profiles: { test: [hf:preload-demo/tiny-bart] }" });

  const { stdout } = await preload(["env", "--shell", "dotenv", "--offline"]);

  expect(stdout.split("\n")).toEqual([
    `HF_HUB_CACHE=${hub}`,
    "HF_HUB_OFFLINE=1",
    "TRANSFORMERS_OFFLINE=1",
    "HF_HUB_DISABLE_TELEMETRY=1",
    "DISABLE_SAFETENSORS_CONVERSION=true",
    "",
  ]);
});

test("PYTHONPATH keeps what it holds, and gets no part twice", async () => {
  const { preload, spacy } = await world();

  const first = await preload(["env", "--shell", "bash"], { env: { PYTHONPATH: "/mine:/other" } });
  const again = await preload(["env", "--shell", "bash"], { env: { PYTHONPATH: `${spacy}:/mine:/other` } });

  expect(first.stdout).toContain(`export PYTHONPATH=${spacy}:/mine:/other\n`);
  expect(again.stdout).toBe(first.stdout);
});

test("a Dockerfile's PYTHONPATH is the image's, not the caller's", async () => {
  const { preload } = await world();

  const { stdout } = await preload(["env", "--shell", "docker", "--cache-root", "/models"], {
    env: { PYTHONPATH: "/mine" },
  });

  expect(stdout).toContain('ENV HF_HUB_CACHE="/models/huggingface/hub"\n');
  expect(stdout).toContain('ENV XDG_CACHE_HOME="/models"\n');
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Docker's own syntax
  expect(stdout).toContain('ENV PYTHONPATH="/models/spacy${PYTHONPATH:+:$PYTHONPATH}"\n');
  expect(stdout).not.toContain("HF_HOME");
});

test("moving XDG_CACHE_HOME is told, and does not hide the Hub's token", async () => {
  const { preload, home, project } = await world();

  const { stdout, stderr } = await preload(["env", "--shell", "bash", "--cache-root", "models"]);

  expect(stdout).toContain(`export XDG_CACHE_HOME=${join(project, "models")}\n`);
  expect(stdout).toContain(`export HF_HOME=${join(home, ".cache/huggingface")}\n`);
  expect(stderr).toContain("it moves the caches of other programs");
});

test("a directory that no variable leads whisper to is told", async () => {
  const { preload, project } = await world({
    config: "profiles: { test: [whisper:tiny.en] }\nwhisper: { dir: speech }",
  });

  const { stdout, stderr } = await preload(["env", "--shell", "bash"]);

  expect(stdout).not.toContain("XDG_CACHE_HOME");
  expect(stderr).toContain(`pass download_root="${join(project, "speech")}" to load_model`);
});

test("a variable that leads a client past the directory is corrected, and told", async () => {
  const { preload, hub } = await world();

  const { stdout, stderr } = await preload(["env", "--shell", "bash"], { env: { TRANSFORMERS_CACHE: "/old" } });

  expect(stdout).toContain(`export TRANSFORMERS_CACHE=${hub}\n`);
  expect(stderr).toContain('# TRANSFORMERS_CACHE is "/old" now, and leads elsewhere.');
});

test("--json gives each directory with its rule, and the variables", async () => {
  const { preload, hub } = await world();

  const { stdout } = await preload(["env", "--json"], { env: { TRANSFORMERS_CACHE: "/old" } });

  const result = JSON.parse(stdout);
  expect(result).toMatchObject({ version: 1, command: "env", environment: { HF_HUB_CACHE: hub } });
  expect(result.directories).toContainEqual({ source: "hf", dir: hub, rule: "XDG_CACHE_HOME" });
  expect(result.elsewhere).toEqual([{ name: "TRANSFORMERS_CACHE", value: "/old", wanted: hub }]);
});

test.skipIf(process.platform === "win32")("an empty HOME is the root, as it is for Python", async () => {
  const { stdout } = await run(["env", "--json"], { cwd: "/", env: { HOME: "" } });

  const dirs = JSON.parse(stdout).directories.map(({ dir }: { dir: string }) => dir);
  expect(dirs).toEqual([
    "/.cache/whisper",
    "/.local/share/spacy",
    "/.cache/huggingface/hub",
    "/.cache/tiktoken",
    "/nltk_data",
    "/.cache/torch",
    "/.cache/whisper.cpp",
    "/.cache/preload/files",
  ]);
});

test("bash takes the lines as they are", async () => {
  const { preload, project, env } = await world();
  const root = join(project, "it's $HOME");
  await mkdir(root);
  const { stdout } = await preload(["env", "--shell", "bash", "--cache-root", root]);
  await writeFile(join(project, "env.sh"), stdout);

  const seen = await promisify(execFile)("bash", ["-c", '. ./env.sh; printf %s "$HF_HUB_CACHE"'], {
    cwd: project,
    env,
  });

  expect(seen.stdout).toBe(join(root, "huggingface/hub"));
});
