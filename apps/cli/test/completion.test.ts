import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { hasShell, openTerminal, preloadOnPath } from "./support/shell.ts";
import { type World, world } from "./support/world.ts";

async function offers({ preload }: World, ...words: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await preload(["__complete", ...words]);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.replace(/\t.*/, ""));
}

describe("what may stand at the cursor", () => {
  test.each([
    ["a command", ["ver"], ["verify"]],
    ["an alias of the config", ["bar"], ["bart"]],
    ["a model", ["verify", "hf:preload-demo/tiny-bart-"], ["hf:preload-demo/tiny-bart-sharded"]],
    ["not a model twice", ["verify", "whisper:tiny-demo", "whisper:"], []],
    ["a checkpoint that nobody has asked for", ["install", "whisper:large-v3-"], ["whisper:large-v3-turbo"]],
    ["the beginning of any ref", ["install", "spa"], ["spacy:en_demo_core", "spacy:"]],
    ["a profile", ["install", "-p", ""], ["test", "production"]],
    ["another profile of a list", ["install", "--profile=test,"], ["--profile=test,production"]],
    ["a source", ["ci", "--only", "wh"], ["whisper"]],
    ["a source for a mirror", ["install", "--endpoint", "h"], ["hf="]],
    ["a value among few", ["env", "--shell", "f"], ["fish"]],
    ["an option", ["verify", "--de"], ["--deep"]],
    ["an option of a command behind others", ["-C", ".", "clean", "--dry"], ["--dry-run"]],
    ["no option twice", ["verify", "--deep", "--dee"], []],
    ["a topic", ["help", "exit"], ["exit-codes"]],
    ["a shell", ["completion", "z"], ["zsh"]],
    ["a model to look for", ["exec", "-m", "whisper:"], ["whisper:tiny-demo"]],
    ["a file, which the shell knows", ["install", "--config", "x"], [":files"]],
    ["a folder, which the shell knows", ["install", "--cache-root", ""], [":dirs"]],
    ["another program's", ["exec", "--", "pytest", "-"], [":command"]],
    ["nothing", ["env", "x"], []],
    ["what an empty word sent by PowerShell may become", ["completion", '""'], ["bash", "zsh", "fish", "pwsh"]],
  ])("%s", async (_, words, expected) => {
    const w = await withAlias();

    expect(await offers(w, ...words)).toEqual(expected);
    expect(w.demo.origin.requests).toEqual([]);
  });

  test("what was installed without a config", async () => {
    const w = await world({ config: "none" });
    await w.preload(["install", "hf:preload-demo/tiny-bart"]);

    expect(await offers(w, "verify", "hf:preload")).toEqual(["hf:preload-demo/tiny-bart"]);
  });

  test("the models of another config that the line names", async () => {
    const w = await world();
    await writeFile(join(w.project, "other.yaml"), "models: [hf:org/other]\n");

    expect(await offers(w, "-c", "other.yaml", "verify", "hf:")).toEqual(["hf:org/other"]);
  });

  test("nothing of a config that is broken, without a word about it", async () => {
    expect(await offers(await world({ config: "profiles: [\n" }), "verify", "hf:")).toEqual([]);
  });

  test("what is built in, where the config is a program, which is not run", async () => {
    const w = await world({ config: "none" });
    await writeFile(
      join(w.project, "preload.config.mjs"),
      'console.log("run"); export default { models: ["hf:a/b"] };\n',
    );

    expect(await offers(w, "verify", "hf:a")).toEqual(["hf:allenai/led-base-16384"]);
  });
});

async function withAlias(): Promise<World> {
  const w = await world();
  await writeFile(
    join(w.project, "preload.yaml"),
    `${await readFile(join(w.project, "preload.yaml"), "utf8")}aliases: { bart: hf:preload-demo/tiny-bart }\n`,
  );
  return w;
}

/** A line as it is typed, and as it is after the tab key. */
const lines = [
  ["preload ver", "preload verify "],
  ["preload verify whis", "preload verify whisper:tiny-demo "],
  ["preload verify whisper:t", "preload verify whisper:tiny-demo "],
  ["preload verify hf:preload-demo/tiny-bart-", "preload verify hf:preload-demo/tiny-bart-sharded "],
  ["preload ci --only=whi", "preload ci --only=whisper "],
  ["preload install -p te", "preload install -p test "],
  ["preload install --endpoint h", "preload install --endpoint hf="],
  ["preload verify --dee", "preload verify --deep "],
  ["preload ci --config preload.y", "preload ci --config preload.yaml "],
  ["preload ci --cache-root fol", "preload ci --cache-root folder/"],
  ["preload exec -- cat preload.y", "preload exec -- cat preload.yaml "],
] as const;

