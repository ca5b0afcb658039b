import { beforeEach, describe, expect, test } from "vitest";
import { runners, startable } from "./support/runners.ts";
import { leftBehind, world, writeAll } from "./support/world.ts";

const bart = "hf:preload-demo/tiny-bart";
const sentence = "hf:preload-demo/tiny-sentence";

describe.each(runners.map((runner) => [runner.name, runner] as const))("%s", (_, runner) => {
  beforeEach(({ skip }) => skip(runner.whyNot !== undefined, runner.whyNot));

  test("fetches the models before the tests, and nothing the next time", async () => {
    const place = await world(runner);

    const cold = await place.test();
    const requests = place.demo.origin.requests.length;
    const warm = await place.test();

    expect(cold).toMatchObject({ code: 0, output: expect.stringContaining("2 models ready") });
    expect(cold.output).toMatch(/Tests +2 passed|Tests: +2 passed|2 passed|2 passing/);
    expect(requests).toBeGreaterThan(0);
    expect(warm).toMatchObject({ code: 0, output: expect.stringContaining("2 models ready; nothing to fetch") });
    expect(place.demo.origin.requests).toHaveLength(requests);
    expect(await leftBehind(place)).toEqual([]);
  });

  test("refuses to start offline, naming every model that is missing", async () => {
    const place = await world(runner);
    await writeAll(place, runner.options({ offline: true }));

    const { code, output } = await place.test();

    expect(code).not.toBe(0);
    expect(output).toContain(`2 models are not there: ${bart}, ${sentence}`);
    expect(output).toContain("Run the same command once without --offline.");
    expect(output).not.toMatch(/reads a file of a model|passed|passing/);
    expect(output).not.toMatch(/^ +at .*\.js:\d+/m);
    expect(place.demo.origin.requests).toEqual([]);
    expect(await leftBehind(place)).toEqual([]);
  });

  test("takes in CI what the lock says, and refuses a lock that is not up to date", async () => {
    const place = await world(runner);
    await place.write("preload.yaml", `models: [${bart}, ${sentence}, hf:preload-demo/tiny-bart-sharded]\n`);

    const { code, output } = await place.test({ CI: "true" });

    expect(code).not.toBe(0);
    expect(output).toContain("hf:preload-demo/tiny-bart-sharded  not in the lock");
    expect(output).toContain("preload ci: exit code 8");
    expect(place.demo.origin.requests).toEqual([]);
  });

  test("skips a test whose model is not there, and counts it", async () => {
    const place = await world(runner);

    const { code, output } = await place.test({ PRELOAD_PROFILE: "small" });

    expect(output).toContain(`preload: 1 test was skipped because a model is not there\n  1  ${sentence}: `);
    expect(output).toMatch(/1 skipped|1 pending/);
    expect(code).toBe(0);
  });

  test("fails a test whose model is not there in CI, and where it is required", async () => {
    const place = await world(runner);

    const ci = await place.test({ PRELOAD_PROFILE: "small", CI: "1" });
    await writeAll(place, runner.options({ profile: "small", require: true }));
    const required = await place.test();

    expect(ci.output).toContain(`\`npx preload install ${sentence}\` brings it`);
    expect(required.output).toContain("`npx preload install` brings it");
    for (const { code, output } of [ci, required]) {
      expect(code).not.toBe(0);
      expect(output).toMatch(/1 failed|1 failing/);
    }
  });

  test("says which test asked for which host, and fails the run that nobody may ask", async () => {
    const place = await world(runner);
    await writeAll(place, runner.options({ network: "blocked" }));
    await place.writeTests(
      `test("asks in secret", async () => {
  await fetch("https://models.example/acme/tiny/resolve/main/config.json?token=1").catch(() => {});
});
test("asks nobody", () => {});
`,
    );

    const { code, output } = await place.test();

    expect(code).not.toBe(0);
    expect(output).toContain("the network is blocked, and was asked for once");
    expect(output).toMatch(/models\.(test|spec)\.[jt]s > .*asks in secret\n +GET models\.example\/acme\/tiny\/resolve/);
    expect(output).not.toContain("token=1");
    expect(output).not.toMatch(/> asks nobody/);
  });

  test("names an option that does not exist", async () => {
    const place = await world(runner);
    await writeAll(place, runner.options({ profiles: ["small"] }));

    const { code, output } = await place.test();

    expect(code).not.toBe(0);
    expect(output).toContain(`there is no option "profiles"`);
  });

  test("installs just the models that are named, and tells the tests where they are", async () => {
    const place = await world(runner);
    await writeAll(place, runner.options({ refs: [sentence] }));
    await place.writeTests(
      `test("knows", () => {
  const { models, environment } = preloaded();
  if (Object.keys(models).join() !== "${sentence}") throw new Error(JSON.stringify(models));
  if (process.env.HF_HUB_CACHE !== environment.HF_HUB_CACHE) throw new Error(process.env.HF_HUB_CACHE);
  if (!models["${sentence}"].path.startsWith(environment.HF_HUB_CACHE)) throw new Error(models["${sentence}"].path);
});
`,
    );

    const { output } = await place.test();

    expect(output).toMatch(/1 passed|1 passing/);
  });
});

const skipping = startable.filter(({ name }) => name !== "jest").map((runner) => [runner.name, runner] as const);
test.each(skipping)("%s: a describe that requires a model is skipped as a whole, test by test", async (_, runner) => {
  const place = await world(runner);
  await place.writeTests(
    `describe("summaries", () => {
  requireModel("${sentence}");
  test("short", () => { throw new Error("it ran"); });
  describe("more", () => test("long", () => { throw new Error("it ran"); }));
});
describe("hooks", () => {
  beforeEach(() => void requireModel("${sentence}"));
  test("one", () => { throw new Error("it ran"); });
});
describe("others", () => {
  requireModel("${bart}");
  test("have theirs", () => {});
});
`,
  );

  const { code, output } = await place.test({ PRELOAD_PROFILE: "small" });

  expect(output).toContain(`3 tests were skipped because a model is not there\n  3  ${sentence}`);
  expect(output).toMatch(/1 passed|1 passing/);
  expect(code).toBe(0);
});
