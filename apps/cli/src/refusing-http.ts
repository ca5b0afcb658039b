import type { Http } from "@preload/core";
import { offlineError } from "./offline.ts";

/** A network that is not to be used. @throws PreloadError `MISSING` for the flag, `OFFLINE` for the environment */
export function refusing(http: Http, rule: string): Http {
  const refuse = async (): Promise<never> => {
    throw offlineError(rule, "it is not all there");
  };
  const refusingHttp: Http = { ...http, get: refuse, open: refuse, fetch: refuse, authorized: () => refusingHttp };
  return refusingHttp;
}
