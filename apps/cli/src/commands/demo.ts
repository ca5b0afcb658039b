import { rmSync } from "node:fs";
import { mkdtemp, realpath, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PreloadError } from "@preload/core";
import type { Invocation } from "../command-spec.ts";
import { type Scene, scenes } from "../demo/scenes.ts";
import { type Played, play, type Stage } from "../demo/stage.ts";
import { formOf } from "../flags.ts";
import { printResult } from "../output.ts";
import { painter } from "../paint.ts";
import { count } from "../words.ts";

/** Shows a whole round of work with small models, on a machine that needs no network. Every command is really run. */
export async function run({ io, flags, signal }: Invocation): Promise<number> {
  const { demoCatalog, demoConfig, startDemoOrigin } = await import("@preload/demo-origin");
  const dir = await realpath(await mkdtemp(join(tmpdir(), "preload-demo-")));
  const catalog = await demoCatalog({ fixtures: fileURLToPath(new URL("./fixtures", import.meta.url)) });
  const demo = await startDemoOrigin({ catalog });
  // A program that reads JSON gets nothing else on stdout.
  const isText = formOf(flags) === "text";
  const out = isText ? io.stdout : io.stderr;
  const stage: Stage = { dir, demo, io, signal, resultsTo: isText ? "stdout" : "stderr" };
  const paint = painter(out, io.env);
  try {
    await writeFile(join(dir, "preload.yaml"), demoConfig(demo));
    out.write(
      `Small models in the formats of real ones, from a server on this machine. Everything happens in\n${dir}, which is removed at the end.\n`,
    );
    const steps: Step[] = [];
    for (const scene of scenes) {
      if (signal.aborted) throw new PreloadError("ABORTED", "stopped");
      await scene.before?.(stage);
      out.write(`\n${paint.cyan(commandLine(scene))}   ${paint.dim(`# ${scene.title}`)}\n`);
      const step = stepOf(scene, await play(scene.argv, scene.env ?? {}, stage));
      out.write(`${step.ok ? paint.green("✓") : paint.red("✗")} ${verdictOf(scene, step)}\n`);
      steps.push(step);
    }
    const failures = steps.filter(({ ok }) => !ok).map(({ title }) => title);
    const text =
      failures.length === 0
        ? `${count(scenes.length, "step")}, all as said.`
        : `${count(failures.length, "step")} did not do what was said: ${failures.join(", ")}`;
    const exitCode = failures.length === 0 ? 0 : 1;
    printResult(io, flags, { command: "demo", ok: exitCode === 0, exitCode, steps }, () => `\n${text}\n`);
    return exitCode;
  } finally {
    await demo.close();
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  }
}

function commandLine({ argv, env = {} }: Scene): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value} `);
  return `$ ${variables.join("")}preload ${argv.join(" ")}`;
}

interface Step extends Played {
  readonly title: string;
  readonly argv: readonly string[];
  /** It did what the demo says it does. */
  readonly ok: boolean;
}

function stepOf(scene: Scene, played: Played): Step {
  const ok = played.exitCode === scene.exitCode && (scene.isRight?.(played) ?? true);
  return { title: scene.title, argv: scene.argv, ok, ...played };
}

function verdictOf(scene: Scene, { exitCode, requests, bytesSent }: Step): string {
  const traffic = `the server saw ${count(requests, "request")} and sent ${count(bytesSent, "byte")}`;
  return `exit ${exitCode}${exitCode === scene.exitCode ? "" : `, not ${scene.exitCode}`}; ${traffic}`;
}
