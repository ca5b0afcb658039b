import { readFile } from "node:fs/promises";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { createSecureContext, rootCertificates } from "node:tls";
import { HttpProxyAgent, HttpsProxyAgent } from "hpagent";
import { getProxyForUrl } from "proxy-from-env";
import { codeOf, PreloadError } from "./errors.ts";

interface Agents {
  /** The pair of agents for an address: direct, or through the proxy that the environment names for it. */
  forUrl(url: URL): { http: HttpAgent; https: HttpsAgent };
  close(): void;
}

const pool = { keepAlive: true, keepAliveMsecs: 1000, maxSockets: 64, maxFreeSockets: 64, scheduling: "lifo" } as const;

/** Connection pools with the certificates and proxies that the environment asks for. */
export async function createAgents(env: Readonly<Record<string, string | undefined>>): Promise<Agents> {
  const certificates = await extraCertificates(env);
  // Made once: a list of certificates would be parsed anew for every connection.
  const trust = certificates ? { secureContext: createSecureContext({ ca: certificates }) } : {};
  const made = new Map<string, { http: HttpAgent; https: HttpsAgent }>();

  return {
    forUrl(url) {
      const proxy = getProxyForUrl(url.href);
      let agents = made.get(proxy);
      if (!agents) {
        agents = proxy
          ? {
              http: new HttpProxyAgent({ ...pool, proxy: checked(proxy) }) as HttpAgent,
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

function checked(proxy: string): URL {
  try {
    return new URL(proxy);
  } catch {
    throw new PreloadError("USAGE", "the proxy in the environment is not an address", {
      hint: "HTTPS_PROXY and HTTP_PROXY look like http://proxy.example:3128.",
    });
  }
}

// Node reads NODE_EXTRA_CA_CERTS itself, unless it is given a list: then the list has to hold those too.
const variables = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"] as const;

async function extraCertificates(env: Readonly<Record<string, string | undefined>>): Promise<string[] | undefined> {
  if (!variables.some((name) => env[name])) return undefined;
  const files = new Map([...variables, "NODE_EXTRA_CA_CERTS"].map((name) => [env[name], name]));
  files.delete(undefined);
  files.delete("");
  const read = [...files].map(async ([path = "", name]) => {
    try {
      return await readFile(path, "utf8");
    } catch (error) {
      // REQUESTS_CA_BUNDLE may name a folder of hashed certificates, which only OpenSSL's own look-up can read.
      if (codeOf(error) === "EISDIR") return undefined;
      throw new PreloadError("USAGE", `${name} names ${path}, which cannot be read (${codeOf(error)})`);
    }
  });
  const found = (await Promise.all(read)).filter((text) => text !== undefined);
  return [...rootCertificates, ...found];
}
