import { type Machine, type Mirror, PreloadError } from "@preload/core";

/** A server that speaks the Hub's API and `/resolve/`. */
export interface Endpoint {
  readonly url: string;
  /** Whether it is shown the token: yes when the user named it, no when a file in a repository did. */
  readonly token: boolean;
}

/** The Hub itself: what a manifest's addresses start with, whoever serves them. */
export const publicHub = "https://huggingface.co";

const publicOrigins = [publicHub, "https://hf.co"];

/**
 * The endpoints to ask, in order, without a slash at the end: the given ones, else `HF_ENDPOINT`, else the Hub itself.
 *
 * @throws PreloadError `BAD_CONFIG` for what is no address
 */
export function endpointsFor(
  given: readonly (Endpoint | string)[] | undefined,
  { env }: Pick<Machine, "env">,
): readonly Endpoint[] {
  if (given && given.length > 0) {
    return given.map((endpoint) => checked(typeof endpoint === "string" ? { url: endpoint, token: false } : endpoint));
  }
  // Who sets a variable of their own process may also choose who sees their token, as with the Python client.
  if (env["HF_ENDPOINT"]) return [checked({ url: env["HF_ENDPOINT"], token: true })];
  return [{ url: publicHub, token: true }];
}

function checked({ url, token }: Endpoint): Endpoint {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !["http:", "https:"].includes(parsed.protocol) || parsed.search || parsed.hash) {
    throw new PreloadError("BAD_CONFIG", `${JSON.stringify(url)} is not the address of a Hub`, {
      hint: "An endpoint is for example https://huggingface.co, without anything after the path.",
    });
  }
  return { url: url.replace(/\/+$/, ""), token };
}

/** Which origins may see the token. */
export function tokenOrigins(endpoints: readonly Endpoint[]): readonly string[] {
  const trusted = endpoints.filter(({ token }) => token).map(({ url }) => new URL(url).origin);
  return [...new Set([...publicOrigins, ...trusted])];
}

export function mirrorsFor(endpoints: readonly Endpoint[]): readonly Mirror[] {
  if (endpoints.every(({ url }) => url === publicHub)) return [];
  return [{ base: `${publicHub}/`, mirrors: endpoints.map(({ url }) => `${url}/`) }];
}
