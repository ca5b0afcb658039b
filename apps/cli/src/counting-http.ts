import { type Fault, faultOf, type Http } from "@preload/core";

export interface Counters {
  /** Redirects and retries are not counted. */
  requests: number;
  /** Requests that were made again. */
  retries: number;
  /** What came to nothing, whether it was made again or not. */
  readonly errors: NetworkErrors;
}

export type NetworkErrors = Map<string, { readonly host: string; readonly cause: string; count: number }>;

export function noCounts(): Counters {
  return { requests: 0, retries: 0, errors: new Map() };
}

/** A request is made again because of this. */
export function countRetry(counters: Counters, fault: Fault): void {
  counters.retries += 1;
  countFault(counters, fault);
}

const counted = new WeakSet<object>();

/** Counts what ended because of the network, each failure once, however many models it ends. */
export function countError(counters: Counters, error: unknown): void {
  const fault = faultOf(error);
  if (fault === undefined || !(error instanceof Error)) return;
  const origin = error.cause instanceof Error ? error.cause : error;
  if (counted.has(origin)) return;
  counted.add(origin);
  countFault(counters, fault);
}

function countFault({ errors }: Counters, { host, cause }: Fault): void {
  const key = `${host}\n${cause}`;
  const known = errors.get(key);
  if (known) known.count += 1;
  else errors.set(key, { host, cause, count: 1 });
}

/** The same network, which keeps count of what it is asked, and of what came to nothing. */
export function counting(http: Http, counters: Counters): Http {
  const isRequest =
    <A extends unknown[], R>(ask: (...given: A) => R) =>
    (...given: A): R => {
      counters.requests += 1;
      return ask(...given);
    };
  return {
    ...http,
    get: isRequest((url, options) => failing(http.get(url, options), counters)),
    open: isRequest(http.open),
    fetch: isRequest((input, init) => failing(http.fetch(input, init), counters)),
    authorized: (token, origins) => counting(http.authorized(token, origins), counters),
  };
}

async function failing<A extends { readonly status: number; readonly url: string }>(
  answer: Promise<A>,
  counters: Counters,
): Promise<A> {
  try {
    const given = await answer;
    if (given.status === 429 || given.status >= 500) {
      countFault(counters, { host: new URL(given.url).host, cause: `HTTP ${given.status}` });
    }
    return given;
  } catch (error) {
    countError(counters, error);
    throw error;
  }
}
