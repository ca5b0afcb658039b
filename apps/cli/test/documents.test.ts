import { expect, test } from "vitest";
import { world } from "./support/world.ts";

const bart = "hf:preload-demo/tiny-bart";

test("install --json is one document", async () => {
  const { preload, hub } = await world({ config: `models: [${bart}, hf:preload-demo/gone]` });

  const { code, stdout } = await preload(["install", "--json"]);

  const document = JSON.parse(stdout);
  expect(document).toMatchObject({
    version: 1,
    command: "install",
    ok: false,
    exitCode: 2,
    models: [
      {
        ref: bart,
        status: "ready",
        dir: hub,
        dirRule: "XDG_CACHE_HOME",
        files: 8,
        bytes: 69466,
        fetchedBytes: 69466,
        from: "network",
        license: "apache-2.0",
        gated: false,
        requiredBy: [],
        error: null,
      },
      { ref: "hf:preload-demo/gone", status: "failed", revision: null, path: null, error: { code: "NOT_FOUND" } },
    ],
  });
  expect(Object.keys(document).sort()).toEqual(
    "command,errors,exitCode,fetchedBytes,lock,milliseconds,models,notices,ok,pth,requests,version".split(","),
  );
  expect(code).toBe(2);
});

test.each([
  [["--json", "--nope"], 2, "USAGE", "install"],
  [["ci", "--json"], 8, "DRIFT", "ci"],
  [["lock", "--json", "hf:org/name"], 2, "USAGE", "lock"],
  [["install", "--format=json", "-p", "nope"], 2, "USAGE", "install"],
])("what stops everything is a document, too: %j", async (args, exitCode, code, command) => {
  const { preload } = await world({ config: `models: [${bart}]` });

  const ran = await preload(args);

  expect(JSON.parse(ran.stdout)).toMatchObject({ version: 1, command, ok: false, exitCode, error: { code } });
  expect(ran.stderr).toContain("error ");
  expect(ran.code).toBe(exitCode);
});

test("ndjson is events, and the result as the last line", async () => {
  const { preload } = await world();

  const { code, stdout, stderr } = await preload([bart, "--format", "ndjson"]);

  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const types = lines.map(({ type }) => type);
  expect([types[0], types.at(-1)]).toEqual(["resolved", "result"]);
  expect(new Set(types)).toEqual(new Set(["resolved", "plan", "fetch", "bytes", "placed", "done", "result"]));
  const received = lines.filter(({ type }) => type === "bytes").reduce((sum, { bytes }) => sum + bytes, 0);
  expect(received).toBe(69466);
  expect(lines.at(-1)).toMatchObject({ version: 1, command: "install", ok: true, exitCode: 0 });
  expect([code, stderr]).toEqual([0, ""]);
});

test("lock --json says what changed", async () => {
  const { preload } = await world({ config: `models: [${bart}]` });

  const { stdout } = await preload(["lock", "--json"]);

  expect(JSON.parse(stdout)).toMatchObject({
    version: 1,
    command: "lock",
    ok: true,
    changed: true,
    changes: [{ ref: bart, change: "added", before: null, after: { files: 8, leftOut: { files: 7 } } }],
  });
});
