import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Copy, DockerfileParser, type Instruction, type Run } from "dockerfile-ast";
import { validate } from "dockerfile-utils";
import { describe, expect, test } from "vitest";
import { defaults } from "../src/docker/recipe.ts";
import { finalPart } from "../src/docker/stages.ts";
import { installed } from "./support/packs.ts";
import { run } from "./support/run.ts";
import { world } from "./support/world.ts";

const head =
  '# syntax=docker/dockerfile:1\n\n# My service\nFROM python:3.13-slim\nRUN pip install torch\n\n# Run it\nCMD ["python", "a.py"]';

/** A project with a lock, and perhaps a Dockerfile. */
async function locked(dockerfile?: string, name = "Dockerfile") {
  const here = await world();
  expect((await here.preload(["lock"])).code).toBe(0);
  here.demo.origin.clear();
  const path = join(here.project, name);
  if (dockerfile !== undefined) await writeFile(path, dockerfile);
  return { ...here, path, ignore: join(here.project, ".dockerignore"), read: () => readFile(path, "utf8") };
}

/** The text without our blocks, and without the empty line that sets each off. */
function outside(text: string): string {
  return text.replaceAll(
    /# >>> preload: (?:stages|models)[\s\S]*?# <<< preload: (?:stages|models)\r?\n(?:\r?\n)?/g,
    "",
  );
}

/** A step as the parser understands it. */
function shown(step: Instruction): string {
  const flags = "getFlags" in step ? (step as Copy).getFlags() : [];
  const words = flags.map((flag) => `--${flag.getName()}${flag.getValue() === null ? "" : `=${flag.getValue()}`}`);
  return [step.getKeyword(), ...words, ...step.getArguments().map((one) => one.getValue())].join(" ");
}

