import { accessSync, constants, mkdtempSync, rmSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { codeOf, PreloadError } from "@preload/core";
import { type Attempt, guardVariables, readAttempts } from "@preload/guards";
import type { Session } from "../session.ts";
import { changesBetween, lookAtCaches } from "./caches.ts";
import { reportDocument } from "./document.ts";
import { findingsOf } from "./findings.ts";
import { guardFiles } from "./guard-files.ts";
import { merge } from "./merge.ts";
import { judge } from "./outcome.ts";
import { render } from "./render.ts";

/** What the flags of a run say of its report. */
export interface ReportFlags {
  readonly tolerate?: boolean;
  readonly assertNoDownload?: boolean;
  readonly report?: string;
}

/** How a run went, as far as its command and the network go. */
export interface Ran {
  readonly command: readonly string[];
  /** The exit code of the command, as `exec` would pass it on. */
  readonly code: number;
  /** `open`: nobody said offline, so an attempt is no fault. `advisory`: only the guards kept the command from it. */
  readonly network: "open" | "advisory" | "cut";
  /** What those noted who kept it from the network. */
  readonly attempts: readonly Attempt[];
}

/** What is to be told of a run, from before its start to its end. */
export interface Report {
  /** What has a command with an open network say which test asks for what; nothing when nobody wants to know. */
  readonly variables: (env: Readonly<Record<string, string | undefined>>) => Record<string, string>;
  /** Tells of it, writes the document that was asked for, and gives the exit code. */
  end(ran: Ran): Promise<number>;
  /** Takes away what was only there for the run. */
  close(): void;
}

/** Begins before the command does, since what lies in the caches then is what the end is compared with. */
export function beginReport(session: Session, flags: ReportFlags): Report {
  const path = flags.report === undefined ? undefined : writable(resolve(session.machine.cwd, flags.report));
  const isAsked = path !== undefined || flags.assertNoDownload === true;
  const dir = isAsked ? mkdtempSync(join(tmpdir(), "preload-run-")) : undefined;
  const noted = dir === undefined ? undefined : join(dir, "attempts.jsonl");
  const before = lookAtCaches(session);
  return {
    variables: (env) =>
      noted === undefined ? {} : guardVariables({ env, mode: "record", attempts: noted, files: guardFiles }),
    async end(ran) {
      const attempts = [...ran.attempts, ...(noted === undefined ? [] : readAttempts(noted))];
      const findings = await findingsOf(merge(attempts), session);
      const outcome = judge({ ran, findings, changes: changesBetween(before, lookAtCaches(session)) }, session, flags);
      session.io.stderr.write(render(outcome, session));
      if (path !== undefined) await write(path, `${JSON.stringify(reportDocument(outcome), undefined, 2)}\n`);
      return outcome.exitCode;
    },
    close: () => dir !== undefined && rmSync(dir, { recursive: true, force: true }),
  };
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw new PreloadError("NOT_WRITABLE", `--report ${path} cannot be written (${codeOf(error)})`, { cause: error });
  }
}

/** Found out before the command runs: after it, its result would be lost. @throws PreloadError `USAGE`, `NOT_WRITABLE` */
function writable(path: string): string {
  const folder = dirname(path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new PreloadError("USAGE", `--report ${path}: there is no folder ${folder}`);
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new PreloadError("USAGE", `--report ${path}: that is a folder`, { hint: "Name a file in it." });
  }
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new PreloadError("NOT_WRITABLE", `--report ${path}: ${folder} cannot be written to`, { cause: error });
  }
  return path;
}
