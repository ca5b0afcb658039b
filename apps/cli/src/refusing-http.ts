import { type Http, PreloadError } from "@preload/core";

/** A network that is not to be used. @throws PreloadError `MISSING` for the flag, `OFFLINE` for the environment */
export function refusing(http: Http, rule: string): Http {
  const refuse = async (): Promise<never> => {
    if (rule === "--offline") {
      throw new PreloadError("MISSING", "it is not all there, and --offline forbids to fetch it", {
        hint: "Run the same command once without --offline.",
      });
    }
    throw new PreloadError("OFFLINE", `refused to fetch: ${rule} is set`, {
      hint: "Unset it, or say --online to fetch all the same.",
    });
  };
  const refusingHttp: Http = { ...http, get: refuse, open: refuse, fetch: refuse, authorized: () => refusingHttp };
  return refusingHttp;
}
