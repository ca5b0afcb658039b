import { existsSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import {
  allRequests,
  type Config,
  type LoadConfigOptions,
  loadConfig,
  profilesWith,
  requestFor,
  requestsOf,
} from "../src/index.ts";
import { tempDir } from "../testing/index.ts";

const schemes = ["toy", "spacy"];

let cwd: string;

beforeEach(async () => {
  cwd = await tempDir();
});

async function write(name: string, text: string): Promise<void> {
  await mkdir(join(cwd, name, ".."), { recursive: true });
  await writeFile(join(cwd, name), text);
}

function load(options: Partial<LoadConfigOptions> = {}): Promise<Config | undefined> {
  return loadConfig({ cwd, schemes, ...options });
}

/** The config that a `preload.yaml` with this text means. */
async function yaml(text: string): Promise<Config> {
  await write("preload.yaml", text);
  return (await load()) as Config;
}

describe("the same config can be written as", () => {
  const data = { profiles: { test: ["toy:bear", { ref: "toy:fox", size: 2 }] }, spacy: { version: "3.8" } };
  const asToml = (table: string) => `
    [${table}profiles]
    test = ["toy:bear", { ref = "toy:fox", size = 2 }]
    [${table}spacy]
    version = "3.8"`;

  test.each([
    [
      "preload.yaml",
      "profiles:\n  test:\n    - toy:bear\n    - { ref: toy:fox, size: 2 }\nspacy: { version: '3.8' }\n",
    ],
    ["preload.yml", "profiles: { test: ['toy:bear', { ref: 'toy:fox', size: 2 }] }\nspacy: { version: '3.8' }\n"],
    ["preload.json", JSON.stringify(data, undefined, "\t")],
    ["preload.toml", asToml("")],
    ["pyproject.toml", `[project]\nname = "app"\n${asToml("tool.preload.")}`],
    ["package.json", JSON.stringify({ name: "app", preload: data }, undefined, "\t")],
    ["preload.config.js", `export default ${JSON.stringify(data)};`],
    ["preload.config.js", `module.exports = ${JSON.stringify(data)};`],
    ["preload.config.mjs", `export default ${JSON.stringify(data)};`],
    ["preload.config.ts", `const data: object = ${JSON.stringify(data)};\nexport default data;`],
  ])("%s", async (name, text) => {
    await write(name, text);

    expect(await load()).toEqual({
      path: join(cwd, name),
      dir: cwd,
      profiles: {
        test: {
          extends: [],
          models: [
            { ref: "toy:bear", options: {}, optional: false },
            { ref: "toy:fox", options: { size: 2 }, optional: false },
          ],
        },
      },
      default: ["test"],
      aliases: {},
      endpoints: {},
      sections: { toy: {}, spacy: { version: "3.8" } },
      policy: { requireCommit: false, licenses: [] },
    });
  });
});

describe("the search for a config", () => {
  test("goes up to the root of the repository, and no further", async () => {
    await write("preload.yaml", "models: [toy:outside]");
    await write("repo/.git/HEAD", "");
    await write("repo/a/b/file.txt", "");

    expect(await load({ cwd: join(cwd, "repo/a/b") })).toBe(undefined);

    await write("repo/preload.yaml", "models: [toy:inside]");
    expect((await load({ cwd: join(cwd, "repo/a/b") }))?.path).toBe(join(cwd, "repo/preload.yaml"));
  });

  test("takes the nearest, and a file of ours before a section in somebody else's", async () => {
    await write("package.json", '{ "preload": { "models": ["toy:package"] } }');
    await write("preload.toml", 'models = ["toy:toml"]');
    await write("sub/package.json", '{ "preload": { "models": ["toy:sub"] } }');

    expect((await load())?.path).toBe(join(cwd, "preload.toml"));
    expect((await load({ cwd: join(cwd, "sub") }))?.path).toBe(join(cwd, "sub/package.json"));
  });

  test("passes by files of others that do not speak of us", async () => {
    await write("preload.yaml", "models: [toy:bear]");
    await write("sub/package.json", '{ "name": "sub", "devDependencies": { "@preload/core": "1" } }');
    await write("sub/pyproject.toml", '[project]\nname = "preload-user"\n');

    expect((await load({ cwd: join(cwd, "sub") }))?.path).toBe(join(cwd, "preload.yaml"));
  });

  test("is not made when a file is named", async () => {
    await write("preload.yaml", "models: [toy:bear]");
    await write("other.yaml", "models: [toy:fox]");

    expect((await load({ path: "other.yaml" }))?.path).toBe(join(cwd, "other.yaml"));
    await expect(load({ path: "gone.yaml" })).rejects.toMatchObject({ code: "BAD_CONFIG" });
  });
});

describe("what is wrong is told with its place", () => {
  test.each<[string, string, string, string?]>([
    ["YAML that is none", "models:\n  - toy:bear\n - toy:fox\n", "preload.yaml:3:1: "],
    ["a key that stands there twice", "models: []\nmodels: []\n", "preload.yaml:2:1: "],
    [
      "an unknown setting",
      "models: []\nprofile:\n  test: []\n",
      'preload.yaml:2:1: there is no setting "profile"',
      "Did you mean profiles?",
    ],
    ["an unknown ecosystem", "models: []\nhf: { token: x }\n", 'preload.yaml:2:1: there is no setting "hf"'],
    [
      "an unknown setting within",
      "profiles:\n  test:\n    extend: x\n",
      'preload.yaml:3:5: there is no setting "extend"',
    ],
    ["a list where a text should be", "cacheRoot: [a]\n", "preload.yaml:1:12: cacheRoot: expected string"],
    [
      "a number where a text should be",
      "models:\n  - ref: toy:bear\n    revision: 1234567\n",
      "preload.yaml:3:15: models.0.revision: expected string",
    ],
    ["a text where a list should be", "profiles:\n  test: toy:bear\n", "preload.yaml:2:9: profiles.test: "],
    ["a list at the top", "- toy:bear\n", "preload.yaml:1:1: "],
    ["too much at once", "concurrency: 1000\n", "preload.yaml:1:14: concurrency: "],
    ["a size that is none", "ci: { budget: much }\n", "preload.yaml:1:15: ci.budget: it is no size; for example 10 GB"],
  ])("%s", async (_, text, message, hint) => {
    await expect(yaml(text)).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringContaining(message),
      ...(hint === undefined ? {} : { hint }),
    });
  });

  test("in JSON", async () => {
    await write("preload.json", '{\n\t"profile": {}\n}');

    await expect(load()).rejects.toMatchObject({ message: expect.stringContaining("preload.json:2:2: there is no") });
  });

  test("in package.json", async () => {
    await write("package.json", '{\n  "name": "app",\n  "preload": {\n    "model": []\n  }\n}');

    await expect(load()).rejects.toMatchObject({ message: expect.stringContaining("package.json:4:5: there is no") });
  });

  test("in TOML", async () => {
    await write("preload.toml", 'models = ["toy:bear"]\nmodels = = 1\n');

    await expect(load()).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringMatching(/preload\.toml:2:\d+: /),
    });
  });

  test("in a program", async () => {
    await write("preload.config.js", "export default { models: [missing] };");

    await expect(load()).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringContaining("cannot be run: missing is not defined"),
    });
  });

  test("in a program that exports nothing", async () => {
    await write("preload.config.mjs", "export const config = {};");

    await expect(load()).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringContaining("has no default export"),
    });
  });
});

