import { publicUrl } from "./addresses.ts";
import { PreloadError } from "./errors.ts";
import { type Fault, faultOf, isRetriable } from "./network-error.ts";
import { onAbort } from "./on-abort.ts";

export interface RetryEvent {
  readonly type: "retry";
  readonly url: string;
  /** What went wrong. */
  readonly why: string;
  /** Milliseconds until the next try. */
  readonly wait: number;
  /** True when the server named the wait. */
  readonly asked: boolean;
  /** Who failed, and how, in a word: `ECONNRESET`, `STALLED`, `HTTP 503`. */
  readonly host: string;
  readonly cause: string;
}

export interface RetryOptions {
  /** Milliseconds before each further try; their number is the number of further tries. @default [500, 2000, 8000] */
  readonly retryDelays?: readonly number[];
  /** A longer wait that a server asks for ends the tries instead. Milliseconds. @default 120000 */
  readonly longestWait?: number;
  readonly onRetry?: (event: RetryEvent) => void;
}

interface RetryingOptions extends RetryOptions {
  readonly url: string;
  readonly signal?: AbortSignal | undefined;
}

/** What is retried is a list: a connection, a timeout, 408, 429 and 5xx. Anything else fails at once. */
export const retriableStatus: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

type Attempt = { readonly status: number; readonly headers: Readonly<Record<string, string>> };

/**
 * Tries again while a second try can change the outcome.
 * Answers with a retriable status are given back as they are once the tries are used up.
 */
export async function retrying<T extends Attempt>(attempt: () => Promise<T>, options: RetryingOptions): Promise<T> {
  const { retryDelays = [500, 2000, 8000], longestWait = 120_000, onRetry = () => {}, signal, url } = options;
  for (let tries = 0; ; tries += 1) {
    const delay = retryDelays[tries];
    let why: string;
    let fault: Fault;
    let asked: number | undefined;
    try {
      const answer = await attempt();
      if (!retriableStatus.has(answer.status) || delay === undefined) return answer;
      asked = waitAskedFor(answer.headers);
      fault = { host: new URL(url).host, cause: `HTTP ${answer.status}` };
      why = `${fault.host} answers ${answer.status}`;
      if (asked !== undefined && asked > longestWait) throw tooLong(url, answer.status, asked);
    } catch (error) {
      if (delay === undefined || !isRetriable(error) || isTooLong(error)) throw error;
      why = (error as Error).message;
      fault = faultOf(error) ?? { host: new URL(url).host, cause: (error as PreloadError).code };
    }
    const wait = asked ?? jittered(delay);
    onRetry({ type: "retry", url: publicUrl(url), why, wait, asked: asked !== undefined, ...fault });
    await pause(wait, signal);
  }
}

/** Milliseconds. A timer of more than 24.8 days would be over at once. */
export const longestTimer = 2 ** 31 - 1;

/** Waits, or throws `ABORTED` as soon as the signal says so. */
export async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) throw stopped(signal);
  if (milliseconds > longestTimer) {
    await pause(longestTimer, signal);
    return pause(milliseconds - longestTimer, signal);
  }
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      callOff();
      resolve();
    }, milliseconds);
    const callOff = onAbort(signal, () => {
      clearTimeout(timer);
      reject(stopped(signal));
    });
  });
}

/** The error for work that a signal ended: its own reason if that is one of ours, a deadline for `AbortSignal.timeout`. */
export function stopped(signal: AbortSignal | undefined): PreloadError {
  const reason: unknown = signal?.reason;
  if (reason instanceof PreloadError) return reason;
  if (reason instanceof DOMException && reason.name === "TimeoutError") {
    return new PreloadError("DEADLINE", "not done in time", {
      hint: "Call again with more time; it continues where it stopped.",
    });
  }
  return new PreloadError("ABORTED", "stopped");
}

/** Between half of the delay and all of it, so that many clients do not come back at the same moment. */
export function jittered(delay: number): number {
  return delay / 2 + Math.random() * (delay / 2);
}

/**
 * Milliseconds that a server wants us to wait: `Retry-After` in seconds or as a date,
 * or the Hub's `RateLimit: "api";r=0;t=55`, which counts only when nothing is left (`r=0`).
 * A date is that of the server's clock, which it tells as well: ours may be wrong.
 */
export function waitAskedFor(headers: Readonly<Record<string, string>>, now = Date.now()): number | undefined {
  const limit = /;\s*r=0\s*;\s*t=(\d+)/.exec(headers.ratelimit ?? "");
  if (limit) return (Number(limit[1]) + 1) * 1000;
  const after = headers["retry-after"];
  if (after === undefined) return undefined;
  if (/^\d+$/.test(after.trim())) return Number(after) * 1000;
  // Date.parse makes a date of any number.
  const date = /[a-z]/i.test(after) ? Date.parse(after) : Number.NaN;
  const told = Date.parse(headers.date ?? "");
  return Number.isNaN(date) ? undefined : Math.max(0, date - (Number.isNaN(told) ? now : told));
}

function tooLong(url: string, status: number, wait: number): PreloadError {
  const error = new PreloadError(
    "RATE_LIMITED",
    `${new URL(url).host}: answers ${status} and wants us to wait ${Math.ceil(wait / 1000)} seconds`,
    {
      hint: "Run the same command again later; it continues where it stopped.",
      details: { host: new URL(url).host, cause: `HTTP ${status}` },
    },
  );
  return Object.assign(error, { tooLong: true });
}

function isTooLong(error: unknown): boolean {
  return (error as { tooLong?: boolean }).tooLong === true;
}
