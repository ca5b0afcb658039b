import { join } from "node:path";
import { expect, test } from "vitest";
import { jest, vitest4 } from "./support/runners.ts";
import { world, writeAll } from "./support/world.ts";

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
