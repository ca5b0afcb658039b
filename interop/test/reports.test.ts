import { rm } from "node:fs/promises";
import { join } from "node:path";
import { demoCatalog } from "@preload/demo-origin";
import { expect, test } from "vitest";
import { interopDir } from "../src/environments.ts";
import { pythonOf } from "../src/make-environment.ts";
import { succeed } from "../src/run-program.ts";
import { world } from "../src/world.ts";

interface Read {
  readonly tests: number;
  readonly failures: number;
  readonly cases: readonly (readonly [name: string, failures: readonly string[]])[];
  readonly types: Readonly<Record<string, string>>;
  readonly units: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [name: string, labels: Readonly<Record<string, string>>, value: number])[];
}

test("Prometheus and readers of JUnit reports understand what a run writes, also one that fails", async () => {
  const here = await world(await demoCatalog());
  const refs = ["whisper:tiny-demo", "hf:preload-demo/tiny-bart"];
  const whisper = here.demo.catalog.whisper.find(({ name }) => name === "tiny-demo");
  const config = `models:\n  - { ref: whisper:tiny-demo, sha256: ${whisper?.sha256} }\n  - ${refs[1]}\n`;
  const [xml, prom] = [join(here.home, "r.xml"), join(here.home, "r.prom")];
  const report = ["--report", "junit", xml, "--report", "openmetrics", prom];
  const read = async (): Promise<Read> => {
    const program = join(interopDir, "python", "read_reports.py");
    return JSON.parse(await succeed([pythonOf("reports"), program, xml, prom]));
  };

  await here.preloaded(["install", ...report], { config });
  const fetched = await read();
  await rm(here.whisper, { recursive: true });
  const { code } = await here.preload(["verify", ...report], { config });
  const failed = await read();

  expect(fetched).toMatchObject({ tests: 2, failures: 0, cases: refs.map((ref) => [ref, []]) });
  expect(fetched.types).toMatchObject({ preload_run: "info", preload_run_fetched_bytes: "counter" });
  expect(fetched.units).toMatchObject({ preload_run_duration_seconds: "seconds", preload_model_size_bytes: "bytes" });
  const sums = fetched.samples.filter(([name]) => name === "preload_run_fetched_bytes_total");
  expect(sums).toEqual([["preload_run_fetched_bytes_total", { command: "install" }, 449_021 + 69_466]]);
  expect(code).toBe(3);
  expect(failed).toMatchObject({
    tests: 2,
    failures: 1,
    cases: [
      [refs[0], ["Failure"]],
      [refs[1], []],
    ],
  });

  const odd = join(here.home, `]]> <b>&amp; "\u001b[31m\\ \u{1f600}\u0007`);
  await here.preload(["verify", "--config", odd, ...report]);
  expect(await read()).toMatchObject({ tests: 1, failures: 1, cases: [["preload verify", ["Failure"]]] });
});
