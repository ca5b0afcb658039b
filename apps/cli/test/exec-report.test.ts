import { readFileSync, rmSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { world } from "./support/world.ts";

const node = process.execPath;
const bart = "hf:preload-demo/tiny-bart";
const folderOf = (hub: string, name: string) => join(hub, `models--${name.replace("/", "--")}`);

/** A command that does what a client does that downloads a model. */
const downloads = (hub: string, name: string, bytes = 1234) => {
  const blobs = join(folderOf(hub, name), "blobs");
  const program = `const fs = require("node:fs"); fs.mkdirSync(${JSON.stringify(blobs)}, { recursive: true });
    fs.writeFileSync(${JSON.stringify(join(blobs, "digest"))}, "x".repeat(${bytes}));`;
  return [node, "-e", program];
};

test("a model that the command downloads, and that no lock has, is told; the run passes", async () => {
  const { preload, hub } = await world({ config: `models: [${bart}]` });
  await preload(["install"]);

  const { code, stdout, stderr } = await preload(["exec", "--", ...downloads(hub, "org/new")]);

  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  expect(stderr).toBe(
    "preload: the caches changed by 1 model\n" +
      `  hf:org/new was downloaded (1.2 kB, to ${hub}): not in preload.lock, add it with \`preload add hf:org/new\`\n`,
  );
});

test("a model of the lock that the command downloads by itself is no news", async () => {
  const { preload, hub } = await world({ config: `models: [${bart}]` });
  await preload(["lock"]);

  const command = downloads(hub, "preload-demo/tiny-bart");
  expect(await preload(["exec", "--no-verify", "--", ...command])).toMatchObject({ code: 0, stderr: "" });
});

test("--assert-no-download fails a run that added a model, also one of the lock", async () => {
  const { preload, hub } = await world({ config: `models: [${bart}]` });
  await preload(["lock"]);

  const command = downloads(hub, "preload-demo/tiny-bart");
  const { code, stderr } = await preload(["exec", "--no-verify", "--assert-no-download", "--", ...command]);

  expect(code).toBe(9);
  expect(stderr).toContain(`${bart} was downloaded (1.2 kB, to ${hub})\n`);
});

test("--assert-no-download fails a run that removed a model, or took something from one, or added to it", async () => {
  const { preload, hub } = await world({ config: `models: [${bart}]` });
  await preload(["install"]);
  const assert = (...command: string[]) => preload(["exec", "--no-verify", "--assert-no-download", "--", ...command]);
  const folder = folderOf(hub, "preload-demo/tiny-bart");

  const grown = await assert("sh", "-c", `printf more > ${folder}/blobs/another`);
  const shrunk = await assert("sh", "-c", `rm ${folder}/blobs/another`);
  const removed = await assert("rm", "-r", folder);

  expect([grown.code, shrunk.code, removed.code]).toEqual([9, 9, 9]);
  expect(grown.stderr).toContain(`${bart} grew by 4 bytes in ${hub}`);
  expect(shrunk.stderr).toContain(`${bart} lost 4 bytes in ${hub}: \`preload verify\` says what is missing`);
  expect(removed.stderr).toMatch(/tiny-bart was removed \(70 kB, from .*\): `preload install` brings it back/);
});

test("a command that fails keeps its own code, and one that changes nothing is not spoken of", async () => {
  const { preload, hub } = await world({ config: `models: [${bart}]` });
  await preload(["install"]);
  const assert = (...command: string[]) => preload(["exec", "--assert-no-download", "--", ...command]);

  expect(
    await assert(
      "sh",
      "-c",
      `mkdir -p ${folderOf(hub, "org/new")}/blobs; printf x > ${folderOf(hub, "org/new")}/blobs/a; exit 42`,
    ),
  ).toMatchObject({ code: 42, stderr: expect.stringContaining("hf:org/new was downloaded (1 byte") });
  expect(await assert("true")).toEqual({ code: 0, stdout: "", stderr: "" });
});

test("the test that asked for a model is named as the one that added it", async () => {
  const { preload, hub } = await world({ config: `models: [${bart}]` });
  await preload(["install"]);
  const [, , write] = downloads(hub, "org/new");
  const command = [node, "-e", `${write} fetch("http://hub.invalid/org/new/resolve/main/config.json").catch(() => {})`];

  const { code, stderr } = await preload(["exec", "--assert-no-download", "--", ...command], {
    env: { PRELOAD_HF_ENDPOINT: "http://hub.invalid", PRELOAD_TEST: "a.test.ts > asks" },
  });

  expect(code).toBe(9);
  expect(stderr).toContain("hf:org/new was downloaded by a.test.ts > asks (1.2 kB");
});

test("--report writes a document", async () => {
  const { preload, hub, project } = await world({ config: `models: [${bart}]` });
  await preload(["install"]);

  const command = downloads(hub, "org/new");
  await preload(["exec", "--assert-no-download", "--report", "run.json", "--", ...command]);

  expect(JSON.parse(readFileSync(join(project, "run.json"), "utf8"))).toEqual({
    version: 1,
    command: "exec",
    ok: false,
    exitCode: 9,
    ran: command,
    ranExitCode: 0,
    network: "open",
    attempts: [],
    attemptsFail: false,
    caches: [{ ref: "hf:org/new", dir: hub, change: "added", bytes: 1234, isLocked: false, tests: [] }],
    cachesFail: true,
  });
});

/** A command that asks for these addresses one after another, and minds nothing. */
const asks = (...paths: string[]) => [
  node,
  "-e",
  `(async () => { for (const path of ${JSON.stringify(paths)}) await fetch("https://" + path).catch(() => {}); })()`,
];

test("an attempt fails a run that passed: test, host, model, file and what to do, in one line", async () => {
  const { preload } = await world({ config: `models: [${bart}]` });
  await preload(["install"]);

  const led = "huggingface.co/allenai/led-base-16384/resolve/main";
  const command = asks(`${led}/tokenizer_config.json`, `${led}/tokenizer_config.json`);
  const env = { PRELOAD_TEST: "tests/test_sum.py::test_led" };
  const { code, stdout, stderr } = await preload(["exec", "--offline", "--", ...command], { env });

  expect({ code, stdout }).toEqual({ code: 9, stdout: "" });
  expect(stderr).toContain(
    "  tests/test_sum.py::test_led asked huggingface.co for allenai/led-base-16384 tokenizer_config.json, 2 times: " +
      "not in preload.lock, add it with `preload add hf:allenai/led-base-16384`\n" +
      "  --tolerate reports attempts, and does not fail the run\n",
  );
  expect(stderr).toMatch(/^preload: 2 attempts to reach the network/m);
});

test("--tolerate reports and passes; a command that fails keeps its code", async () => {
  const { preload } = await world({ config: "none" });
  const fails = [node, "-e", 'fetch("https://example.invalid/x?secret").catch(() => process.exit(42))'];

  const tolerated = await preload(["exec", "--offline", "--tolerate", "--", ...asks("example.invalid/x?secret")]);
  const failed = await preload(["exec", "--offline", "--", ...fails]);
  const quiet = await preload(["exec", "--offline", "--", "true"]);

  expect(tolerated).toMatchObject({ code: 0, stderr: expect.stringMatching(/asked example\.invalid for \/x\n$/) });
  // There is nothing for --tolerate to change.
  expect(failed).toMatchObject({ code: 42, stderr: expect.stringMatching(/asked example\.invalid for \/x\n$/) });
  expect(quiet.code).toBe(0);
  expect(quiet.stderr).not.toContain("attempt");
});

test("why it was asked for, of a model that the config or the lock has", async () => {
  const { preload, hub, project } = await world({ config: `models: [${bart}]` });
  await preload(["install"]);
  const at = "huggingface.co/preload-demo/tiny-bart";
  const why = async (path: string) => {
    const { stderr } = await preload(["exec", "--offline", "--no-verify", "--", ...asks(path)]);
    return stderr.split("\n").find((line) => line.includes(" asked ")) ?? stderr;
  };

  expect(await why(`${at}/resolve/main/config.json`)).toContain(
    `for preload-demo/tiny-bart config.json: all of it is in ${hub} (XDG_CACHE_HOME), so the program looks elsewhere`,
  );
  expect(await why(`${at}/resolve/v2/config.json`)).toMatch(
    /tiny-bart@v2 config\.json: preload\.lock has it at [0-9a-f]{7}; /,
  );
  expect(await why(`${at}/resolve/main/tf_model.h5`)).toContain("preload.lock has the model without that file");
  expect(await why("huggingface.co/api/telemetry/transformers")).toContain("no model; DO_NOT_TRACK=1");
  rmSync(join(hub, "models--preload-demo--tiny-bart"), { recursive: true });
  expect(await why(`${at}/resolve/main/config.json`)).toContain(
    `in preload.lock, and not all in ${hub}: run \`preload install\``,
  );
  rmSync(join(project, "preload.lock"));
  expect(await why(`${at}/resolve/main/config.json`)).toContain("in preload.yaml, and not in preload.lock");
});

test("many attempts are told up to a number, and all of them with -v", async () => {
  const { preload } = await world({ config: "none" });
  const command = asks(...Array.from({ length: 25 }, (_, index) => `host-${index}.invalid/`));

  const some = await preload(["exec", "--offline", "--", ...command]);
  const all = await preload(["exec", "--offline", "-v", "--", ...command]);

  expect(some.stderr.match(/ asked host-/g)).toHaveLength(20);
  expect(some.stderr).toContain("  and 5 more (-v shows all)\n");
  expect(all.stderr.match(/ asked host-/g)).toHaveLength(25);
  expect(all.stderr).not.toContain("more (-v");
});

test("this machine by its own address is no attempt, though nobody answers there", async () => {
  const { preload } = await world({ config: "none" });
  const addresses = JSON.stringify(
    Object.values(networkInterfaces()).flatMap((all = []) => all.flatMap((one) => (one.scopeid ? [] : [one.address]))),
  );
  const ask = `Promise.all(${addresses}.map((host) => new Promise((done) =>
    require("node:net").connect(9, host, done).on("error", done)))).then(() => process.exit())`;

  const { code, stderr } = await preload(["exec", "--offline", "--", node, "-e", ask]);

  expect({ code, said: stderr.includes("attempt") }).toEqual({ code: 0, said: false });
});

test("--report says the same of attempts", async () => {
  const { preload, project } = await world({ config: "none" });

  const command = asks("huggingface.co/org/name/resolve/v1/config.json");
  await preload(["exec", "--offline", "--tolerate", "--report", "run.json", "--", ...command]);

  expect(JSON.parse(readFileSync(join(project, "run.json"), "utf8"))).toMatchObject({
    ok: true,
    ranExitCode: 0,
    attemptsFail: false,
    attempts: [
      {
        test: null,
        host: "huggingface.co",
        port: 443,
        ref: "hf:org/name",
        revision: "v1",
        files: ["config.json"],
        paths: ["/org/name/resolve/v1/config.json"],
        times: 1,
        reason: "NOT_LOCKED",
        isInConfig: false,
      },
    ],
  });
});

test("--tolerate says nothing without --offline", async () => {
  const { preload } = await world({ config: "none" });

  expect((await preload(["exec", "--tolerate", "--", "true"])).code).toBe(2);
});

test.each([
  ["nowhere/run.json", /no folder/],
  [".", /that is a folder/],
])("--report %s is refused before the command runs", async (file, why) => {
  const { preload } = await world({ config: "none" });

  const { code, stdout, stderr } = await preload(["exec", "--report", file, "--", "echo", "ran"]);

  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(why);
});

test.each(["203.0.113.7", "2001:db8::7"])(
  "a test in Python that asks an address and hides the error is named: %s",
  async (address) => {
    const { preload } = await world({ config: "none" });
    const program = `import socket
try: socket.create_connection((${JSON.stringify(address)}, 443), timeout=5)
except OSError: pass`;
    const env = { PYTEST_CURRENT_TEST: "tests/test_it.py::test_it (call)" };

    const { code, stderr } = await preload(["exec", "--offline", "--", "python3", "-c", program], { env });

    expect(code).toBe(9);
    expect(stderr).toContain(`tests/test_it.py::test_it asked ${address}`);
  },
);
