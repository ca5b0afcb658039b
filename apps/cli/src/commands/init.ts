import type { CiFlags } from "../ci-files/flags.ts";
import { refuseWithoutCi } from "../ci-files/flags.ts";
import type { Invocation } from "../command-spec.ts";
import { type Rewrite, writeTogether } from "../edit/write-together.ts";
import type { Listed } from "../init/listed.ts";
import { type NewConfigFlags, newConfig } from "../init/new-config.ts";
import { printResult } from "../output.ts";

/** Writes a config to start with, with the models that the code uses if that is wanted, or a CI's file. Fetches nothing. */
export async function run(invocation: Invocation<NewConfigFlags & CiFlags>): Promise<number> {
  const { io, flags } = invocation;
  if (flags.ci !== undefined) {
    const { initCi } = await import("../ci-files/init-ci.ts");
    return initCi(invocation, flags.ci);
  }
  refuseWithoutCi(flags);
  const { files, models, document } = await newConfig(invocation);
  await writeTogether(files);
  printResult(io, flags, { command: "init", ok: true, exitCode: 0, ...document }, () => summary(files, models));
  return 0;
}

function summary(written: readonly Rewrite[], models: readonly Listed[]): string {
  const lines = written.map(({ path }) => `wrote ${path}`);
  const next =
    models.length > 0
      ? "Next: `preload` fetches the models and writes preload.lock; commit both."
      : "Next: name models in it, or with `preload add hf:org/name`.";
  return `${[...lines, next].join("\n")}\n`;
}
