import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@preload/core/testing";
import { demoToken, hubRepo } from "@preload/demo-origin";
import { describe, expect, test } from "vitest";
import { configOf, modelRepo, models, world } from "./support/world.ts";

describe("a cache that may not be used is a notice, and no failure:", () => {
  test("one that may only be read", async () => {
    const { machine, service } = await world(models(2));
    service.access = "read";

    const step = await (await machine()).run();

    expect(step).toMatchObject({ code: 0, outputs: { hit: "miss", complete: "true" } });
    expect(step.annotations).toEqual([{ level: "notice", text: expect.stringContaining("cache write denied") }]);
    expect(service.keys).toEqual([]);
  });

  test("one that is denied", async () => {
    const { machine, service } = await world(models(2));
    service.access = "none";

    const step = await (await machine()).run();

    expect(step).toMatchObject({ code: 0, outputs: { complete: "true" } });
    expect(step.annotations.map(({ level }) => level)).toEqual(["notice", "notice"]);
    expect(step.annotations[0]?.text).toContain("cache read denied");
  });

  test("one that the run may not write by its mode", async () => {
    const { machine, service } = await world(models(1));

    const step = await (await machine()).run({}, { ACTIONS_CACHE_MODE: "read" });

    expect(step).toMatchObject({ code: 0, outputs: { complete: "true" } });
    expect(step.annotations).toEqual([{ level: "notice", text: expect.stringContaining("cache-mode 'read'") }]);
    expect(service.entries).toEqual([]);
  });

  test("none at all", async () => {
    const { machine } = await world(models(1));

    const step = await (await machine()).run({}, { ACTIONS_RESULTS_URL: "" });

    expect(step).toMatchObject({ code: 0, outputs: { hit: "miss", complete: "true" }, uploads: 0 });
    expect(step.annotations).toEqual([{ level: "notice", text: expect.stringContaining("no cache service") }]);
  });

  test("one without its token", async () => {
    const { machine } = await world(models(1));

    const step = await (await machine()).run({}, { ACTIONS_RUNTIME_TOKEN: "" });

    expect(step).toMatchObject({ code: 0, outputs: { complete: "true" } });
    expect(step.annotations[0]).toMatchObject({ level: "notice" });
  });
});

test("where tar cannot be told what not to unpack, nothing is unpacked", async () => {
  const { machine, service } = await world(models(1));
  await (await machine()).run();
  const dir = await tempDir();
  await writeFile(join(dir, "tar"), "#!/bin/sh\necho bsdtar 3.7.4 - libarchive 3.7.4\n", { mode: 0o755 });
  const before = service.requests.length;

  const step = await (await machine()).run({}, { PATH: `${dir}:${process.env.PATH}` });

  expect(step).toMatchObject({ code: 0, outputs: { hit: "miss", complete: "true" } });
  expect(step.annotations).toEqual([{ level: "notice", text: expect.stringContaining("GNU tar") }]);
  expect(service.requests).toHaveLength(before);
});

describe("a pull request", () => {
  test("restores, and saves nothing", async () => {
    const { machine, service, demo, writeConfig } = await world(models(2));
    await (await machine()).run();
    demo.push(modelRepo("org/m3", 3));
    demo.catalog.repos.push(modelRepo("org/m4", 4));
    await writeConfig(configOf(demo, ["hf:org/m1", "hf:org/m2", "hf:org/m4"]));

    const step = await (await machine()).run({}, { GITHUB_EVENT_NAME: "pull_request" });

    expect(step).toMatchObject({ code: 0, outputs: { hit: "partial", complete: "true" }, uploads: 0 });
    expect(service.keys).toHaveLength(2);
  });

  test("saves when the workflow says so", async () => {
    const { machine } = await world(models(1));
    const step = await (await machine()).run({ save: "true" }, { GITHUB_EVENT_NAME: "pull_request" });
    expect(step).toMatchObject({ code: 0, uploads: 1 });
  });

  test("from a fork, without secrets, goes on without the gated models that are optional", async () => {
    const gated = hubRepo({
      id: "org/gated",
      files: { "config.json": "{}", "model.safetensors": "weights" },
      gated: "auto",
    });
    const { catalog } = models(1);
    const repos = [...(catalog?.repos ?? []), gated];
    const { machine } = await world({
      catalog: { repos, whisper: [], spacy: [], tokens: { [demoToken]: { user: "demo", accepted: ["org/gated"] } } },
      config: (demo) => configOf(demo, ["hf:org/m1", "ref: hf:org/gated\n      optional: true"]),
    });

    const step = await (await machine()).run({ token: "" }, { GITHUB_EVENT_NAME: "pull_request" });

    expect(step).toMatchObject({ code: 0, outputs: { complete: "true" } });
    expect(step.annotations).toEqual([{ level: "notice", text: expect.stringContaining("Skipped hf:org/gated") }]);
  });
});

