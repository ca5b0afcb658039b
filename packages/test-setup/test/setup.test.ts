import { join } from "node:path";
import { expect, test } from "vitest";
import { jest, mocha12, playwright, vitest4 } from "./support/runners.ts";
import { leftBehind, world, writeAll } from "./support/world.ts";

test("two runs that begin together fetch each file once", async () => {
  const place = await world(vitest4);

  const both = await Promise.all([place.test(), place.test()]);

  for (const { code, output } of both) expect(output, `${code}`).toContain("2 models ready");
  const files = place.demo.origin.requests.map(({ path }) => path).filter((path) => path.includes("/resolve/"));
  expect(files.length).toBeGreaterThan(10);
  expect(files.filter((path, index) => files.indexOf(path) !== index)).toEqual([]);
});

test("the config and the folder of the project are where the options say", async () => {
  const place = await world(vitest4);
  await writeAll(place, vitest4.options({ cwd: "models", config: "small.yaml" }));
  await place.write("models/small.yaml", "models: [hf:preload-demo/tiny-sentence]\n");
  await place.writeTests(`test("knows", () => {
  expect(Object.keys(inject("preload").models)).toEqual(["hf:preload-demo/tiny-sentence"]);
});`);

  const { output } = await place.test();

  expect(output).toContain("1 passed");
  expect(output).toContain(join(place.project, "models", "small.preload.lock"));
});

test("a run that is ended by a test leaves nothing behind", async () => {
  const place = await world(mocha12);
  await place.writeTests(`test("ends everything", () => process.exit(3));`);

  const { code } = await place.test();

  expect(code).toBe(3);
  expect(await leftBehind(place)).toEqual([]);
});

test("jest takes its options from a file of CommonJS, too", async () => {
  const place = await world(jest);
  const options = { profile: "small", network: "blocked" };
  await writeAll(place, {
    "test/preload.js": `module.exports = require("@preload/test-setup/jest").preload(${JSON.stringify(options)});`,
    "jest.config.js": `module.exports = { preset: "@preload/test-setup/jest", globalSetup: "./test/preload.js" };`,
  });

  const { code, output } = await place.test();

  expect(output).toContain("1 skipped, 1 passed");
  expect(code).toBe(0);
});

test("playwright's own test can require a model", async () => {
  const place = await world(playwright);
  await place.write(
    playwright.testFile,
    `import { expect, test } from "@playwright/test";
import { preloaded, requireModel } from "@preload/test-setup/playwright";
test("has it", () => expect(requireModel("hf:preload-demo/tiny-bart")).toBe(preloaded().models["hf:preload-demo/tiny-bart"].path));
test("lacks it", () => { requireModel("hf:preload-demo/tiny-sentence"); throw new Error("it ran"); });
`,
  );

  const { code, output } = await place.test({ PRELOAD_PROFILE: "small" });

  expect(output).toContain("1 passed");
  expect(output).toContain("  1  hf:preload-demo/tiny-sentence");
  expect(code).toBe(0);
});

// What the runners themselves set is theirs.
const look = `const before = { ...process.env };
const changed = () => JSON.stringify(
  Object.keys({ ...before, ...process.env }).filter((name) => before[name] !== process.env[name] && !/VITEST|JEST_WORKER_ID|^(TEST|DEV|PROD|MODE|BASE_URL)$/.test(name)),
);
`;

test("vitest's own process has the environment it had, during the tests and after them", async () => {
  const place = await world(vitest4);
  await writeAll(place, vitest4.options({ network: "blocked" }));
  await place.write(
    "start.mjs",
    `import { startVitest } from "vitest/node";
process.env.NODE_ENV = "test";
${look}
const vitest = await startVitest("test", [], { watch: false, reporters: [{ onTestRunEnd(modules) {
  console.log(modules[0].state(), "during", changed());
} }] });
await vitest.close();
console.log("after", changed());
`,
  );

  const { output } = await place.node("start.mjs");

  expect(output).toContain("passed during []");
  expect(output).toContain("after []");
});

test("jest's own process has the environment it had, after the tests", async () => {
  const place = await world(jest);
  await writeAll(place, jest.options({ network: "blocked" }));
  await place.write(
    "start.mjs",
    `import { createRequire } from "node:module";
const { runCLI } = createRequire(import.meta.url)("jest");
process.env.NODE_ENV = "test";
${look}
const { results } = await runCLI({ _: [], $0: "" }, [process.cwd()]);
console.log("passed", results.numPassedTests, "after", changed());
`,
  );

  const { output } = await place.node("start.mjs");

  expect(output).toContain("passed 2 after []");
});
