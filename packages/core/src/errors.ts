/** What a caller can decide on. Each code leads to another action; see `exitCodes` for what the command line makes of it. */
export type ErrorCode =
  | "USAGE"
  | "BAD_CONFIG"
  | "BAD_REF"
  | "NOT_FOUND"
  | "REVISION_NOT_FOUND"
  | "NO_MATCH"
  | "MISSING"
  | "CORRUPT"
  | "DIGEST_MISMATCH"
  | "BAD_ANSWER"
  | "NETWORK"
  | "RATE_LIMITED"
  | "STALLED"
  | "DEADLINE"
  | "UNAUTHORIZED"
  | "GATED"
  | "DISK_FULL"
  | "NOT_WRITABLE"
  | "DRIFT"
  | "FOREIGN_COMMIT"
  | "POLICY"
  | "OFFLINE"
  | "ABORTED";

export interface PreloadErrorOptions {
  /** One sentence the reader can act on. */
  readonly hint?: string;
  /** Facts for programs, under names of their own: what the message says in words. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** A system error as it is; never the error object of the HTTP client, which holds the request and so the token. */
  readonly cause?: unknown;
}

/** The one error that this project throws on purpose. Decide on `code`; the message and the hint are for people. */
export class PreloadError extends Error {
  override readonly name = "PreloadError";
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: PreloadErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.hint = options.hint;
    this.details = options.details ?? {};
  }
}

/** The exit code of the command line for each error code. Anything that is no `PreloadError` is a bug: 1. */
export const exitCodes: Readonly<Record<ErrorCode, number>> = {
  USAGE: 2,
  BAD_CONFIG: 2,
  BAD_REF: 2,
  NOT_FOUND: 2,
  REVISION_NOT_FOUND: 2,
  NO_MATCH: 2,
  MISSING: 3,
  CORRUPT: 4,
  DIGEST_MISMATCH: 4,
  BAD_ANSWER: 4,
  NETWORK: 5,
  RATE_LIMITED: 5,
  STALLED: 5,
  DEADLINE: 5,
  UNAUTHORIZED: 6,
  GATED: 6,
  DISK_FULL: 7,
  NOT_WRITABLE: 7,
  DRIFT: 8,
  FOREIGN_COMMIT: 8,
  POLICY: 8,
  OFFLINE: 9,
  ABORTED: 130,
};

export function exitCodeOf(error: unknown): number {
  return error instanceof PreloadError ? exitCodes[error.code] : 1;
}

// What only a person can mend weighs more than what a second run may mend by itself.
const bySeriousness = [1, 7, 4, 8, 2, 6, 3, 9, 5];

/** The exit code for several failures: that of the most serious one. 0 when there is none. */
export function worstExitCode(errors: readonly unknown[]): number {
  const codes = errors.map(exitCodeOf);
  if (codes.includes(130)) return 130;
  return bySeriousness.find((code) => codes.includes(code)) ?? 0;
}

export function isMissing(error: unknown): boolean {
  return codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR";
}

/** `ENOENT`, `ECONNREFUSED`, …: the system's name for what went wrong, if it has one. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}

/** Code and message of an error, without the objects that hang on it. */
export function causeOf(error: unknown): Error {
  const cause = new Error(error instanceof Error ? error.message : String(error));
  const code = codeOf(error);
  return code === undefined ? cause : Object.assign(cause, { code });
}
