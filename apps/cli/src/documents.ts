import { PreloadError, type Resolution, type Result } from "@preload/core";
import { sizeOf } from "./manifest-size.ts";
import { plain } from "./words.ts";

/** The version of every JSON document. A field may be added without a new one; none is taken away or changed. */
export const documentVersion = 1;

export interface ErrorDocument {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  /** For some codes: the facts that the message says in words. */
  readonly [fact: string]: unknown;
}

/** An error for programs. Decide on `code`. */
export function errorDocument(error: unknown): ErrorDocument {
  if (error instanceof PreloadError) {
    const { code, message, hint, details } = error;
    return { code, message: plain(message), hint: hint === undefined ? null : plain(hint), ...details };
  }
  return { code: "UNEXPECTED", message: plain(error instanceof Error ? error.message : String(error)), hint: null };
}

/** One model for programs: what it is, where it is, what was done for it. */
export function modelDocument(model: Resolution | Result) {
  const { ref, manifest, request, requiredBy } = model;
  const resolved = model.status === "resolved" ? model : undefined;
  const installed = "took" in model ? model : undefined;
  return {
    // What is refused may hold a password; what is not never does, and names the model to a program.
    ref: resolved ? ref : plain(ref),
    status: resolved && installed ? "ready" : model.status,
    revision: manifest?.revision ?? null,
    path: installed?.path ?? null,
    dir: resolved?.fetcher.dir ?? null,
    dirRule: resolved?.fetcher.dirRule ?? null,
    files: manifest ? sizeOf(manifest).files : null,
    bytes: manifest ? sizeOf(manifest).bytes : null,
    fetchedBytes: installed?.outcome?.fetched.bytes ?? 0,
    milliseconds: installed?.took ?? 0,
    from: resolved?.from ?? null,
    license: manifest?.license ?? null,
    gated: manifest?.gated ?? false,
    optional: request.optional,
    requiredBy,
    error: model.status === "resolved" ? null : errorDocument(model.error),
  };
}
