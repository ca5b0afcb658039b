import { appendFile, chmod, readdir, readlink, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { demoToken } from "@preload/demo-origin";
import { describe, expect, test } from "vitest";
import { run } from "./support/run.ts";
import { world } from "./support/world.ts";

const bart = "hf:preload-demo/tiny-bart";
const folder = "models--preload-demo--tiny-bart";

async function installed() {
  const made = await world({ config: `models: [${bart}]` });
  await made.preload([]);
  made.demo.origin.clear();
  const [commit = ""] = await readdir(join(made.hub, folder, "snapshots"));
  return { ...made, snapshot: join(made.hub, folder, "snapshots", commit) };
}

async function blobOf(snapshot: string, name: string): Promise<string> {
  return join(snapshot, await readlink(join(snapshot, name)));
}

test("everything as promised is exit 0 without a request", async () => {
  const { preload, demo } = await installed();

  const { code, stdout, stderr } = await preload(["verify"]);

  expect(stdout).toMatch(/^ok {6}hf:preload-demo\/tiny-bart [0-9a-f]{7} 69 kB in 8 files\n$/);
  expect(stderr).toBe("1 of 1 model as promised\n");
  expect([code, demo.origin.requests]).toEqual([0, []]);
});

test.each<[string, number, RegExp, (snapshot: string) => Promise<unknown>]>([
  ["a link that is gone", 3, /^ {2}missing +\S+config\.json$/m, (at) => rm(join(at, "config.json"))],
  [
    "a link whose file is gone",
    3,
    /^ {2}dangling link +\S+config\.json {2}expected \.\.\/\.\.\/blobs\/\S+$/m,
    async (at) => rm(await blobOf(at, "config.json")),
  ],
  [
    "a file that is cut off",
    4,
    /^ {2}cut off +\S+model\.safetensors {2}expected \d+ bytes, found 100 bytes$/m,
    async (at) => truncate(await blobOf(at, "model.safetensors"), 100),
  ],
  [
    "a file that is too long",
    4,
    /^ {2}corrupt +\S+model\.safetensors {2}expected \d+ bytes, found \d+ bytes$/m,
    async (at) => appendFile(await blobOf(at, "model.safetensors"), "x"),
  ],
  [
    "a link that leads elsewhere",
    4,
    /^ {2}wrong link +\S+config\.json {2}expected \S+, found \S+$/m,
    async (at) => {
      await rm(join(at, "config.json"));
      await symlink("vocab.json", join(at, "config.json"));
    },
  ],
  [
    "a ref with another commit",
    4,
    /^ {2}wrong text +\S+refs\/main {2}expected "[0-9a-f]{40}", found "nonsense"$/m,
    (at) => writeFile(join(at, "../../refs/main"), "nonsense"),
  ],
])("%s is found and mended", async (_, exitCode, line, damage) => {
  const { preload, hub, snapshot, demo } = await installed();
  await damage(snapshot);

  const found = await preload(["verify"]);
  expect(found.stdout).toMatch(line);
  expect(found.stdout).toContain(`in ${hub} (XDG_CACHE_HOME)`);
  expect([found.code, demo.origin.requests]).toEqual([exitCode, []]);

  const fixed = await preload(["verify", "--fix"]);
  expect(fixed.stdout).toMatch(/^ok .*, mended by fetching /);
  expect([fixed.code, demo.origin.count("/api/")]).toEqual([0, 0]);
  expect((await preload(["verify", "--deep"])).code).toBe(0);
});

test("--fix that cannot reach the network says so and ends with 5", async () => {
  const { preload, snapshot } = await installed();
  await rm(await blobOf(snapshot, "config.json"));

  const { code, stderr } = await preload(["verify", "--fix", "--endpoint", "hf=http://127.0.0.1:9"]);

  expect(stderr).toContain("127.0.0.1:9: the connection was refused");
  expect(code).toBe(5);
});

test("what --only leaves out is named and counted", async () => {
  const { preload } = await world();
  await preload([]);

  const { code, stderr } = await preload(["verify", "--only", "hf"]);

  expect(stderr).toContain("not verified, since --only leaves them out: whisper:tiny-demo, spacy:en_demo_core");
  expect(stderr).toContain("4 of 4 models as promised, 2 not verified");
  expect(code).toBe(0);
});

test("without a config, a model that was installed by name is known", async () => {
  const { preload } = await world({ config: "none" });
  await preload([bart]);

  expect((await preload(["verify", bart])).code).toBe(0);
  const all = await preload(["verify"]);
  expect(all.stdout).toMatch(/^ok .*tiny-bart/);
  expect(all.stderr).toContain("There is no config here");
  expect(all.code).toBe(0);
});

test("where nothing was ever installed, the built-in models are missing", async () => {
  const { preload, demo } = await world({ config: "none" });

  const { code, stderr } = await preload(["verify"]);

  expect(stderr).toContain("hf:facebook/bart-base");
  expect([code, demo.origin.requests]).toEqual([3, []]);
});

test("where models were put below a cache root, that is told", async () => {
  const { preload, project } = await world({ config: "none" });
  const root = join(project, "models");
  await preload([bart, "--cache-root", root]);

  const { code, stderr } = await preload(["verify"]);
  const there = await preload(["verify", "--cache-root", root]);

  expect(code).toBe(3);
  expect(stderr).toContain(
    `these are the built-in models. Others were put elsewhere: \`preload verify --cache-root ${root}\``,
  );
  expect(there.code).toBe(0);
});

test("an unknown ref is missing, and the directory and its rule are named", async () => {
  const { preload, hub } = await world();

  const { code, stderr } = await preload(["verify", "hf:org/name"]);

  expect(stderr).toContain(`hf:org/name is neither locked nor was it installed into ${hub} (XDG_CACHE_HOME)`);
  expect(code).toBe(3);
});

test("problems for programs", async () => {
  const { preload, snapshot } = await installed();
  await truncate(await blobOf(snapshot, "model.safetensors"), 100);

  const { code, stdout } = await preload(["verify", "--json"]);

  expect(code).toBe(4);
  expect(JSON.parse(stdout)).toMatchObject({
    version: 1,
    command: "verify",
    ok: false,
    exitCode: 4,
    depth: "quick",
    models: [{ ref: bart, status: "broken", problems: [{ reason: "truncated", received: "100 bytes" }], error: null }],
    skipped: [],
  });
});

describe("an optional model that is locked", () => {
  const gated = "hf:preload-demo/gated-bart";
  const config = `models: [{ ref: ${gated}, optional: true }, hf:preload-demo/tiny-bart]\n`;

  test("and could not be had is no fault, as it was none of the install", async () => {
    const { preload } = await world({ config });
    await preload(["lock"], { env: { HF_TOKEN: demoToken } });
    expect((await preload(["ci"])).code).toBe(0);

    const { code, stdout, stderr } = await preload(["verify"]);

    expect(stdout).toMatch(/^skipped hf:preload-demo\/gated-bart$/m);
    expect([code, stderr]).toEqual([0, "1 of 1 model as promised, 1 optional and not installed\n"]);
  });

  test("and of which a part is there is broken", async () => {
    const { preload, hub } = await world({ config });
    await preload(["lock"], { env: { HF_TOKEN: demoToken } });
    await preload(["ci"], { env: { HF_TOKEN: demoToken } });
    await rm(join(hub, "models--preload-demo--gated-bart", "refs"), { recursive: true });

    expect((await preload(["verify"])).code).toBe(3);
  });
});

const isRoot = process.platform === "linux" && process.getuid?.() === 0;

test.skipIf(!isRoot)("a user that is only a number, without HOME, is no mistake", async () => {
  const { home, preload, project, env } = await world({ config: `models: [${bart}]` });
  await preload([]);
  await chmod(dirname(home), 0o755);
  const { HOME: _, USERPROFILE: __, ...homeless } = env;
  const as = ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups"];
  const { code, stdout } = await run(["verify", "--offline", "--cwd", project], { cwd: "/", env: homeless, as });
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^ok {6}hf:/)]);
});
