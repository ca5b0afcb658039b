import { exitCodeOf, PreloadError, type Request, understand } from "@preload/core";
import { createFetchers } from "./fetchers.ts";
import { refusing } from "./refusing-http.ts";
import type { Session } from "./session.ts";

/**
 * Why nothing can ever bring a model, as far as its source knows that without asking anybody: a whisper model that there
 * is none of. Undefined where the name may be right.
 */
export async function refusedByName(request: Request, session: Session): Promise<PreloadError | undefined> {
  try {
    const { http } = understand(request, session.fetchers).fetcher;
    const fetchers = createFetchers({ ...session, http: refusing(http, "--offline") });
    const { fetcher, parsed } = understand(request, fetchers);
    await fetcher.resolve(parsed, { signal: session.signal });
    return undefined;
  } catch (error) {
    // What only the network knows ends with another code.
    return error instanceof PreloadError && exitCodeOf(error) === 2 ? error : undefined;
  }
}
