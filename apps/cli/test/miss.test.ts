import { cp, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { searchFor } from "../src/where-else.ts";
import { type World, world } from "./support/world.ts";

const bart = "hf:preload-demo/tiny-bart";

/** A world in which everything is installed, but what is in one directory was moved elsewhere. */
async function moved(from: (w: World) => string, to: (w: World) => string, config?: string): Promise<World> {
  const w = await world(config === undefined ? {} : { config });
  await w.preload(["install"]);
  await mkdir(dirname(to(w)), { recursive: true });
  await rename(from(w), to(w));
  return w;
}

const onlyBart = `profiles: { test: [${bart}] }\n`;
const inProject = ({ project }: World) => join(project, ".cache/huggingface/hub");

describe("a miss names the directory, the rule, and where else the model is", () => {
  test.each([
    [["verify"], 3],
    [["list"], 0],
    [["install", "--offline"], 3],
    [["ci", "--offline"], 3],
    [["exec", "--", "true"], 3],
  ])("%j", async (args, exitCode) => {
    const w = await moved(({ hub }) => hub, inProject, onlyBart);

    const { code, stdout, stderr } = await w.preload([...args.slice(0, 1), "-v", ...args.slice(1)]);

    expect(stdout + stderr).toMatch(new RegExp(`${w.hub} +\\(XDG_CACHE_HOME\\)`));
    expect(stdout + stderr).toMatch(new RegExp(`also in +${inProject(w)} +\\(the project's .cache\\): complete`));
    expect(code).toBe(exitCode);
  });

  test("when the environment forbids to fetch it", async () => {
    const w = await moved(({ hub }) => hub, inProject, onlyBart);

    const { code, stderr } = await w.preload(["ci"], { env: { HF_HUB_OFFLINE: "1" } });

    expect(stderr).toContain(`also in   ${inProject(w)} (the project's .cache): complete`);
    expect(stderr).toContain(`HF_HUB_CACHE=${inProject(w)}`);
    expect(code).toBe(9);
  });

  test("when nobody knows what the model is", async () => {
    const w = await moved(({ hub }) => hub, inProject, onlyBart);
    await rm(join(w.project, "preload.lock"));
    await rm(join(w.home, "state"), { recursive: true });

    const { stderr } = await w.preload(["plan", "--offline"]);

    expect(stderr).toContain(`installed into ${w.hub} (XDG_CACHE_HOME)`);
    expect(stderr).toContain(`also in   ${inProject(w)} (the project's .cache): some revision`);
  });
});

test("programs get the same facts", async () => {
  const w = await moved(({ hub }) => hub, inProject, onlyBart);
  const elsewhere = [{ dir: inProject(w), rule: "the project's .cache", what: "complete" }];
  const document = async (...args: string[]) => JSON.parse((await w.preload([...args, "--json"])).stdout);

  expect((await document("verify")).models[0]).toMatchObject({ dir: w.hub, dirRule: "XDG_CACHE_HOME", elsewhere });
  expect((await document("list")).models[0]).toMatchObject({ dir: w.hub, dirRule: "XDG_CACHE_HOME", elsewhere });
  expect((await document("ci", "--offline")).models[0].error).toMatchObject({
    code: "MISSING",
    searched: { dir: w.hub, rule: "XDG_CACHE_HOME" },
    elsewhere,
    use: `HF_HUB_CACHE=${inProject(w)}`,
    lookedEverywhere: true,
  });
});

describe("it is found", () => {
  test.each<[string, (w: World) => string, (w: World) => Record<string, string>, string]>([
    [
      "in the default cache while HF_HOME is set",
      ({ hub }) => hub,
      ({ home }) => ({ HF_HOME: join(home, "x") }),
      "XDG_CACHE_HOME",
    ],
    [
      "where TRANSFORMERS_CACHE leads",
      ({ home }) => join(home, "t"),
      ({ home }) => ({ TRANSFORMERS_CACHE: join(home, "t") }),
      "TRANSFORMERS_CACHE",
    ],
    [
      "where SENTENCE_TRANSFORMERS_HOME leads",
      ({ home }) => join(home, "s"),
      ({ home }) => ({ SENTENCE_TRANSFORMERS_HOME: join(home, "s") }),
      "SENTENCE_TRANSFORMERS_HOME",
    ],
    [
      "where PYANNOTE_CACHE leads",
      ({ home }) => join(home, "p"),
      ({ home }) => ({ PYANNOTE_CACHE: join(home, "p") }),
      "PYANNOTE_CACHE",
    ],
    [
      "where pyannote.audio 3 keeps it",
      ({ home }) => join(home, ".cache/torch/pyannote"),
      () => ({}),
      "older pyannote",
    ],
    ["in HF_HOME itself", ({ home }) => join(home, ".cache/huggingface"), () => ({}), "HF_HOME without hub"],
    ["in the project's models", ({ project }) => join(project, "models"), () => ({}), "the project's models"],
    ["in another home", ({ home }) => join(home, "../ada/.cache/huggingface/hub"), () => ({}), "the home "],
    [
      "under a cache root",
      ({ home }) => join(home, "root/huggingface/hub"),
      ({ home }) => ({ PRELOAD_CACHE_ROOT: join(home, "root") }),
      "PRELOAD_CACHE_ROOT",
    ],
  ])("%s", async (_, place, env, rule) => {
    const w = await world({ config: onlyBart });
    await w.preload(["install"]);
    const dir = place(w);
    if (dir !== w.hub) {
      await cp(w.hub, dir, { recursive: true, verbatimSymlinks: true });
      await rm(join(w.hub, "models--preload-demo--tiny-bart"), { recursive: true });
    }
    // A root that is in use is no other place.
    const args = env(w).PRELOAD_CACHE_ROOT ? ["--cache-root", join(w.home, "y")] : [];

    const { stdout } = await w.preload(["verify", ...args], { env: env(w) });

    expect(stdout).toContain(`also in ${dir.replace(/.*\.\.\/ada/, join(w.home, "../ada"))} (${rule}`);
    expect(stdout).toContain("complete");
  });

  test("a checkpoint among the project's models, and where a variable of the program's leads", async () => {
    const w = await moved(
      ({ whisper }) => whisper,
      ({ project }) => join(project, "models/whisper"),
    );
    const other = join(w.home, "asr");
    await cp(join(w.project, "models/whisper"), other, { recursive: true });

    const { stdout } = await w.preload(["verify", "whisper:tiny-demo"], { env: { WHISPER_CACHE_DIR: other } });

    expect(stdout).toContain(`also in ${other} (WHISPER_CACHE_DIR): complete`);
    expect(stdout).toContain(`also in ${join(w.project, "models/whisper")} (the project's models): complete`);
  });

  test("a pipeline in an environment that is not the active one", async () => {
    const packages = ({ project }: World) => join(project, ".venv/lib/python3.12/site-packages");
    const w = await moved(({ spacy }) => spacy, packages);

    const { stdout } = await w.preload(["verify", "spacy:en_demo_core"]);

    expect(stdout).toContain(`also in ${packages(w)} (an environment of the project): complete`);
  });

  test("in part, or as another revision", async () => {
    const w = await moved(({ hub }) => hub, inProject, onlyBart);
    const repo = join(inProject(w), "models--preload-demo--tiny-bart");
    const { revision } = JSON.parse((await w.preload(["list", "--json"])).stdout).models[0];
    await rm(join(repo, "snapshots", revision, "model.safetensors"));
    const part = await w.preload(["verify"]);
    await rename(join(repo, "snapshots", revision), join(repo, "snapshots", "0".repeat(40)));
    const other = await w.preload(["verify"]);

    expect(part.stdout).toContain("(the project's .cache): partial");
    expect(other.stdout).toContain("(the project's .cache): another revision");
  });
});

test("looking ends when its time is over, and says so", async () => {
  // Also the real home of whoever runs this is looked into.
  const nowhere = "hf:preload-demo/of-no-machine";
  const w = await world({ config: onlyBart });
  await mkdir(join(w.project, ".cache/huggingface/hub"), { recursive: true });
  await writeFile(join(w.home, "file"), "");
  const { env, project, home } = w;
  const session = {
    machine: { platform: process.platform, env, home, cwd: project },
    config: {
      dir: project,
      profiles: {},
      default: [],
      aliases: {},
      endpoints: {},
      sections: {},
      policy: { requireCommit: false, licenses: [] },
    },
    fetchers: {},
    stateDir: join(home, "state"),
  };

  expect(searchFor(session, -1).miss(nowhere, undefined)).toMatchObject({ elsewhere: [], lookedEverywhere: false });
  expect(searchFor(session).miss(nowhere, undefined)).toMatchObject({ elsewhere: [], lookedEverywhere: true });
});
