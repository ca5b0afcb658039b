import { PreloadError } from "./errors.ts";
import type { Answer, Http, Mirror, RequestOptions } from "./types.ts";

/** Where to ask for a public address, in order: its mirrors, or the address itself when there are none. */
export function addressesOf(url: string, mirrors: readonly Mirror[]): readonly string[] {
  const mirror = mirrors.find(({ base }) => url.startsWith(base));
  if (!mirror || mirror.mirrors.length === 0) return [url];
  return mirror.mirrors.map((base) => base + url.slice(mirror.base.length));
}

/** The address without the name and the password that may stand in it, for people and events. */
export function publicUrl(url: string): string {
  if (!url.includes("@")) return url;
  const shown = new URL(url);
  shown.username = "";
  shown.password = "";
  return shown.href;
}

/**
 * Asks one address after the other until one answers with a 2xx status.
 * When none does, the last status is the answer; but a network failure is never passed off as "not found".
 */
export async function getFirst(
  http: Http,
  addresses: readonly string[],
  request: RequestOptions = {},
): Promise<Answer> {
  let failure: unknown;
  let refusal: Answer | undefined;
  for (const address of addresses) {
    try {
      const answer = await http.get(address, request);
      if (answer.status >= 200 && answer.status < 300) return answer;
      refusal = answer;
    } catch (error) {
      if (!(error instanceof PreloadError) || error.code === "ABORTED") throw error;
      failure = error;
    }
  }
  if (failure !== undefined) throw failure;
  if (refusal === undefined) throw new PreloadError("USAGE", "no address to ask");
  return refusal;
}
