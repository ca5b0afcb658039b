import { join } from "node:path";
import { guardVariables, readAttempts } from "@preload/guards";
import { expect, test } from "vitest";
import { jest, mocha12, playwright, type Runner, vitest4, vitests } from "./support/runners.ts";
import { type World, world, writeAll } from "./support/world.ts";

const asks = `
test("asks in secret", async () => {
  await fetch("https://models.example/acme/tiny/resolve/main/config.json").catch(() => {});
});
test("asks by a child", async () => {
  const program = 'fetch("http://child.example/x").catch(() => {})';
  await new Promise((done) => execFile(process.execPath, ["-e", program], done));
});
`;

const ways: readonly (readonly [string, Runner, readonly string[]])[] = [
  ...vitests.map((runner) => [`${runner.name} in threads`, runner, ["--pool=threads"]] as const),
  ...vitests.map(
    (runner) => [`${runner.name} in threads, not isolated`, runner, ["--pool=threads", "--no-isolate"]] as const,
  ),
  ["jest in workers", jest, ["--workers=2"]],
  ["mocha in parallel", mocha12, ["--parallel"]],
];

test.each(ways)("%s: blocked, by test and host", async (_, runner, args) => {
  const place = await world(runner);
  await writeAll(place, runner.options({ network: "blocked" }));
  await place.writeTests(asks);
  // Jest runs a single file in its own process, however many workers it may have.
  await place.write(runner.testFile.replace("models", "others"), `${runner.header}\ntest("asks nobody", () => {});`);

  const { code, output } = await place.test({}, args);

  expect(output).toContain("the network is blocked, and was asked for 2 times");
  expect(output).toMatch(/models\.\w+\.[jt]s > asks in secret\n +GET models\.example\/acme\/tiny/);
  expect(output).toMatch(/models\.\w+\.[jt]s > asks by a child\n +GET child\.example\/x/);
  expect(code).not.toBe(0);
});

test.each([...vitests, jest, playwright, mocha12].map((runner) => [runner.name, runner] as const))(
  "%s: tells whoever watches from outside which test asked, and leaves the report to him",
  async (_, runner) => {
    const place = await world(runner);
    await place.writeTests(asks);
    const attempts = join(place.project, "attempts.ndjson");

    const { code, output } = await place.test(guardVariables({ env: {}, mode: "record", attempts }));

    expect(testsIn(attempts)).toEqual({
      "models.example": expect.stringMatching(/^(test\/)?models\.\w+\.[jt]s > asks in secret$/),
      "child.example": expect.stringMatching(/^(test\/)?models\.\w+\.[jt]s > asks by a child$/),
    });
    expect(output).not.toContain("was asked for");
    expect(code).toBe(0);
  },
);

test.each([vitest4, jest, playwright, mocha12].map((runner) => [runner.name, runner] as const))(
  "%s: what is on this machine can be reached",
  async (_, runner) => {
    const place: World = await world(runner);
    await writeAll(place, runner.options({ network: "blocked" }));
    await place.writeTests(`
test("asks the demo origin", async () => {
  const { status } = await fetch("${place.demo.endpoints.hf}/api/models/preload-demo/tiny-bart");
  if (status !== 200) throw new Error(status);
});
`);

    const { code, output } = await place.test();

    expect(output).toMatch(/1 passed|1 passing/);
    expect(code).toBe(0);
  },
);

function testsIn(path: string): Record<string, string | undefined> {
  return Object.fromEntries(readAttempts(path).map(({ host, test }) => [host, test]));
}
