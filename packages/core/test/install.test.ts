import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import {
  allRemembered,
  type Fetchers,
  type InstallOptions,
  install,
  installAll,
  type Lock,
  type Request,
  type ResolveAllOptions,
  resolveAll,
} from "../src/index.ts";
import { type Origin, tempDir, tree } from "../testing/index.ts";
import { asked, serveFiles } from "./support/serve-files.ts";
import { type ToyModel, toy, toyFiles } from "./support/toy-fetcher.ts";

const models: Record<string, ToyModel> = {
  bear: { revision: "1", content: "fur" },
  doll: { revision: "1", content: "cloth", requires: [{ ref: "toy:bear", why: "its friend", safe: true }] },
  family: { revision: "1", content: "house", requires: [{ ref: "toy:doll", why: "its daughter", safe: true }] },
  robot: { revision: "1", content: "tin", requires: [{ ref: "toy:battery", why: "its power", safe: false }] },
  secret: { revision: "1", content: "?", gated: true },
  battery: { revision: "1", content: "lead" },
};

let origin: Origin;
let dir: string;
let stateDir: string;
let fetchers: Fetchers;

beforeEach(async () => {
  origin = await serveFiles(toyFiles(models));
  dir = join(await tempDir(), "toys");
  stateDir = join(await tempDir(), "state");
  fetchers = { toy: toy({ dir, origin }) };
});

function request(ref: string, more: Partial<Request> = {}): Request {
  return { ref, options: {}, optional: false, ...more };
}

function resolve(requests: readonly Request[], options: Partial<ResolveAllOptions> = {}) {
  return resolveAll(requests, { fetchers, stateDir, ...options });
}

/** `ref status code`, for each model. */
function told(results: readonly { ref: string; status: string; error?: unknown }[]): string[] {
  return results.map(({ ref, status, error }) =>
    [ref, status, (error as { code?: string } | undefined)?.code].filter((part) => part !== undefined).join(" "),
  );
}

async function lockOf(...names: string[]): Promise<Lock> {
  const resolutions = await resolve(names.map((name) => request(name)));
  const manifests = resolutions.flatMap((resolution) =>
    resolution.status === "resolved" ? [resolution.manifest] : [],
  );
  return { lockfileVersion: 1, models: new Map(manifests.map((manifest) => [manifest.ref, manifest])) };
}

describe("one model", () => {
  test("is where the client looks, and its path is given back", async () => {
    const { toy } = fetchers as { toy: NonNullable<Fetchers[string]> };

    const { path, ref, outcome } = await install(toy, "bear", { stateDir });

    expect({ path, ref }).toEqual({ path: join(dir, "bear.bin"), ref: "toy:bear" });
    expect(await readFile(path, "utf8")).toBe("fur");
    expect(outcome.fetched).toEqual({ files: 1, bytes: 3 });
  });

  test.each<[string, InstallOptions, string]>([
    ["toy:dragon", {}, "NOT_FOUND"],
    ["B3AR", {}, "BAD_REF"],
    ["secret", {}, "GATED"],
    ["bear", { ask: "remembered" }, "MISSING"],
    ["bear", { signal: AbortSignal.abort() }, "ABORTED"],
  ])("%s %j fails with what went wrong", async (name, options, code) => {
    const { toy } = fetchers as { toy: NonNullable<Fetchers[string]> };

    await expect(install(toy, name, options)).rejects.toMatchObject({ code });
  });
});

describe("several models", () => {
  test("are resolved and installed side by side, and what they require with them", async () => {
    const resolutions = await resolve([request("toy:family"), request("toy:robot")]);

    expect(resolutions.map(({ ref, requiredBy }) => [ref, ...requiredBy])).toEqual([
      ["toy:family"],
      ["toy:robot"],
      ["toy:doll", "toy:family"],
      ["toy:bear", "toy:doll"],
    ]);
    expect(told(await installAll(resolutions, { stateDir }))).toEqual([
      "toy:family resolved",
      "toy:robot resolved",
      "toy:doll resolved",
      "toy:bear resolved",
    ]);
    expect(await tree(dir)).toEqual(["bear.bin 3", "doll.bin 5", "family.bin 5", "robot.bin 3"]);
  });

  test("of which one is not found: the others are installed", async () => {
    const resolutions = await resolve([request("toy:dragon"), request("toy:bear"), request("no ref")]);

    expect(told(await installAll(resolutions, { stateDir }))).toEqual([
      "toy:dragon failed NOT_FOUND",
      "toy:bear resolved",
      "no ref failed BAD_REF",
    ]);
  });

  test("of which one cannot be fetched: the others are installed, and its error begins with its name", async () => {
    origin.fault("/bear.bin", { type: "status", status: 404 });

    const results = await installAll(await resolve([request("toy:bear"), request("toy:battery")]), { stateDir });

    expect(told(results)).toEqual(["toy:bear failed NOT_FOUND", "toy:battery resolved"]);
    expect(results[0]).toMatchObject({ error: { message: expect.stringMatching(/^toy:bear: /) } });
    expect(results[0]).not.toHaveProperty("path");
  });

  test("are reported one by one, as they are done", async () => {
    const done: string[] = [];

    await installAll(await resolve([request("toy:bear"), request("toy:dragon")]), {
      stateDir,
      onResult: ({ ref }) => done.push(ref),
    });

    expect(done.sort()).toEqual(["toy:bear", "toy:dragon"]);
  });

  test("asked for twice are fetched once", async () => {
    await installAll(await resolve([request("toy:bear"), request("toy:doll")]), { stateDir });

    expect(asked(origin).filter((name) => name === "bear.bin")).toHaveLength(1);
  });

  test.each(["nothing:bear", "constructor:bear"])(
    "%s, which nobody here fetches, is a mistake in the ref",
    async (ref) => {
      expect(await resolve([request(ref)])).toMatchObject([
        { status: "failed", error: { code: "BAD_REF", hint: "Known are toy:." } },
      ]);
    },
  );
});

