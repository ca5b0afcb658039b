import { rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { codeOf, PreloadError } from "@preload/core";
import { type Attempt, guardVariables, readAttempts } from "@preload/guards";
import { temporaryFolder } from "../exec/temporary-folder.ts";
import type { Session } from "../session.ts";
import { writableFile } from "../writable-file.ts";
import { changesBetween, lookAtCaches } from "./caches.ts";
import { guardFiles } from "./guard-files.ts";

/** What the flags of a run say of its report. */
export interface ReportFlags {
  readonly tolerate?: boolean;
  readonly assertNoDownload?: boolean;
  readonly report?: string;
}

/** How far a command is kept from the network. `advisory`: only by the guards in it. `open`: an attempt is no fault. */
export type Network = "open" | "advisory" | "cut";

/** How a run went, as far as its command and the network go. */
export interface Ran {
  readonly command: readonly string[];
  /** The exit code of the command, as `exec` would pass it on. */
  readonly code: number;
  readonly network: Network;
}

/** What is to be told of a run, from before its start to its end. */
export interface Report {
  /** What has a command with an open network say which test asks for what; nothing when nobody wants to know. */
  variables(env: Readonly<Record<string, string | undefined>>): Record<string, string>;
  /** Tells of it, writes the document that was asked for, and gives the exit code. */
  end(ran: Pick<Ran, "command" | "code">, attempts: readonly Attempt[]): Promise<number>;
  /** Takes away what was only there for the run. */
  close(): void;
}

/** Begins before the command does, since what lies in the caches then is what the end is compared with. */
export function beginReport(session: Session, network: Network, flags: ReportFlags): Report {
  const path =
    flags.report === undefined ? undefined : writableFile("--report", resolve(session.machine.cwd, flags.report));
  const isAsked = path !== undefined || flags.assertNoDownload === true;
  const dir = isAsked && network === "open" ? temporaryFolder(tmpdir(), "preload-run-") : undefined;
  const noted = dir === undefined ? undefined : join(dir, "attempts.jsonl");
  // Nothing can be downloaded where there is no network.
  const look = () => (isAsked || network !== "cut" ? lookAtCaches(session) : new Map());
  const before = look();
  return {
    variables: (env) =>
      noted === undefined ? {} : guardVariables({ env, mode: "record", attempts: noted, files: guardFiles }),
    async end({ command, code }, recorded) {
      const attempts = [...recorded, ...(noted === undefined ? [] : readAttempts(noted))];
      const changes = changesBetween(before, look());
      if (attempts.length === 0 && changes.length === 0 && path === undefined) return code;
      const { conclude } = await import("./conclude.ts");
      const { text, document, exitCode } = await conclude(
        { command, code, network },
        attempts,
        changes,
        session,
        flags,
      );
      session.io.stderr.write(text);
      if (path !== undefined) await write(path, `${JSON.stringify(document, undefined, 2)}\n`);
      return exitCode;
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