describe("the token", () => {
  test("is masked, goes to the Hub, and to nobody else", async () => {
    const gated = hubRepo({ id: "org/gated", files: { "config.json": "{}" }, gated: "auto" });
    const { machine, demo, service } = await world({
      catalog: {
        repos: [gated],
        whisper: [],
        spacy: [],
        tokens: { [demoToken]: { user: "demo", accepted: ["org/gated"] } },
      },
      config: (made) => configOf(made, ["hf:org/gated"]),
    });

    const step = await (await machine()).run({ token: demoToken });

    expect(step).toMatchObject({ code: 0, outputs: { complete: "true" }, uploads: 1 });
    expect(step.log.indexOf(`::add-mask::${demoToken}`)).toBe(0);
    expect(step.log.split(demoToken)).toHaveLength(2);
    expect(demo.origin.requests.some(({ headers }) => headers.authorization === `Bearer ${demoToken}`)).toBe(true);
    expect(service.requests.join("\n")).not.toContain(demoToken);
    expect(JSON.stringify([step.outputs, step.exported, step.summary])).not.toContain(demoToken);
  });

  describe("is in nothing that is said or kept,", () => {
    const secret = "hf_VeryMuchASecretOfSomebody";

    /** Asks somebody who says back what he was sent, and gives back all that came of it but what asks to mask it. */
    async function said(inputs: Record<string, string>, env: Record<string, string>, fault?: "origin" | "cache") {
      const { machine, demo, service } = await world(models(1));
      const echo = { status: 403, body: JSON.stringify({ code: "denied", msg: `not with ${secret}`, error: secret }) };
      if (fault === "origin") demo.origin.fault("org/m1", { type: "status", ...echo }, 100);
      if (fault === "cache") service.fault((request) => request.includes("/twirp/"), echo, 100);
      const named: Record<string, string> =
        "PRELOAD_HF_ENDPOINT" in env ? { PRELOAD_HF_ENDPOINT: withPassword(demo.endpoints.hf ?? "") } : {};
      const step = await (await machine()).run({ "offline-after": "true", ...inputs }, { ...env, ...named });
      expect(step.log).toContain(`::add-mask::${secret}`);
      const log = step.log.replaceAll(`::add-mask::${secret}`, "");
      return JSON.stringify([{ ...step, log }, service.requests, service.keys]);
    }

    const withPassword = (url: string) => url.replace("://", `://user:${secret}@`);

    for (const [how, inputs, env, fault] of [
      ["given as an input, and said back by the origin", { token: secret }, {}, "origin"],
      ["given as an input, and said back by the cache", { token: secret }, {}, "cache"],
      ["given as HF_TOKEN", {}, { HF_TOKEN: secret }, "origin"],
      ["given as HUGGING_FACE_HUB_TOKEN", {}, { HUGGING_FACE_HUB_TOKEN: secret }, "origin"],
      ["given for the cache", {}, { ACTIONS_RUNTIME_TOKEN: secret }, "cache"],
      ["written where a ref is meant", { token: secret, refs: secret }, {}, undefined],
      ["written into a mirror's address", {}, { PRELOAD_HF_ENDPOINT: "" }, undefined],
      ["written into a mirror's address that fails", {}, { PRELOAD_HF_ENDPOINT: "" }, "origin"],
    ] as const) {
      test(how, async () => {
        expect(await said(inputs, env, fault)).not.toContain(secret);
      });
    }
  });

  test("that is missing where a model needs it is an error that says so", async () => {
    const gated = hubRepo({ id: "org/gated", files: { "config.json": "{}" }, gated: "auto" });
    const { machine } = await world({
      catalog: {
        repos: [gated, ...(models(1).catalog?.repos ?? [])],
        whisper: [],
        spacy: [],
        tokens: { [demoToken]: { user: "demo", accepted: ["org/gated"] } },
      },
      config: (made) => configOf(made, ["hf:org/gated", "hf:org/m1"]),
    });

    const step = await (await machine()).run();

    // The model that is complete is kept for the next run.
    expect(step).toMatchObject({ code: 6, outputs: { complete: "false" }, uploads: 1 });
    expect(step.annotations).toMatchObject([{ level: "error", text: expect.stringContaining("hf:org/gated") }]);
  });
});
