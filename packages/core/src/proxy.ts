import { getProxyForUrl } from "proxy-from-env";
import { isLoopback } from "./loopback.ts";

/**
 * The proxy that the environment names for an address, if any. Variables are the process's own.
 * The loopback needs none: that of the proxy is another one, as Go and browsers know, too.
 */
export function proxyFor(url: string): string | undefined {
  return isLoopback(new URL(url).hostname) ? undefined : getProxyForUrl(url) || undefined;
}
