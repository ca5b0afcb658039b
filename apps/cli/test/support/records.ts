import type { ModelRun, RunRecord } from "../../src/runs/record.ts";

/** A run of which only some facts matter. */
export function recordOf(facts: Partial<RunRecord> = {}): RunRecord {
  return {
    version: 1,
    at: "2026-11-23T06:00:00.000Z",
    command: "ci",
    exitCode: 0,
    milliseconds: 100,
    project: "project",
    lockDigest: `sha256:${"0".repeat(64)}`,
    fetchedBytes: 0,
    requests: 0,
    retries: 0,
    errors: [],
    models: [],
    error: null,
    ...facts,
  };
}

/** One of its models, a gigabyte large. */
export function modelOf(facts: Partial<ModelRun> = {}): ModelRun {
  return {
    ref: "hf:org/model",
    revision: "0123456789abcdef0123456789abcdef01234567",
    bytes: 1_000_000_000,
    source: "cache",
    fetchedBytes: 0,
    milliseconds: 0,
    error: null,
    ...facts,
  };
}
