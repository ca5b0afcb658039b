import type { Http } from "@preload/core";

export interface Counters {
  /** Redirects and retries are not counted. */
  requests: number;
}

/** The same network, which keeps count of what it is asked. */
export function counting(http: Http, counters: Counters): Http {
  const counted =
    <A extends unknown[], R>(ask: (...given: A) => R) =>
    (...given: A): R => {
      counters.requests += 1;
      return ask(...given);
    };
  return {
    ...http,
    get: counted(http.get),
    open: counted(http.open),
    fetch: counted(http.fetch),
    authorized: (token, origins) => counting(http.authorized(token, origins), counters),
  };
}
