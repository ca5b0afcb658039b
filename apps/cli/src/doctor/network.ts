import { readFileSync } from "node:fs";
import { codeOf, type Fetcher, isLoopback, proxyFor, publicUrl } from "@preload/core";
import { fetchersInUse } from "../in-use.ts";
import type { Session } from "../session.ts";
import { type Finding, on } from "./finding.ts";

const { ok, warning, error } = on("network");

/** Mirrors, proxies and certificates, as the environment and the config have them. Asks nobody. */
export function networkFindings(session: Session): Finding[] {
  return [...fetchersInUse(session).flatMap((fetcher) => sourceFindings(fetcher)), ...certificateFindings(session)];
}

/** The bases that a source is asked at, in order. */
function basesOf({ name, mirrors }: Fetcher): string[] {
  const named = mirrors.flatMap((mirror) => (mirror.mirrors.length > 0 ? mirror.mirrors : [mirror.base]));
  // A source of any host has no base of its own.
  const bases = named.filter((base) => URL.canParse(base));
  return bases.length > 0 ? bases : name === "hf" ? ["https://huggingface.co/"] : [];
}

function sourceFindings(fetcher: Fetcher): Finding[] {
  return [...new Set(basesOf(fetcher))].map((base) => {
    const { protocol, hostname } = new URL(base);
    const proxy = proxyFor(base);
    const what = `${fetcher.name.padEnd(7)}  ${publicUrl(base)}${proxy ? ` over the proxy ${withoutPassword(proxy)}` : ""}`;
    if (protocol === "https:" || isLoopback(hostname)) return ok(what);
    return warning(`${what}: plain http`, {
      why: "Others can read along. The bytes are checked all the same, and no token is sent there.",
      fix: "Use https if the mirror has it.",
    });
  });
}

function withoutPassword(proxy: string): string {
  if (!URL.canParse(proxy)) return "that is no address";
  const { protocol, host, username } = new URL(proxy);
  return `${protocol}//${username ? "…@" : ""}${host}`;
}

function certificateFindings({ machine: { env } }: Session): Finding[] {
  const named = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];
  const files = named.flatMap((name) => (env[name] ? [certificateFinding(name, env[name])] : []));
  if (env.NODE_TLS_REJECT_UNAUTHORIZED !== "0") return files;
  return [
    ...files,
    warning("NODE_TLS_REJECT_UNAUTHORIZED=0", {
      why: "Nobody's certificate is checked: a token can be read by whoever stands in between.",
      fix: "Unset it, and name the missing certificate in NODE_EXTRA_CA_CERTS.",
    }),
  ];
}

function certificateFinding(name: string, path: string): Finding {
  try {
    if (readFileSync(path, "latin1").includes("-----BEGIN")) return ok(`${name}  ${path}`);
    return warning(`${name} names ${path}, which holds no certificate`, { fix: `Name a PEM file in ${name}.` });
  } catch (cause) {
    if (codeOf(cause) === "EISDIR") return ok(`${name}  ${path}, a folder that only Python and OpenSSL can use`);
    return error(`${name} names ${path}, which cannot be read (${codeOf(cause)})`, {
      why: "Connections over https fail.",
      fix: `Name a file that is there, or unset ${name}.`,
    });
  }
}
