import { getProxyForUrl } from "proxy-from-env";

/** The proxy that the environment names for an address, if any. Variables are the process's own. */
export function proxyFor(url: string): string | undefined {
  return getProxyForUrl(url) || undefined;
}
