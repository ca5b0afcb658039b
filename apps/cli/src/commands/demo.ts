import { rmSync } from "node:fs";
import { mkdtemp, realpath, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PreloadError } from "@preload/core";
import type { Invocation } from "../command-spec.ts";
import { type Scene, scenes } from "../demo/scenes.ts";
import { type Played, play, type Stage } from "../demo/stage.ts";
import { painter } from "../paint.ts";
import { count } from "../words.ts";

/** Shows a whole round of work with small models, on a machine that needs no network. Every command is really run. */
export async function run({ io, signal }: Invocation): Promise<number> {
  const { demoCatalog, demoConfig, startDemoOrigin } = await import("@preload/demo-origin");
  const dir = await realpath(await mkdtemp(join(tmpdir(), "preload-demo-")));
  const catalog = await demoCatalog({ fixtures: fileURLToPath(new URL("./fixtures", import.meta.url)) });
  const demo = await startDemoOrigin({ catalog });
  const stage: Stage = { dir, demo, io, signal };
  const paint = painter(io.stdout, io.env);
  try {
    await writeFile(join(dir, "preload.yaml"), demoConfig(demo));
    io.stdout.write(
      `Small models in the formats of real ones, from a server on this machine. Everything happens in\n${dir}, which is removed at the end.\n`,
    );
    const failures: string[] = [];
    for (const scene of scenes) {
      if (signal.aborted) throw new PreloadError("ABORTED", "stopped");
      await scene.before?.(stage);
      io.stdout.write(`\n${paint.cyan(commandLine(scene))}   ${paint.dim(`# ${scene.title}`)}\n`);
      const played = await play(scene.argv, scene.env ?? {}, stage);
      const verdict = verdictOf(scene, played);
      io.stdout.write(`${verdict.isGood ? paint.green("✓") : paint.red("✗")} ${verdict.text}\n`);
      if (!verdict.isGood) failures.push(scene.title);
    }
    const text =
      failures.length === 0
        ? `${count(scenes.length, "step")}, all as said.`
        : `${count(failures.length, "step")} did not do what was said: ${failures.join(", ")}`;
    io.stdout.write(`\n${text}\n`);
    return failures.length === 0 ? 0 : 1;
  } finally {
    await demo.close();
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  }
}

function commandLine({ argv, env = {} }: Scene): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value} `);
  return `$ ${variables.join("")}preload ${argv.join(" ")}`;
}

function verdictOf(scene: Scene, played: Played): { isGood: boolean; text: string } {
  const { exitCode, requests, bytesSent } = played;
  const isGood = exitCode === scene.exitCode && (scene.isRight?.(played) ?? true);
  const traffic = `the server saw ${count(requests, "request")} and sent ${count(bytesSent, "byte")}`;
  return {
    isGood,
    text: `exit ${exitCode}${exitCode === scene.exitCode ? "" : `, not ${scene.exitCode}`}; ${traffic}`,
  };
}
