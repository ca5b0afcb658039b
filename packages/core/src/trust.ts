import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import { codeOf, PreloadError } from "./errors.ts";

/** Which certificates a connection accepts; empty for Node's own choice. */
export interface Trust {
  readonly secureContext?: SecureContext;
}

/** What the environment says about certificates. @throws PreloadError `USAGE` for a file that cannot be read */
export async function trustFor(env: Readonly<Record<string, string | undefined>>): Promise<Trust> {
  const ca = await extraCertificates(env);
  if (!ca) return {};
  let made: SecureContext | undefined;
  return {
    // Made once: a list of certificates would be parsed anew for every connection. And late: that takes 40 ms.
    get secureContext() {
      made ??= createSecureContext({ ca });
      return made;
    },
  };
}

// Node reads NODE_EXTRA_CA_CERTS itself, unless it is given a list: then the list has to hold those too.
const variables = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"] as const;

/** OpenSSL passes over what it cannot read, and the failure would be that of each connection. */
function checked(text: string, what: string): string {
  try {
    new X509Certificate(text);
    return text;
  } catch {
    throw new PreloadError("USAGE", `${what}, which holds no certificate`, { hint: "It is a text in PEM format." });
  }
}

async function extraCertificates(env: Readonly<Record<string, string | undefined>>): Promise<string[] | undefined> {
  if (!variables.some((name) => env[name])) return undefined;
  const files = new Map([...variables, "NODE_EXTRA_CA_CERTS"].map((name) => [env[name], name]));
  files.delete(undefined);
  files.delete("");
  const read = [...files].map(async ([path = "", name]) => {
    try {
      return checked(await readFile(path, "utf8"), `${name} names ${path}`);
    } catch (error) {
      if (error instanceof PreloadError) throw error;
      // REQUESTS_CA_BUNDLE may name a folder of hashed certificates, which only OpenSSL's own look-up can read.
      if (codeOf(error) === "EISDIR") return undefined;
      throw new PreloadError("USAGE", `${name} names ${path}, which cannot be read (${codeOf(error)})`);
    }
  });
  const found = (await Promise.all(read)).filter((text) => text !== undefined);
  return [...rootCertificates, ...found];
}
