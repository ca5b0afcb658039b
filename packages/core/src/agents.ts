import { type ClientRequest, Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { HttpsProxyAgent } from "hpagent";
import { PreloadError } from "./errors.ts";
import { withLiteralPercent } from "./literal-percent.ts";
import { proxyFor } from "./proxy.ts";
import type { Trust } from "./trust.ts";

export interface Agents {
  /** The pair of agents for an address: direct, or through the proxy that the environment names for it. */
  forUrl(url: URL): { http: HttpAgent; https: HttpsAgent };
  close(): void;
}

const pool = { keepAlive: true, keepAliveMsecs: 1000, maxSockets: 64, maxFreeSockets: 64, scheduling: "lifo" } as const;

/** Connection pools that trust what we trust, and go through the proxies that the environment names. */
export function createAgents(trust: Trust): Agents {
  const made = new Map<string, { http: HttpAgent; https: HttpsAgent }>();

  return {
    forUrl(url) {
      const proxy = proxyFor(url.href) ?? "";
      let agents = made.get(proxy);
      if (!agents) {
        agents = proxy
          ? {
              http: new PlainProxyAgent(checked(proxy)),
              https: new HttpsProxyAgent({ ...pool, ...trust, proxy: checked(proxy) }) as HttpsAgent,
            }
          : { http: new HttpAgent(pool), https: new HttpsAgent({ ...pool, ...trust }) };
        made.set(proxy, agents);
      }
      return agents;
    },
    close() {
      for (const { http, https } of made.values()) {
        http.destroy();
        https.destroy();
      }
    },
  };
}

/**
 * A plain address is asked of the proxy whole (RFC 9112, 3.2.2): tunnels, which are all that hpagent makes,
 * are open to port 443 alone at many proxies, as in Squid's own configuration.
 */
class PlainProxyAgent extends HttpAgent {
  readonly #proxy: URL;

  constructor(proxy: URL) {
    super(pool);
    this.#proxy = proxy;
  }

  // What Node calls for each request; its types do not tell, but every agent of others builds on it.
  addRequest(request: ClientRequest, options: object): void {
    const { username, password, hostname, port } = this.#proxy;
    request.path = new URL(request.path, `http://${request.getHeader("host")}`).href;
    if (username !== "") {
      const both = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
      request.setHeader("proxy-authorization", `Basic ${Buffer.from(both).toString("base64")}`);
    }
    const { addRequest } = HttpAgent.prototype as unknown as {
      addRequest(request: ClientRequest, options: object): void;
    };
    addRequest.call(this, request, { ...options, host: hostname, port: Number(port || 80) });
  }
}

function checked(proxy: string): URL {
  try {
    return withLiteralPercent(proxy);
  } catch {
    throw new PreloadError("USAGE", "the proxy in the environment is not an address", {
      hint: "HTTPS_PROXY and HTTP_PROXY look like http://proxy.example:3128.",
    });
  }
}
