import { type Http, PreloadError } from "@preload/core";

/** No network at all, for work that needs none. */
export const nowhere: Http = {
  get: refuse,
  open: refuse,
  fetch: refuse,
  explain: (error) => error,
  authorized: () => nowhere,
  close: () => {},
};

async function refuse(): Promise<never> {
  throw new PreloadError("MISSING", "an entry of the cache does not hold all of it");
}
