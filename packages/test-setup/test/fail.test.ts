import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { jest, mocha12, vitest4 } from "./support/runners.ts";
import { world } from "./support/world.ts";

const both = [vitest4, mocha12].map((runner) => [runner.name, runner] as const);

test.each(both)("%s: a command line that is not installed is named, and how to install it", async (_, runner) => {
  const place = await world(runner);
  await rm(join(place.project, "node_modules/@preload/cli"));

  const { code, output } = await place.test();

  expect(code).not.toBe(0);
  expect(output).toContain(`@preload/cli is not installed in ${place.project}`);
  expect(output).toContain("npm install --save-dev @preload/cli");
});

test("a command line that breaks is told as what it is, and not as models that are missing", async () => {
  const place = await world(vitest4);
  await rm(join(place.project, "node_modules/@preload/cli"));
  await place.write("node_modules/@preload/cli/package.json", `{ "name": "@preload/cli" }`);
  await place.write("node_modules/@preload/cli/dist/bin.cjs", `throw new Error("out of luck");`);

  const { code, output } = await place.test();

  expect(code).not.toBe(0);
  expect(output).toContain("the models could not be looked at\n(preload install: exit code 1)");
  expect(output).toContain("out of luck");
  expect(output).not.toContain("not there");
});

test.each([vitest4, jest, mocha12].map((runner) => [runner.name, runner] as const))(
  "%s: a ref that nobody knows is no reason to skip",
  async (_, runner) => {
    const place = await world(runner);
    await place.writeTests(`test("needs it", () => void requireModel("nobody:knows"));`);

    const { code, output } = await place.test();

    expect(code).not.toBe(0);
    expect(output).toMatch(/1 failed|1 failing/);
    expect(output).toMatch(/nobody/);
  },
);

test("a model that a test removes is missed by the next one, and not skipped", async () => {
  const place = await world(vitest4);
  await place.writeTests(`
import { rmSync } from "node:fs";
test("cleans too well", () => rmSync(inject("preload").environment.HF_HUB_CACHE, { recursive: true }));
test("needs it", () => void requireModel("hf:preload-demo/tiny-bart"));
`);

  const { code, output } = await place.test();

  expect(code).not.toBe(0);
  expect(output).toContain("hf:preload-demo/tiny-bart was there when the tests began, and is gone");
  expect(output).toContain("1 failed");
});

test("jest: a test that runs cannot be skipped, so it fails", async () => {
  const place = await world(jest);
  await place.writeTests(`test("needs it", () => void requireModel("hf:preload-demo/tiny-sentence"));`);

  const { code, output } = await place.test({ PRELOAD_PROFILE: "small" });

  expect(code).toBe(1);
  expect(output).toContain("Jest cannot skip a test that runs: write it with testWithModel");
});

test.each([vitest4, mocha12])(
  "$name: a model that there cannot be fails its test, also where others are skipped",
  async (runner) => {
    const place = await world(runner);
    await place.writeTests(`test("is misspelt", () => void requireModel("whisper:tin.en"));
test("is not here", () => void requireModel("hf:org/other"));
`);

    const { code, output } = await place.test();

    expect(code).not.toBe(0);
    expect(output).toContain("unknown whisper model tin.en; did you mean tiny.en?");
    expect(output).toContain("`npx preload add hf:org/other && npx preload install` brings it");
    expect(output).toMatch(/1 failed|1 failing/);
    expect(output).toMatch(/1 skipped|1 pending/);
  },
);
