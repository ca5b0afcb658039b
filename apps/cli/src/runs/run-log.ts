import { readFileSync } from "node:fs";
import { join } from "node:path";
import { codeOf, isMissing, PreloadError } from "@preload/core";
import type { Session } from "../session.ts";
import { appendLine, fullFiles } from "./append-line.ts";
import type { RunRecord } from "./record.ts";

/** Where the lines are. */
export function runLogPath(stateDir: string): string {
  return join(stateDir, "runs.jsonl");
}

/** Whether runs are to be remembered: `PRELOAD_RUN_LOG`, then `runLog` of the config; unless one of them says no, they are. */
export function isRunLogOn({ io, config }: Pick<Session, "io" | "config">): boolean {
  const said = io.env.PRELOAD_RUN_LOG;
  if (said) return !["0", "OFF", "NO", "FALSE"].includes(said.toUpperCase());
  return config.runLog ?? true;
}

export function logRun(stateDir: string, { version: _, ...record }: RunRecord): void {
  appendLine(runLogPath(stateDir), `${beginning}${restOf(record)}`);
}

// Every line begins with this, so one behind a line that was cut off is found all the same.
const beginning = '{"version":1,';

/** What a receipt adds to a beginning that says when it was, and how long it took. */
export function replayedLine({ version: _, at: __, milliseconds: ___, models, ...record }: RunRecord): string {
  return restOf({ ...record, models: models.map((model) => ({ ...model, milliseconds: 0 })) });
}

/** The rest of a line. No messages, which may name folders. */
function restOf(record: object): string {
  return `${JSON.stringify(record, (name, value) => (name === "message" ? "" : value)).slice(1)}\n`;
}

/** Every run that is remembered, in the order in which they ended, whatever the clock said. What is no whole line is passed over. */
export function readRunLog(stateDir: string): RunRecord[] {
  const path = runLogPath(stateDir);
  return [...filesAt(path), path].flatMap(recordsIn);
}

function filesAt(path: string): string[] {
  try {
    return fullFiles(path);
  } catch (error) {
    if (isMissing(error)) return [];
    throw unreadable(path, error);
  }
}

function recordsIn(path: string): RunRecord[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return [];
    throw unreadable(path, error);
  }
  return text.split("\n").flatMap((line) => recordIn(line.slice(Math.max(0, line.lastIndexOf(beginning)))) ?? []);
}

function recordIn(line: string): RunRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it is a record as far as readers need it. Of what another version has added, nothing is known. */
export function isRecord(value: unknown): value is RunRecord {
  const record = (value ?? {}) as Partial<Record<keyof RunRecord, unknown>>;
  return (
    record.version === 1 &&
    typeof record.at === "string" &&
    !Number.isNaN(Date.parse(record.at)) &&
    typeof record.command === "string" &&
    [record.exitCode, record.milliseconds, record.fetchedBytes, record.requests, record.retries].every(
      Number.isFinite,
    ) &&
    Array.isArray(record.errors) &&
    record.errors.every(isNetworkError) &&
    Array.isArray(record.models) &&
    record.models.every(isModel)
  );
}

function isNetworkError(value: unknown): boolean {
  const { host, cause, count } = (value ?? {}) as Record<string, unknown>;
  return typeof host === "string" && typeof cause === "string" && typeof count === "number";
}

function isModel(value: unknown): boolean {
  const { ref, source, fetchedBytes, milliseconds } = (value ?? {}) as Record<string, unknown>;
  return (
    typeof ref === "string" &&
    typeof source === "string" &&
    typeof fetchedBytes === "number" &&
    typeof milliseconds === "number"
  );
}

function unreadable(path: string, error: unknown): PreloadError {
  return new PreloadError("NOT_WRITABLE", `${path} cannot be read (${codeOf(error) ?? error})`, { cause: error });
}