describe("an optional model", () => {
  const optional = { optional: true };

  test("whose terms are not accepted is skipped", async () => {
    expect(told(await resolve([request("toy:secret", optional)]))).toEqual(["toy:secret skipped GATED"]);
  });

  test("whose file is refused is skipped, too", async () => {
    origin.fault("/bear.bin", { type: "status", status: 403 });

    const results = await installAll(await resolve([request("toy:bear", optional)]), { stateDir });

    expect(told(results)).toEqual(["toy:bear skipped UNAUTHORIZED"]);
  });

  test("that does not exist has failed like any other", async () => {
    expect(told(await resolve([request("toy:dragon", optional)]))).toEqual(["toy:dragon failed NOT_FOUND"]);
  });

  test("that cannot be reached has failed like any other", async () => {
    await origin.close();

    expect(told(await resolve([request("toy:bear", optional)]))).toEqual(["toy:bear failed NETWORK"]);
  });
});

describe("a revision", () => {
  test("may stand in the ref or beside it", async () => {
    const [inRef] = await resolve([request("toy:bear@main")]);
    const [beside] = await resolve([request("toy:bear", { options: { revision: "main" } })]);

    expect([inRef?.ref, beside?.ref]).toEqual(["toy:bear@main", "toy:bear@main"]);
  });

  test.each([
    ["said twice", "toy:bear@v1", "v2", "the ref says v1, its revision says v2"],
    ["that YAML read as a number", "toy:bear", 38335783, "revision is not a text"],
    ["that is empty", "toy:bear", "", "revision is not a text"],
  ])("%s is a mistake in the config", async (_, ref, revision, message) => {
    expect(await resolve([request(ref, { options: { revision } })])).toMatchObject([
      { status: "failed", error: { code: "BAD_CONFIG", message: expect.stringContaining(message) } },
    ]);
  });
});

describe("with a lock", () => {
  test("nothing is asked, and what it says is installed", async () => {
    const lock = await lockOf("toy:doll");
    origin.clear();

    const resolutions = await resolve([request("toy:doll")], { lock, ask: "locked" });
    await installAll(resolutions, { stateDir });

    expect(resolutions.map(({ ref, status }) => [ref, status])).toEqual([
      ["toy:doll", "resolved"],
      ["toy:bear", "resolved"],
    ]);
    expect(asked(origin).sort()).toEqual(["bear.bin", "doll.bin"]);
    expect(allRemembered(stateDir)).toEqual([]);
  });

  test("a model that it does not hold is asked for, unless only the lock counts", async () => {
    const lock = await lockOf("toy:bear");

    expect(told(await resolve([request("toy:battery")], { lock }))).toEqual(["toy:battery resolved"]);
    expect(told(await resolve([request("toy:battery")], { lock, ask: "locked" }))).toEqual([
      "toy:battery failed DRIFT",
    ]);
  });

  test("a model that it holds with other options has drifted", async () => {
    const lock = await lockOf("toy:bear");

    expect(await resolve([request("toy:bear", { options: { size: 2 } })], { lock, ask: "locked" })).toMatchObject([
      { error: { code: "DRIFT", message: "toy:bear is locked with other options" } },
    ]);
  });

  test("everything is asked anew when that is wanted", async () => {
    const lock = await lockOf("toy:bear");
    origin.clear();

    await resolve([request("toy:bear")], { lock, ask: "all" });

    expect(asked(origin)).toEqual(["bear.json"]);
  });
});

describe("without a lock", () => {
  test("what was installed once is known offline, with what it requires", async () => {
    await installAll(await resolve([request("toy:doll")]), { stateDir });
    await origin.close();

    const resolutions = await resolve([request("toy:doll")], { ask: "remembered" });
    const results = await installAll(resolutions, { stateDir });

    expect(results.map(({ ref, status }) => [ref, status])).toEqual([
      ["toy:doll", "resolved"],
      ["toy:bear", "resolved"],
    ]);
  });

  test("what was never installed is missing, and the directory is named", async () => {
    expect(await resolve([request("toy:bear")], { ask: "remembered" })).toMatchObject([
      { status: "failed", error: { code: "MISSING", message: expect.stringContaining(`${dir} (option)`) } },
    ]);
  });

  test("what could not be fetched is not remembered", async () => {
    origin.fault("/bear.bin", { type: "status", status: 404 });

    await installAll(await resolve([request("toy:bear")]), { stateDir });

    expect(allRemembered(stateDir)).toEqual([]);
  });
});
