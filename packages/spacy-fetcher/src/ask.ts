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
  if (answer.status !== 200) throw refused(answer);
  const { success, data, error } = schema.safeParse(jsonOf(answer));
  if (success) return data;
  const [issue] = error.issues;
  throw new PreloadError("BAD_ANSWER", `${answer.url}: ${issue?.path.join(".")}: ${issue?.message}`);
}

/** Why an answer that is no success is none. */
export function refused({ status, url }: Pick<Answer, "status" | "url">): PreloadError {
  const message = `${url} answers with status ${status}`;
  if (status === 401 || status === 403) return new PreloadError("UNAUTHORIZED", message);
  if (status === 429) return new PreloadError("RATE_LIMITED", message);
  return new PreloadError(status >= 500 ? "NETWORK" : "BAD_ANSWER", message);
}

function jsonOf({ body, url }: Answer): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw new PreloadError("BAD_ANSWER", `${url} does not answer with JSON`, {
      hint: "A login page or a proxy may stand in between.",
    });
  }
}
