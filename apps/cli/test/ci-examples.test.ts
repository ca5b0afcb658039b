import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { dialects, openRunner } from "./support/ci-jobs.ts";
import { lintWorkflow } from "./support/lint.ts";
import { type World, world } from "./support/world.ts";

const examples = fileURLToPath(new URL("../../../examples/ci", import.meta.url));
const workflow = ".github/workflows/preload.yml";

/** What each was written with, and what its tests say. */
const projects = [
  ["integration-tests", [], /Ran 2 tests/],
  ["end-to-end-tests", [], /pass 3/],
  ["full-suite", ["-p", "all"], /Ran 1 test[\s\S]*pass 1/],
] as const;

/** A copy that is a repository of its own. PRELOAD_WRITE_EXAMPLES=1 writes lock and workflow of the example anew. */
async function copyOf(name: string, flags: readonly string[]): Promise<World> {
  const w = await world({ config: "none" });
  await cp(join(examples, name), w.project, { recursive: true });
  if (process.env.PRELOAD_WRITE_EXAMPLES) {
    for (const args of [["lock"], ["init", "--ci", "github", ...flags]])
      expect((await w.preload(args)).stderr).not.toContain("error");
    for (const file of ["preload.lock", workflow]) {
      await mkdir(dirname(join(examples, name, file)), { recursive: true });
      await cp(join(w.project, file), join(examples, name, file));
    }
  }
  return w;
}

describe.each(projects)("examples/ci/%s", (name, flags, passed) => {
  test("has the workflow and the lock that would be written today", async () => {
    const w = await copyOf(name, flags);

    const checked = await w.preload(["init", "--ci", "github", "--check"]);

    expect(checked.stdout, "PRELOAD_WRITE_EXAMPLES=1 writes it anew").toContain("is as it has to be");
    expect((await w.preload(["lock", "--check"])).code).toBe(0);
    expect(await lintWorkflow(workflow, await readFile(join(w.project, workflow), "utf8"))).toEqual([]);
  });

  test.skipIf(process.platform !== "linux")(
    "has steps that fetch its models and pass its tests, cold and warm",
    async () => {
      const w = await copyOf(name, flags);
      const runner = await openRunner(w, workflow, dialects.github);

      const cold = await runner.job();
      const warm = await runner.job({ isSameMachine: true });

      for (const { code, output } of [cold, warm]) {
        expect(output).toMatch(passed);
        expect(code).toBe(0);
      }
    },
  );

  test.skipIf(process.platform !== "linux")("fails with what its tests say", async () => {
    const w = await copyOf(name, flags);
    const text = await readFile(join(w.project, workflow), "utf8");
    await writeFile(join(w.project, workflow), text.replace(/ -- (python|npm) .*/, " -- sh -c 'exit 42'"));

    expect((await (await openRunner(w, workflow, dialects.github)).job()).code).toBe(42);
  });
});
