import { randomBytes } from "node:crypto";
import { rename, rm, stat, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { codeOf, PreloadError } from "@preload/core";
import { junit } from "./junit.ts";
import { openMetrics } from "./open-metrics.ts";
import type { RunRecord } from "./record.ts";
import type { Report } from "./report-option.ts";

/** Writes each report whole, or leaves the file as it was; gives back an error for each that could not be written. */
export async function writeReports(
  record: RunRecord,
  reports: readonly Report[],
  cwd = process.cwd(),
): Promise<PreloadError[]> {
  const troubles: PreloadError[] = [];
  for (const { form, file } of reports) {
    try {
      await writeReport(`--report ${form}`, file, resolve(cwd, file), texts[form](record));
    } catch (error) {
      if (!(error instanceof PreloadError)) throw error;
      troubles.push(error);
    }
  }
  return troubles;
}

/**
 * Puts a text into a file that an option named.
 *
 * @throws PreloadError `NOT_WRITABLE`, `DISK_FULL`
 */
export async function writeReport(option: string, file: string, path: string, text: string): Promise<void> {
  try {
    await writeWhole(path, text);
  } catch (error) {
    const why = codeOf(error) ?? (error as Error).message;
    const code = codeOf(error) === "ENOSPC" ? "DISK_FULL" : "NOT_WRITABLE";
    throw new PreloadError(code, `${option} ${file}: it cannot be written (${why})`, {
      hint: "Name a file in a folder that is there and that may be written to.",
      cause: error,
    });
  }
}

const texts: Readonly<Record<Report["form"], (record: RunRecord) => string>> = {
  json: (record) => `${JSON.stringify(record, undefined, 2)}\n`,
  junit,
  openmetrics: openMetrics,
};

/** Puts a text into a file, which is whole at any moment. What is no regular file, as a pipe, is written to as it is. */
async function writeWhole(path: string, text: string): Promise<void> {
  const stats = await stat(path).catch(() => undefined);
  if (stats && !stats.isFile() && !stats.isDirectory()) return writeFile(path, text);
  const draft = `${path}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  try {
    await writeFile(draft, text, { flag: "wx" });
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}