test("an empty file is a config without models", async () => {
  expect(allRequests(await yaml(""))).toEqual([]);
});

test("a file that begins with a byte order mark is read", async () => {
  expect(allRequests(await yaml("\uFEFFmodels: [toy:bear]\n")).map(({ ref }) => ref)).toEqual(["toy:bear"]);
});

describe("profiles", () => {
  const profiles = `
    profiles:
      test: [toy:bear, toy:fox]
      production:
        extends: test
        models: [toy:owl, toy:bear]
      all: { extends: [test, production] }
    default: [test]`;
  const refs = (config: Config, names?: string[]) => requestsOf(config, names).map(({ ref }) => ref);

  test("the default ones are meant when none is named", async () => {
    const config = await yaml(profiles);

    expect(refs(config)).toEqual(["toy:bear", "toy:fox"]);
    expect(refs(await yaml(profiles.replace("default: [test]", "")))).toEqual(["toy:bear", "toy:fox", "toy:owl"]);
  });

  test("hold first what they extend, and each model once", async () => {
    const config = await yaml(profiles);

    expect(refs(config, ["production"])).toEqual(["toy:bear", "toy:fox", "toy:owl"]);
    expect(refs(config, ["all"])).toEqual(["toy:bear", "toy:fox", "toy:owl"]);
    expect(profilesWith(config, "toy:owl")).toEqual(["production", "all"]);
  });

  test("that do not exist are named, with the likeliest that does", async () => {
    const config = await yaml(profiles);

    expect(() => refs(config, ["prodution"])).toThrow(
      expect.objectContaining({
        code: "USAGE",
        message: expect.stringContaining('there is no profile "prodution"'),
        hint: "Did you mean production?",
      }),
    );
    expect(() => refs(config, ["constructor"])).toThrow(expect.objectContaining({ code: "USAGE" }));
  });

  test("that extend each other in a circle are shown", async () => {
    const config = await yaml("profiles: { a: { extends: b }, b: { extends: [c] }, c: { extends: a } }");

    expect(() => refs(config, ["a"])).toThrow(
      expect.objectContaining({ code: "BAD_CONFIG", message: expect.stringContaining("a → b → c → a") }),
    );
  });

  test("that ask for one model with different options contradict each other", async () => {
    const config = await yaml("profiles: { a: [{ ref: toy:bear, size: 1 }], b: [{ ref: toy:bear, size: 2 }] }");

    expect(() => refs(config)).toThrow(
      expect.objectContaining({
        code: "BAD_CONFIG",
        message: expect.stringContaining("toy:bear stands there twice with different options"),
      }),
    );
  });

  test("may say the same options in another order", async () => {
    const config = await yaml(
      "profiles: { a: [{ ref: toy:bear, size: 1, fur: red }], b: [{ ref: toy:bear, fur: red, size: 1 }] }",
    );

    expect(refs(config)).toEqual(["toy:bear"]);
  });

  test("what one of them requires is not optional", async () => {
    const config = await yaml("profiles: { a: [{ ref: toy:bear, optional: true }], b: [toy:bear] }");

    expect(requestsOf(config, ["a"])[0]?.optional).toBe(true);
    expect(requestsOf(config, ["a", "b"])[0]?.optional).toBe(false);
    expect(requestsOf(config, ["b", "a"])[0]?.optional).toBe(false);
  });
});