async function project(): Promise<{ cwd: string; env: Record<string, string> }> {
  const w = await world();
  await mkdir(join(w.project, "folder"));
  return { cwd: w.project, env: { ...w.env, PATH: await preloadOnPath(w.home) } };
}

/** Types each line, the tab key and one more letter, which shows whether the word goes on; then has the shell print what became of it. */
async function typed(shell: string, setUp: string): Promise<string[]> {
  const terminal = openTerminal(shell, await project());
  onTestFinished(() => terminal.close());
  await terminal.type(`${setUp}; echo "rea""dy"\r`, /ready/);
  const shown: string[] = [];
  for (const [line] of lines) {
    // To the start of the line and to its end; the line is printed, not run.
    const text = await terminal.type(`${line}\tx\u0001echo '<\u0005>'\r`, /[\r\n]<[^\r\n]*>/);
    shown.push(/[\r\n]<([^\r\n]*)x>/.exec(text)?.[1] ?? text);
  }
  return shown;
}

describe.skipIf(process.platform !== "linux")("a real", () => {
  test("bash, with nothing but itself", async () => {
    const shown = await typed(
      "bash --norc --noprofile -i",
      "bind 'set bell-style none'; source <(preload completion bash)",
    );

    expect(shown).toEqual(lines.map(([, completed]) => completed));
  }, 60_000);

  describe("zsh", () => {
    let isThere = false;
    beforeAll(() => {
      isThere = hasShell("zsh");
    }, 300_000);

    test("completes", async (context) => {
      if (!isThere) return context.skip("there is no zsh");
      const setUp = "bindkey -e; autoload -Uz compinit; compinit -u -D; source <(preload completion zsh)";

      const shown = await typed("zsh -f -i", setUp);

      expect(shown).toEqual(lines.map(([, completed]) => completed));
    }, 60_000);
  });

  describe("fish", () => {
    let isThere = false;
    beforeAll(() => {
      isThere = hasShell("fish");
    }, 300_000);

    test("completes", async (context) => {
      if (!isThere) return context.skip("there is no fish");
      const { cwd, env } = await project();
      const asked = lines.map(([line]) => `complete -C '${line}' | string replace -r '\\t.*' ''; echo`).join("\n");
      const program = `preload completion fish | source\n${asked}\n`;

      const { stdout } = await promisify(execFile)("fish", ["--no-config", "-c", program], { cwd, env });

      // It gives the words that fit, and puts them in itself.
      const words = stdout.trimEnd().split("\n\n");
      expect(words).toEqual(lines.map(([, completed]) => completed.trimEnd().split(" ").at(-1)));
    }, 60_000);
  });
});

describe("preload completion", () => {
  test.each([
    ["bash", "complete -F _preload preload"],
    ["zsh", "#compdef preload"],
    ["fish", "complete -c preload"],
    ["pwsh", "Register-ArgumentCompleter -Native -CommandName preload -ScriptBlock {"],
  ])("%s prints a script, and with --json a document", async (shell, line) => {
    const { preload } = await world({ config: "none" });

    const { stdout } = await preload(["completion", shell]);

    expect(stdout).toContain(line);
    expect(stdout).toContain("__complete");
    expect(JSON.parse((await preload(["completion", shell, "--json"])).stdout)).toMatchObject({
      version: 1,
      command: "completion",
      shell,
      script: stdout,
    });
  });

  test("without a name it is for the shell of the user", async () => {
    const { preload } = await world({ config: "none" });

    const { stdout } = await preload(["completion"], { env: { SHELL: "/usr/bin/fish" } });

    expect(stdout).toContain("complete -c preload");
  });

  test("pwsh's brackets and quotes are closed", async () => {
    const { preload } = await world({ config: "none" });

    const { stdout } = await preload(["completion", "pwsh"]);

    const code = stdout.replaceAll(/^\s*#.*$/gm, "").replaceAll(/'[^'\n]*'|"[^"\n]*"/g, "");
    expect(code).not.toMatch(/['"]/);
    const open: string[] = [];
    for (const [bracket] of code.matchAll(/[(){}[\]]/g)) {
      if ("({[".includes(bracket)) open.push(bracket);
      else expect(open.pop()).toBe({ ")": "(", "}": "{", "]": "[" }[bracket]);
    }
    expect(open).toEqual([]);
  });

  test.each([
    [["completion", "bsh"], "Did you mean bash?"],
    [["completion"], "SHELL is not set"],
  ])("%j is refused", async (args, text) => {
    const { preload } = await world({ config: "none" });

    const { code, stderr } = await preload(args);

    expect(stderr).toContain(text);
    expect(code).toBe(2);
  });
});