describe("for BuildKit", () => {
  test("a parser of Dockerfiles finds nothing wrong, and each step is what it should be", async () => {
    const here = await locked(head);
    await here.preload(["docker", "--write"]);
    const text = await here.read();

    expect(validate(text)).toEqual([]);
    const steps = DockerfileParser.parse(text).getInstructions();
    const lock = /sha256:[0-9a-f]{64}/.exec(text)?.[0];
    const copies = [
      "whisper-tiny-demo",
      "spacy-en_demo_core",
      "hf-preload-demo--tiny-led-bin",
      "hf-preload-demo--tiny-bart-sharded",
      "hf-preload-demo--tiny-bart",
      "hf-preload-demo--tiny-sentence",
    ];
    const mount = "/.preload";
    expect(steps.map(shown).map((step) => step.replace(/\s+/g, " "))).toEqual([
      "FROM docker.io/library/node:24.11.1-bookworm-slim AS preload",
      "WORKDIR /preload",
      expect.stringMatching(/^RUN npm install --no-audit --no-fund @preload\/cli@\d+\.\d+\.\d+ && cp -L /),
      'ENV PATH="/preload/node_modules/.bin:$PATH"',
      "WORKDIR /preload/project",
      "COPY preload.yaml preload.lock ./",
      "FROM preload AS preload-models",
      expect.stringMatching(
        /^RUN --mount=type=cache,id=preload,target=\/var\/cache\/preload,sharing=locked --mount=type=secret,id=hf_token export .* && preload ci && preload export --per-model --to \/layers$/,
      ),
      "FROM python:3.13-slim",
      "RUN pip install torch",
      ...copies.map((name) => `COPY --link --chown=1000:1000 --from=preload-models /layers/${name}/ /models/`),
      'ENV XDG_CACHE_HOME="/models"',
      `ENV PYTHONPATH="/models/spacy$\{PYTHONPATH:+:$PYTHONPATH}"`,
      'ENV HF_HUB_CACHE="/models/huggingface/hub"',
      'ENV HF_HUB_OFFLINE="1"',
      'ENV TRANSFORMERS_OFFLINE="1"',
      'ENV HF_HUB_DISABLE_TELEMETRY="1"',
      'ENV DISABLE_SAFETENSORS_CONVERSION="true"',
      expect.stringMatching(`^LABEL dev.preload.models="hf:preload-demo/tiny-bart .*" dev.preload.lock="${lock}"$`),
      "USER 1000:1000",
      expect.stringMatching(
        /^RUN --network=none --mount=type=bind,from=preload,source=\/preload,target=\/\.preload \[/,
      ),
      'CMD ["python", "a.py"]',
    ]);
    const verifying = steps.filter((step) => step.getKeyword() === "RUN").at(-1) as Run;
    expect(verifying.getJSONStrings().map((word) => word.getJSONValue())).toEqual([
      ...[
        `${mount}/ld.so`,
        "--library-path",
        mount,
        `${mount}/env`,
        "-i",
        "HOME=/",
        `PRELOAD_STATE_DIR=${mount}/state`,
      ],
      ...[`${mount}/ld.so`, "--library-path", mount, `${mount}/node`],
      `${mount}/node_modules/@preload/cli/dist/bin.cjs`,
      ...["verify", "--deep", "--offline", "--cwd", `${mount}/project`, "--cache-root", "/models"],
    ]);
    const kept = steps.filter((step) => ["ARG", "ENV", "LABEL"].includes(step.getKeyword()));
    expect(kept.map((step) => step.getRawArgumentsContent()).join("\n")).not.toMatch(/TOKEN|token/);
    expect(here.demo.origin.requests).toEqual([]);
  });

  test("what is printed is the same two parts", async () => {
    const here = await locked(head);
    const { stdout } = await here.preload(["docker"]);
    const { stages, final } = JSON.parse((await here.preload(["docker", "--json"])).stdout);
    await here.preload(["docker", "--write"]);
    const text = await here.read();

    expect(stdout).toBe(`${stages}\n# And in the stage of your program, behind what it installs:\n${final}`);
    expect([text.includes(stages), text.includes(final)]).toEqual([true, true]);
  });
});

test("the plan of an image: each layer as the tar it is, and the disk that the build takes at most", async () => {
  const { preload } = await locked();
  const { stdout } = await preload(["plan", "--docker"]);
  const { docker } = JSON.parse((await preload(["plan", "--docker", "--json"])).stdout);
  const { models } = JSON.parse((await preload(["docker", "--json"])).stdout);

  expect(docker.layers).toEqual(models);
  const { image, peak } = docker;
  expect(image).toBe(models.reduce((sum: number, { bytes }: { bytes: number }) => sum + bytes, 0));
  // An archive is there beside what it is unpacked to.
  expect(peak.download).toBeGreaterThan(peak.copy);
  expect(peak).toMatchObject({ layers: image, context: peak.copy + image, fetch: peak.download + peak.copy + image });
  expect(stdout).toMatch(
    /^layer {5}whisper:tiny-demo {2}45\d kB in 1 file\n(?:layer .*\n){5}image {5}.* in 6 layers of models, before compression\nbuild {5}/m,
  );
});

test("what two models share is fetched and copied once", async () => {
  const bart = "hf:preload-demo/tiny-bart";
  const peakOf = async (models: string) => {
    const { preload } = await world({ config: `models: [${models}]\n` });
    await preload(["lock"]);
    return JSON.parse((await preload(["plan", "--docker", "--json"])).stdout).docker.peak;
  };
  const { download, copy } = await peakOf(bart);

  expect(await peakOf(`${bart}, ${bart}@7c1b7f0ab87bd685f3b79201c5b410cc5bb2d78e`)).toMatchObject({ download, copy });
});

test("a source that has no model is refused: it is no image without models that is meant", async () => {
  const { preload } = await locked();
  const { code, stdout, stderr } = await preload(["docker", "--only", "torch"]);

  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(
    /--only torch: the profiles name no model of that\n {2}They have models of hf, spacy, whisper\./,
  );
});

test("for buildah, nothing is written that its older versions do not know", async () => {
  const { preload } = await locked();
  const { stdout } = await preload(["docker", "--flavor", "buildah"]);

  expect(validate(stdout.replace("# And in", "FROM scratch\n# And in"))).toEqual([]);
  expect(stdout).not.toMatch(/--link|--network|type=tmpfs|<<|# syntax/);
  expect(stdout).toMatch(/^COPY --chown=1000:1000 --from=preload-models /m);
});

test("a layer is linked only where no folder of the image lies above it: it would be the user's, too", async () => {
  const { preload } = await locked();
  const { stdout } = await preload(["docker", "--to", "/opt/models"]);

  expect(stdout).not.toContain("--link");
  expect(stdout).toMatch(/^COPY --chown=1000:1000 --from=preload-models \/layers\/\S+ \/opt\/models\/$/m);
});

test("of more models than an image can have layers, the smallest share one", () => {
  const layers = Array.from({ length: 130 }, (_, index) => ({ ref: `hf:many/${index}`, folder: `hf-many--${index}` }));
  const files = ["preload.yaml", "preload.lock"] as const;
  const text = finalPart({ ...defaults, version: "1.0.0", layers, files, environment: "", lockDigest: "sha256:0" });

  expect(validate(`FROM a:1\n${text}`)).toEqual([]);
  const copies = DockerfileParser.parse(text).getCOPYs();
  expect(copies.map((copy) => copy.getArguments().length)).toEqual([...Array(89).fill(2), 42]);
  expect(shown(copies.at(-1) as Instruction)).toMatch(
    / \/layers\/hf-many--89\/ .* \/layers\/hf-many--129\/ \/models\/$/,
  );
});

test.each([
  ["context", "--mount=type=bind,from=models,target=/from"],
  [`registry.example:5000/team/models@sha256:${"a".repeat(64)}`, "--mount=type=bind,from=preload-image,target=/from"],
])("from %s nothing is fetched, and no secret is asked for", async (source, mount) => {
  const { preload } = await locked();
  const { stdout } = await preload(["docker", "--source", source]);

  expect(stdout).toContain(
    `RUN --network=none ${mount} \\\n    preload export --per-model --to /layers --cache-root /from\n`,
  );
  expect(stdout).not.toMatch(/secret|preload ci|type=cache/);
  expect(stdout.includes(`FROM ${source} AS preload-image`)).toBe(source !== "context");
});

describe("a Dockerfile that is kept", () => {
  test.each([
    ["with a line break at its end", `${head}\n`],
    ["with lines of Windows", `${head.replaceAll("\n", "\r\n")}\r\n`],
    ["with a mark of its encoding", `\uFEFF${head}\n`],
    ["with other stages", `ARG BASE=a\nFROM \${BASE} AS one\nRUN x\nFROM two\nCOPY --from=0 /x /x\nUSER 10001\n`],
  ])("stays as it is outside of our blocks, byte for byte: %s", async (_, text) => {
    const { preload, path, ignore, read } = await locked(text);

    const first = await preload(["docker", "--write"]);
    const written = await read();
    const second = await preload(["docker", "--write"]);

    expect(first.stdout).toBe(`wrote ${path}\nwrote ${ignore}\n`);
    expect(outside(written)).toBe(text);
    expect(written.includes("\r\n")).toBe(text.includes("\r\n"));
    expect(second.stdout).toBe(`unchanged ${path}\nunchanged ${ignore}\n`);
    expect([await read(), (await preload(["docker", "--check"])).code]).toEqual([written, 0]);
  });

  test("has the stages above the final one, and the models below what is installed", async () => {
    const { preload, read } = await locked(head);
    await preload(["docker", "--write"]);

    const order = [
      "# syntax=",
      "preload: stages",
      "# My service\nFROM",
      "pip install",
      "preload: models",
      "# Run it\nCMD",
    ];
    const text = await read();
    const places = order.map((one) => text.indexOf(one));
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(places[0]).toBe(0);
  });

  test("drifts when the lock does: exit 8 and what would change, and nothing is written", async () => {
    const { preload, path, project, read } = await locked(head);
    await preload(["docker", "--write"]);
    const before = await read();
    const config = await readFile(join(project, "preload.yaml"), "utf8");
    await writeFile(join(project, "preload.yaml"), config.replace("    - spacy:en_demo_core\n", ""));
    await preload(["lock"]);

    const { code, stdout, stderr } = await preload(["docker", "--check"]);
    const document = JSON.parse((await preload(["docker", "--check", "--json"])).stdout);

    expect(stdout).toMatch(/^--- a\/Dockerfile\n\+\+\+ b\/Dockerfile\n@@/);
    expect(stdout).toContain(
      "-COPY --link --chown=1000:1000 --from=preload-models /layers/spacy-en_demo_core/ /models/\n",
    );
    expect(stdout).toContain("-ENV PYTHONPATH=");
    expect(stderr).toContain(`${path} would change\n  Run \`preload docker --write\``);
    expect(document).toMatchObject({ version: 1, command: "docker", ok: false, exitCode: 8 });
    expect(document.files).toMatchObject([
      { path, changed: true, diff: stdout },
      { changed: false, diff: "" },
    ]);
    expect([code, await read()]).toEqual([8, before]);
  });

  test("remembers the flags it was written with, and takes others", async () => {
    const { preload, path, read } = await locked("FROM a:1\n", "Containerfile");
    const flags = ["--flavor", "buildah", "--to", "/srv/models", "--user", "7:8", "-p", "test", "--only", "hf,spacy"];
    await preload(["docker", ...flags, "--node-image", "example.com/node:1", "--write"]);
    const first = await read();

    expect((await preload(["docker", "--check"])).code).toBe(0);
    expect(first).toContain(" --profile test --only hf,spacy)\nFROM example.com/node:1 AS preload\n");
    expect(first).toContain("preload ci --profile test --only hf,spacy \\\n");
    expect(first).toContain('"--cache-root", "/srv/models", "--profile", "test", "--only", "hf,spacy"]');
    expect(first).not.toMatch(/whisper|--link|sharded/);
    expect((await preload(["docker", "--write", "--user", "9"])).stdout).toContain(`wrote ${path}\n`);
    expect(await read()).toBe(first.replaceAll("7:8", "9:9"));
  });

  test.each([
    ["USER 10001:10002", [], "USER 10001:10002"],
    ["USER 10001", [], "USER 10001:10001"],
    ["USER app", ["--user", "5"], "USER 5:5"],
    ["RUN x", [], "USER 1000:1000"],
    ["USER 10001\nRUN x\nUSER root", [], "USER 0:0"],
    ["USER 7\nFROM a:1 AS Base\nUSER 8:9\nFROM --platform=linux/amd64 base AS next\nFROM next", [], "USER 8:9"],
  ])("is verified as its user: %s %j", async (line, flags, user) => {
    const { preload, read } = await locked(`FROM a:1\n${line}\n`);
    await preload(["docker", "--write", ...flags]);

    expect(await read()).toContain(`\n${user}\n# As the user`);
  });

  test.each([
    ["USER root\nRUN apt-get install -y x", 2, /verified as 1000:1000, and behind them it says USER root\n.*--user 0/],
    ["USER 0", 2, /it says USER 0\n/],
    ["USER 1001:1000", 2, /it says USER 1001:1000\n/],
    ["USER root\nRUN apt-get install -y x\nUSER 1000", 0, /^$/],
    ["USER app", 0, /^warning .* behind them it says USER app, which nobody can compare/],
    ["FROM a:1 AS other\nUSER root", 0, /^$/],
  ])("is looked at for whom its stage ends with: %j behind the models ends with %d", async (lines, code, message) => {
    const { preload, path, read } = await locked("FROM a:1\n");
    await preload(["docker", "--write"]);
    await writeFile(path, `${await read()}\n${lines}\n`);

    expect(await preload(["docker", "--check"])).toMatchObject({ code, stderr: expect.stringMatching(message) });
    expect((await preload(["docker", "--write"])).code).toBe(code);
  });

  test.each<[string, string | undefined, string[], RegExp]>([
    ["that is not there", undefined, [], /Dockerfile does not exist\n {2}Begin Dockerfile with/],
    ["whose user is a name", "FROM a:1\nUSER app\n", [], /its user "app" is a name.*\n.*--user 1000:1000/],
    ["whose user is a variable", "ARG U=1\nFROM a:1\nUSER $U\n", [], /its user "\$U" is a variable.*\n.*`id -u`/],
    ["without a stage", "# nothing\n", [], /it has no FROM/],
    ["of Windows", "# escape=`\nFROM a:1\n", [], /its lines are continued with `/],
    ["that lost a marker", "FROM a:1\n# >>> preload: models (preload docker)\n", [], /"preload: models" has lost one/],
    [
      "with an odd marker",
      "FROM a:1\n# >>> preload: models (preload docker --x y)\n# <<< preload: models\n",
      [],
      /says --x/,
    ],
    ...["--__proto__ y", "--flavor docker", "--only nothing", "--to"].map(
      (words): [string, string, string[], RegExp] => [
        `with ${words} in its marker`,
        `FROM a:1\n# >>> preload: models (preload docker ${words})\n# <<< preload: models\n`,
        [],
        /says --__proto__|"docker" is no flavor|--only nothing: there is no such source|says --to/,
      ],
    ),
    ["with a stage of our name", "FROM a:1 AS Preload\nFROM b:1\nCOPY --from=preload /x /\n", [], /called preload, /],
    ["whose final stage has our name", "FROM a:1 as preload-models\n", [], /called preload-models, /],
    ["with a stage called models", "FROM a:1 AS models\n", ["--source", "context"], /called models, /],
    ["of an old syntax", "# syntax=docker/dockerfile:1.3-labs\nFROM a:1\n", [], /1\.3-labs does not know COPY --link/],
    ["and a user that none can be", "FROM a:1\n", ["--user", "2147483648"], /is not a user's number/],
    ["and a folder of the system", "FROM a:1\n", ["--to", "/usr"], /\/usr belongs to the system/],
    ["and a folder that is mounted", "FROM a:1\n", ["--to", "/run/models"], /belongs to the system/],
    ["and a folder that is none", "FROM a:1\n", ["--to", "models"], /"models" is no folder for models/],
    ["and a folder above", "FROM a:1\n", ["--to", "/a/../b"], /is no folder for models/],
    ["and an image by its tag", "FROM a:1\n", ["--source", "a:1"], /"a:1" is no source of models/],
    [
      "and an image of any version",
      "FROM a:1\n",
      ["--node-image", "node"],
      /"node" is no image with a tag or a digest/,
    ],
    ["and another context", "FROM a:1\n", ["--context", "src"], /is outside of the build context/],
  ])("%s is refused, and nothing is written", async (_, text, flags, message) => {
    const { preload, project } = await locked(text);
    const { code, stderr } = await preload(["docker", "--write", ...flags]);

    expect(stderr).toMatch(message);
    expect([code, await readdir(project)]).toEqual([2, expect.not.arrayContaining([".dockerignore"])]);
  });
});

test.each(["Dockerfile", "Containerfile"])("the %s of the example is up to date", async (name) => {
  const { env } = await world();
  const cwd = fileURLToPath(new URL("../../../examples/docker-python", import.meta.url));

  const { code, stdout } = await run(["docker", "--check", name], { cwd, env });

  expect([code, stdout]).toEqual([0, ""]);
});

describe("an image without models", () => {
  const config = "profiles: { all: [hf:preload-demo/tiny-bart], thin: [] }\ndefault: all\n";

  test("says so, and has no stages", async () => {
    const { preload, project } = await world({ config });
    await preload(["lock"]);
    await writeFile(join(project, "Dockerfile"), "FROM a:1\n");
    await preload(["docker", "--write"]);
    await preload(["docker", "-p", "thin", "--write"]);

    const text = await readFile(join(project, "Dockerfile"), "utf8");
    expect(text).toMatch(
      /^\n?FROM a:1\n# >>> preload: models \(.* --profile thin\)\n# The profile thin names no model: .*\nLABEL dev\.preload\.models="none"\n# <<< preload: models\n$/,
    );
    expect((await preload(["docker", "--check"])).code).toBe(0);
  });

  test("is not what a config means whose default profile lost its models", async () => {
    const { preload } = await world({ config: config.replace("default: all", "default: thin") });
    await preload(["lock"]);
    const { code, stderr } = await preload(["docker"]);

    expect([code, stderr]).toEqual([2, expect.stringContaining("its profiles name no model")]);
  });
});

test("a pipeline that goes into an environment of this machine is no layer", async () => {
  const config = "models: [spacy:en_demo_core]\nspacy: { version: '3.8' }\n";
  const { preload, project } = await world({ config });
  await preload(["lock"]);
  await mkdir(join(project, ".venv/lib/python3.11/site-packages"), { recursive: true });
  await writeFile(join(project, ".venv/pyvenv.cfg"), "version = 3.11.7\n");
  await writeFile(
    join(project, "preload.yaml"),
    config.replace("version", "into: site-packages, python: .venv, version"),
  );
  const { code, stderr } = await preload(["docker"]);

  expect([code, stderr]).toEqual([2, expect.stringContaining("into is site-packages")]);
});

describe("what is left out of the build context", () => {
  const always = ["**/.cache", "**/models--*", "**/.venv", "**/venv", "**/.tox", "**/.nox"];
  const block = (...rules: string[]) =>
    `# >>> preload: context (preload docker)\n${rules.map((rule) => `${rule}\n`).join("")}# <<< preload: context\n`;

  test("gets the rules it lacks at its end, once", async () => {
    const { preload, ignore } = await locked("FROM a:1\n");
    await writeFile(ignore, "*.log\n.git\n**/venv");
    await preload(["docker", "--write"]);
    const text = await readFile(ignore, "utf8");

    expect(text).toBe(`*.log\n.git\n**/venv\n${block(...always.filter((rule) => rule !== "**/venv"))}`);
    expect((await preload(["docker", "--write"])).stdout).toContain(`unchanged ${ignore}`);
  });

  test("a file that says it all in its own words stays as it is", async () => {
    const { preload, ignore } = await locked("FROM a:1\n");
    await writeFile(ignore, "*\n!src\n!preload.yaml\n!preload.lock\n");

    expect((await preload(["docker", "--write"])).stdout).toContain(`unchanged ${ignore}`);
  });

  test("a rule that is no pattern is named, as docker would refuse it", async () => {
    const { preload, ignore } = await locked("FROM a:1\n");
    await writeFile(ignore, "[\n");
    const { code, stderr } = await preload(["docker", "--write"]);

    expect([code, stderr]).toEqual([2, expect.stringContaining(`${ignore}: one of its rules is not a pattern`)]);
  });

  test("what the build needs is put back in", async () => {
    const { preload, ignore } = await locked("FROM a:1\n");
    await writeFile(ignore, "*\n!src\n");
    await preload(["docker", "--write"]);

    expect(await readFile(ignore, "utf8")).toBe(`*\n!src\n${block("!/preload.yaml", "!/preload.lock")}`);
    expect((await preload(["docker", "--check"])).code).toBe(0);
  });

  test("caches, exports and packs that lie in it are found, and until they are left out the check fails", async () => {
    const { preload, project } = await installed();
    await writeFile(join(project, "Dockerfile"), "FROM a:1\n");
    await preload(["docker", "--write"]);
    expect((await preload(["docker", "--check"])).code).toBe(0);
    await mkdir(join(project, "deploy"));
    await preload(["export", "--to", "deploy/models"]);
    await preload(["pack", "dist.tar"]);
    await preload(["install", "--cache-root", "mine"]);

    const { code, stdout } = await preload(["docker", "--check", "--cache-root", "mine"]);
    await preload(["docker", "--write", "--cache-root", "mine"]);

    expect(stdout).toContain("+/deploy/models\n+/dist.tar\n+/mine/huggingface/hub\n+/mine/spacy\n+/mine/whisper\n");
    expect([code, (await preload(["docker", "--check", "--cache-root", "mine"])).code]).toEqual([8, 0]);
  });

  test.skipIf(process.platform !== "linux")(
    "a cache of an odd name is left out by a rule that means it, and what cannot be read is no pack",
    async () => {
      const { home, env, preload, project, ignore } = await locked("FROM a:1\n");
      await mkdir(join(project, "we[i]rd*/models--a--b"), { recursive: true });
      await writeFile(join(project, "shut.tar"), "oci-layout", { mode: 0o000 });
      await chmod(dirname(home), 0o755);
      await preload(["docker", "--write"]);

      expect(await readFile(ignore, "utf8")).toContain("\n/we\\[i\\]rd\\*\n");
      const isRoot = process.getuid?.() === 0;
      const as = isRoot ? ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups"] : [];
      expect(await run(["docker", "--check"], { cwd: project, env, as })).toMatchObject({ code: 0, stderr: "" });
    },
  );

  test("doctor warns of a cache in it, until it is left out", async () => {
    const { preload, project, path } = await locked("FROM a:1\n");
    await preload(["install", "--cache-root", "mine"]);
    const seen = async () => (await preload(["doctor", "--cache-root", "mine"])).stdout;

    expect(await seen()).toContain(
      `${join(project, "mine/huggingface/hub")}: a cache of models in the build context of ${path}`,
    );
    await preload(["docker", "--write", "--cache-root", "mine"]);
    expect(await seen()).not.toContain("build context");
  });
});
