import { PreloadError, type Problem, type Resolution, type Result } from "@preload/core";
import { withoutSecrets } from "../attempts/without-secrets.ts";
import type { NetworkErrors } from "../counting-http.ts";
import { isAbsence } from "../describe-problem.ts";
import { sizeOf } from "../manifest-size.ts";
import { plain } from "../words.ts";
import { bareAddresses } from "./bare-addresses.ts";

/**
 * What one run did: a line of the run log, the document of `--report json`, and what summaries are made of.
 * A field may be added without a new version; none is taken away or changed.
 */
export interface RunRecord {
  readonly version: 1;
  /** When it began, as `2026-11-23T06:28:05.000Z`. */
  readonly at: string;
  readonly command: RunCommand;
  readonly exitCode: number;
  readonly milliseconds: number;
  /** Tells one project's runs from another's, and says nothing else of it. Null without a config. */
  readonly project: string | null;
  /** `sha256:` and the digest of the lock as it was when the run ended. Null without one. */
  readonly lockDigest: string | null;
  /** Over the network; for `unpack` out of the pack. */
  readonly fetchedBytes: number;
  /** Redirects and retries are not counted. */
  readonly requests: number;
  readonly retries: number;
  readonly errors: readonly NetworkError[];
  readonly models: readonly ModelRun[];
  /** Why it ended without having come to the models: a config that cannot be read, a signal. */
  readonly error: RunError | null;
}

export type RunCommand = "install" | "ci" | "verify" | "unpack";

/** Requests that came to nothing, whether they were made again or not. */
export interface NetworkError {
  /** With the port, if it is not the usual one. */
  readonly host: string;
  /** `ECONNREFUSED`, `HTTP 503`, `STALLED`, … */
  readonly cause: string;
  readonly count: number;
}

/**
 * Where a model came from:
 *
 * - `cache`: it was there, as promised
 * - `network`: nothing of its files was there
 * - `repaired`: some of it was there; the rest was fetched, or links and texts were set right
 * - `pack`: nothing of its files was there, and they came out of a pack
 * - `skipped`: it is optional, and not accepted or not installed
 * - `failed`: it is not there as promised
 */
type ModelSource = "cache" | "network" | "repaired" | "pack" | "skipped" | "failed";

export interface ModelRun {
  /** Without what may stand in an address and is nobody else's business. */
  readonly ref: string;
  /** Null as long as nobody knows what the ref means. */
  readonly revision: string | null;
  readonly bytes: number | null;
  readonly source: ModelSource;
  readonly fetchedBytes: number;
  readonly milliseconds: number;
  /** Of what failed or was skipped. */
  readonly error: RunError | null;
}

export interface RunError {
  /** As in every document: decide on this. */
  readonly code: string;
  /** Empty in the run log, since it may name folders. */
  readonly message: string;
}

/** What is known of one model when a run ends: a `Result`, or what `verify` found. */
export interface Seen {
  readonly resolution: Resolution;
  /** What was not as promised before, and is now. */
  readonly mended?: readonly Problem[];
  readonly fetchedBytes?: number;
  readonly milliseconds?: number;
  /** Set when it is not as promised. */
  readonly error?: unknown;
  /** @default "network" */
  readonly origin?: "network" | "pack";
}

/** What an install did for a model. */
export function seenOf(result: Result, origin: "network" | "pack" = "network"): Seen {
  const { outcome, took } = result;
  return {
    resolution: result,
    ...(result.status === "resolved" ? {} : { error: result.error }),
    mended: outcome?.mended ?? [],
    fetchedBytes: outcome?.fetched.bytes ?? 0,
    milliseconds: took,
    origin,
  };
}

/** One model of a run. What it has no problems of and no error was there already. */
export function modelRun(seen: Seen): ModelRun {
  const { resolution, fetchedBytes = 0, milliseconds = 0 } = seen;
  const { ref, manifest, status } = resolution;
  const error = seen.error ?? (status === "resolved" ? undefined : resolution.error);
  return {
    ref: plain(bareAddresses(ref)),
    revision: manifest?.revision ?? null,
    bytes: manifest ? sizeOf(manifest).bytes : null,
    source: sourceOf(seen),
    fetchedBytes,
    milliseconds: Math.round(milliseconds),
    error: error === undefined ? null : runError(error),
  };
}

export function runError(error: unknown): RunError {
  const code = error instanceof PreloadError ? error.code : "UNEXPECTED";
  return {
    code,
    message: withoutSecrets(bareAddresses(plain(error instanceof Error ? error.message : String(error)))),
  };
}

function sourceOf({ resolution, mended = [], error, origin = "network" }: Seen): ModelSource {
  if (resolution.status !== "resolved") {
    const isForgiven = resolution.status === "skipped" || (resolution.request.optional && error === undefined);
    return isForgiven ? "skipped" : "failed";
  }
  if (error !== undefined) return "failed";
  if (mended.length === 0) return "cache";
  const files = resolution.manifest.entries.filter(({ type }) => type === "file" || type === "archive");
  const gone = new Set(mended.filter(isAbsence).map(({ entry }) => entry));
  return files.length > 0 && files.every((entry) => gone.has(entry)) ? origin : "repaired";
}

/** The facts of a run that is over, in the order of the document. */
export function recordOf(run: Omit<RunRecord, "version" | "errors"> & { readonly errors: NetworkErrors }): RunRecord {
  const { at, command, exitCode, milliseconds, project, lockDigest, fetchedBytes, requests, retries } = run;
  const errors = [...run.errors.values()].sort((one, other) => other.count - one.count);
  return {
    version: 1,
    at,
    command,
    exitCode,
    milliseconds: Math.round(milliseconds),
    project,
    lockDigest,
    fetchedBytes,
    requests,
    retries,
    errors,
    models: run.models,
    error: run.error,
  };
}
