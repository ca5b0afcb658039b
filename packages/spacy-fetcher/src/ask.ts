import { type Answer, addressesOf, getFirst, type Http, type Mirror, PreloadError } from "@preload/core";
import type { ZodType } from "zod";

export interface Source {
  readonly http: Http;
  readonly mirrors: readonly Mirror[];
  readonly signal?: AbortSignal | undefined;
}

/** The JSON at a public address, or undefined when there is none (404). */
export async function ask<T>(url: string, schema: ZodType<T>, source: Source): Promise<T | undefined> {
  const answer = await getFirst(source.http, addressesOf(url, source.mirrors), { signal: source.signal });
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw refused(answer, url);
  const { success, data, error } = schema.safeParse(jsonOf(answer, url));
  if (success) return data;
  const [issue] = error.issues;
  throw new PreloadError("BAD_ANSWER", `${url}: ${issue?.path.join(".")}: ${issue?.message}`);
}

/** What a status means, in place of the bytes of a public address. */
export function refused(answer: Pick<Answer, "status" | "url">, url: string): PreloadError {
  const { status } = answer;
  // Its path may be signed, so only the host is shown.
  const message = `${new URL(answer.url).host} answers ${status}\n  for ${url}`;
  if (status === 404 || status === 410) return new PreloadError("NOT_FOUND", message);
  if (status === 401 || status === 403) return new PreloadError("UNAUTHORIZED", message);
  if (status === 429) return new PreloadError("RATE_LIMITED", message);
  return new PreloadError("NETWORK", message, { hint: "Run the same command again later." });
}

function jsonOf({ body }: Answer, url: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw new PreloadError("BAD_ANSWER", `${url} does not answer with JSON`, {
      hint: "A login page or a proxy may stand in between.",
    });
  }
}
