import { type Config, loadConfig, PreloadError } from "@preload/core";
import type { Invocation } from "../command-spec.ts";
import { errorDocument } from "../documents.ts";
import { writeTogether } from "../edit/write-together.ts";
import { explain } from "../explain.ts";
import { schemes } from "../fetchers.ts";
import { type NewConfigFlags, newConfig } from "../init/new-config.ts";
import { printResult } from "../output.ts";
import { workingDir } from "../session.ts";
import { type CiFile, ciFile, driftOf, makeRoom, refuseUnmarked } from "./ci-file.ts";
import { type CiFlags, settingsOf } from "./flags.ts";
import type { CiName } from "./names.ts";

/** Writes a CI's file, with a config first where there is none; or, with --check, looks whether it is as it would be. */
export async function initCi(invocation: Invocation<NewConfigFlags & CiFlags>, ci: CiName): Promise<number> {
  const { io, flags } = invocation;
  const cwd = workingDir(io, flags);
  const line = `preload init --ci ${ci}${flags.ciFile === undefined ? "" : ` --ci-file ${flags.ciFile}`}`;
  const existing = flags.force ? undefined : await loadConfig({ cwd, path: flags.config, schemes });
  if (existing === undefined && (flags.check || flags.stdout)) throw noConfig(cwd);
  const fresh = existing === undefined ? await newConfig(invocation) : undefined;
  const config: Pick<Config, "path" | "dir"> = existing ?? { path: fresh?.path, dir: cwd };
  const file = await ciFile({ ci, cwd, config, settings: settingsOf(flags), file: flags.ciFile });
  if (flags.stdout) {
    io.stdout.write(`${file.part}\n`);
    return 0;
  }
  refuseUnmarked(file, ci);
  if (flags.check) return check(file, ci, line, invocation);

  await makeRoom(file);
  await writeTogether([...(fresh?.files ?? []), file]);
  const isChanged = file.before !== file.after;
  const document = { ...fresh?.document, ...documentOf(file, ci), changed: isChanged };
  printResult(io, flags, { command: "init", ok: true, exitCode: 0, ...document }, () => {
    const written = [...(fresh?.files ?? []), ...(isChanged ? [file] : [])].map(({ path }) => `wrote ${path}\n`);
    return `${written.join("")}${isChanged ? next(file, line) : `${file.path} is as it has to be\n`}`;
  });
  return 0;
}

function check(file: CiFile, ci: CiName, line: string, { io, flags }: Invocation<CiFlags>): number {
  const drift = driftOf(file);
  const error = drift === "" ? undefined : drifted(file, line);
  const exitCode = error ? 8 : 0;
  const document = {
    ...documentOf(file, ci),
    changed: error !== undefined,
    difference: drift === "" ? null : drift,
    ...(error ? { error: errorDocument(error) } : {}),
  };
  printResult(io, flags, { command: "init", ok: error === undefined, exitCode, ...document }, () =>
    error ? drift : `${file.path} is as it has to be\n`,
  );
  if (error) io.stderr.write(explain(error, io));
  return exitCode;
}

function documentOf({ path, job }: CiFile, ci: CiName) {
  const { setUp, tests, node, python = null, dir, lock } = job;
  return { ci, file: path, setUp, tests, node, python, dir, lock };
}

function next({ job, name }: CiFile, line: string): string {
  const ran = job.tests.map((test) => `  ${test}\n`).join("");
  const locked =
    job.bytes === 0 ? "`preload` writes preload.lock, without which no job goes on; commit it, and" : "commit";
  return `it runs the tests with\n${ran}Next: ${locked} ${name}. \`${line} --check\` says whether it is still right.\n`;
}

function drifted({ path, before }: CiFile, line: string): PreloadError {
  const what = before === undefined ? `${path} is not there` : `${path} is not what would be written today`;
  return new PreloadError("DRIFT", what, { hint: `Run \`${line}\` and commit it.` });
}

function noConfig(dir: string): PreloadError {
  return new PreloadError("USAGE", `there is no config in ${dir} or above it`, {
    hint: "`preload init` writes one.",
  });
}
