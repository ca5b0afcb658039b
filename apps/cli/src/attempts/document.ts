import { documentVersion } from "../documents.ts";
import type { Outcome } from "./outcome.ts";
import { wordsWithoutSecrets } from "./without-secrets.ts";

/** The report of a run for programs. Decide on `reason` and `change`. */
export function reportDocument({ ran, findings, changes, fails, exitCode }: Outcome) {
  return {
    version: documentVersion,
    command: "exec",
    ok: exitCode === 0,
    exitCode,
    ran: wordsWithoutSecrets(ran.command),
    ranExitCode: ran.code,
    network: ran.network,
    attempts: findings.map(({ test, program, host, port, model, paths, times, stack, by, cause }) => ({
      test: test ?? null,
      program: program ?? null,
      host,
      port: port ?? null,
      ref: model?.ref ?? null,
      revision: model?.revision ?? null,
      files: model?.files ?? [],
      paths,
      times,
      by,
      stack,
      ...cause,
    })),
    attemptsFail: fails.attempts,
    caches: changes.map(({ ref, dir, bytes, change, isLocked, tests }) => ({
      ...{ ref, dir, change, bytes, isLocked, tests },
    })),
    cachesFail: fails.changes,
  };
}
