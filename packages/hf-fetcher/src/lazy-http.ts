import type { Http } from "@preload/core";

/** The same stack, which looks for its token before the first request and not earlier. */
export function lazyHttp(http: Http, authorize: () => Promise<Http>): Http {
  let authorized: Promise<Http> | undefined;
  const ready = () => {
    authorized ??= authorize();
    return authorized;
  };
  return {
    ...http,
    get: async (url, options) => (await ready()).get(url, options),
    open: async (url, options) => (await ready()).open(url, options),
    fetch: async (input, init) => (await ready()).fetch(input, init),
    authorized: (token, origins) => lazyHttp(http, async () => (await ready()).authorized(token, origins)),
  };
}