describe("aliases", () => {
  const aliases = `
    aliases:
      teddy: { ref: toy:bear, size: 2, optional: true }
      plain: toy:fox
    models: [teddy, plain, { ref: teddy, optional: false }]`;

  test("stand for a model with its options, in a profile and on the command line", async () => {
    const config = await yaml(aliases);

    expect(allRequests(config)).toEqual([
      { ref: "toy:bear", options: { size: 2 }, optional: false },
      { ref: "toy:fox", options: {}, optional: false },
    ]);
    expect(requestFor(config, "teddy")).toEqual({ ref: "toy:bear", options: { size: 2 }, optional: true });
  });

  test("are not the names that every object has", async () => {
    const config = await yaml(aliases);

    expect(requestFor(config, "constructor")).toEqual({ ref: "constructor", options: {}, optional: false });
  });
});

test("a ref on the command line is meant as the config describes it", async () => {
  const config = await yaml("models: [{ ref: toy:bear, size: 2 }]");

  expect(requestFor(config, "toy:bear").options).toEqual({ size: 2 });
  expect(requestFor(config, "toy:owl")).toEqual({ ref: "toy:owl", options: {}, optional: false });
});

test("mirrors, rules and places are taken over", async () => {
  const config = await yaml(`
    models: []
    endpoints: { toy: "https://one.example", spacy: ["https://two.example", "https://three.example"] }
    cacheRoot: .models
    concurrency: 3
    policy: { requireCommit: true, licenses: [mit] }
    ci: { budget: 2.5 GiB, granularity: set }`);

  expect(config).toMatchObject({
    endpoints: { toy: ["https://one.example"], spacy: ["https://two.example", "https://three.example"] },
    cacheRoot: ".models",
    concurrency: 3,
    policy: { requireCommit: true, licenses: ["mit"] },
    ci: { budget: "2.5 GiB", granularity: "set" },
  });
});

describe("a parsed config", () => {
  let stateDir: string;

  beforeEach(async () => {
    stateDir = await tempDir();
  });

  test("is kept, so that reading it again parses nothing", async () => {
    await write("preload.yaml", "models: [toy:bear]");
    const parsed = await load({ stateDir });
    const [name = ""] = await readdir(join(stateDir, "configs"));
    await writeFile(join(stateDir, "configs", name), JSON.stringify({ ...parsed, concurrency: 7 }));

    expect((await load({ stateDir }))?.concurrency).toBe(7);
  });

  test("is not kept when an address in it has a password", async () => {
    await write("preload.yaml", "models: [toy:bear]\nendpoints: { toy: https://ada:hunter2@mirror.example }");
    await load({ stateDir });

    expect(existsSync(join(stateDir, "configs"))).toBe(false);
  });

  test.each(["models: [toy:fox]", "models: [toy:bear]\nconcurrency: 2"])(
    "is parsed anew after a change to %j",
    async (text) => {
      await write("preload.yaml", "models: [toy:bear]");
      await load({ stateDir });

      await write("preload.yaml", text);

      expect(await load({ stateDir })).toEqual(await load());
    },
  );

  test("is parsed anew when what was kept is damaged", async () => {
    await write("preload.yaml", "models: [toy:bear]");
    const parsed = await load({ stateDir });
    const [name = ""] = await readdir(join(stateDir, "configs"));
    await writeFile(join(stateDir, "configs", name), '{ "half": ');

    expect(await load({ stateDir })).toEqual(parsed);
  });

  test("with a mistake in it is not kept", async () => {
    await write("preload.yaml", "modles: [toy:bear]");

    await expect(load({ stateDir })).rejects.toMatchObject({ code: "BAD_CONFIG" });
    await expect(load({ stateDir })).rejects.toMatchObject({ code: "BAD_CONFIG" });
  });
});
