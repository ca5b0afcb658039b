import { causeOf, codeOf, PreloadError } from "./errors.ts";
import { proxyFor } from "./proxy.ts";

/** What is known of a connection that stood still. */
export interface Stall {
  readonly host: string;
  readonly came: "nothing" | "too-little";
  /** Milliseconds for which. */
  readonly lasted: number;
}

/** Says which host could not be talked to and why, from whatever the HTTP library threw. */
export function networkError(error: unknown, url: string): unknown {
  if (error instanceof PreloadError) return error;
  // What we threw ourselves, while the library made the request.
  if (error instanceof Error && error.cause instanceof PreloadError) return error.cause;
  const code = codeOf(deepest(error)) ?? codeOf(error);
  const text = error instanceof Error ? error.message : String(error);
  if (isAbort(error, code)) return new PreloadError("ABORTED", `${hostOf(url)}: stopped`);
  if (code === undefined && !/Bad response|Proxy timeout/.test(text)) return error;

  const proxy = proxyOf(url);
  const failure = explain(code ?? "", text, proxy);
  if (!failure) return error;
  const host = hostOf(lastUrl(error) ?? url);
  const made = new PreloadError(failure.code ?? "NETWORK", `${host}: ${failure.cause}`, {
    hint: failure.hint,
    cause: causeOf(error),
    details: { host, cause: failure.code ?? code ?? "PROXY" },
  });
  const { unreachable, retriable, stall } = failure;
  return Object.assign(made, { unreachable, retriable, ...(stall ? { stall: { host, ...stall } } : {}) });
}

interface Failure {
  readonly cause: string;
  readonly hint: string;
  /** No connection came about. */
  readonly unreachable: boolean;
  /** A second try may go better. */
  readonly retriable: boolean;
  /** @default "NETWORK" */
  readonly code?: "STALLED";
  readonly stall?: Omit<Stall, "host">;
}

const again = "Run the same command again; it continues where it stopped.";

function explain(code: string, text: string, proxy: string | undefined): Failure | undefined {
  const through = proxy ? ` through the proxy ${proxy}` : "";
  if (/Bad response: (\d+)/.test(text) || (code === "HPE_INVALID_CONSTANT" && proxy)) {
    const status = /Bad response: (\d+)/.exec(text)?.[1];
    const hint =
      status === "407"
        ? "The proxy wants a user name and password: HTTPS_PROXY=http://user:password@host:port."
        : "Check HTTPS_PROXY, or name the host in NO_PROXY.";
    return {
      cause: `the proxy ${proxy} refused the connection (status ${status ?? "none"})`,
      hint,
      unreachable: true,
      retriable: false,
    };
  }
  switch (code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "EAI_FAIL":
    case "EAI_NODATA":
      return {
        cause: proxy
          ? `the name of the proxy ${proxy} cannot be resolved (DNS, ${code})`
          : `the name cannot be resolved (DNS, ${code})`,
        hint: "Check the network and DNS; behind a proxy set HTTPS_PROXY, for a mirror use --endpoint.",
        unreachable: true,
        retriable: code !== "ENOTFOUND",
      };
    case "ECONNREFUSED":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "EACCES":
    case "EPERM":
      return {
        cause: `the connection${through} was refused (${code})`,
        hint: proxy
          ? "Check HTTPS_PROXY, or name the host in NO_PROXY."
          : "Check the address and the firewall; behind a proxy set HTTPS_PROXY.",
        unreachable: true,
        retriable: true,
      };
    case "ETIMEDOUT": {
      if (/^read/.test(text)) return broken(code, through);
      const [, stage, wait] = /Timeout awaiting '(\w+)' for (\d+)ms/.exec(text) ?? [];
      const seconds = Number(wait) / 1000;
      if (stage === "socket" || stage === "response") {
        const cause = `nothing came${through} for ${seconds} seconds`;
        return { cause, hint: again, unreachable: false, retriable: true, ...stalled("nothing", Number(wait)) };
      }
      if (stage === "rate") {
        const cause = `next to nothing came${through} for ${seconds} seconds`;
        return { cause, hint: again, unreachable: false, retriable: true, ...stalled("too-little", Number(wait)) };
      }
      const within = wait === undefined ? "" : ` within ${seconds} seconds`;
      return {
        cause: `no connection${through} came about${within} (${code})`,
        hint: "Check the network and the firewall; behind a proxy set HTTPS_PROXY.",
        unreachable: true,
        retriable: true,
      };
    }
    case "ECONNRESET":
    case "EPIPE":
    case "ECONNABORTED":
    case "ERR_HTTP_CONTENT_LENGTH_MISMATCH":
    case "ERR_STREAM_PREMATURE_CLOSE":
    case "ERR_READING_RESPONSE_STREAM":
      return broken(code, through);
    case "ERR_INVALID_URL":
    case "ERR_UNSUPPORTED_PROTOCOL":
      return {
        cause: `it redirects to what is no web address${through} (${code})`,
        hint: "A login page or a proxy may stand in between.",
        unreachable: false,
        retriable: false,
      };
    case "ERR_TOO_MANY_REDIRECTS":
      return {
        cause: "it redirects in circles",
        hint: "A login page or a proxy may stand in between.",
        unreachable: false,
        retriable: false,
      };
  }
  // Bytes that were changed or lost on their way; the certificate was accepted by then.
  if (/BAD_RECORD_MAC|DECRYPTION_FAILED|UNEXPECTED_EOF/.test(code)) return broken(code, through);
  if (/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO|ERR_OSSL|EPROTO/.test(code)) {
    return {
      cause: `its certificate or TLS was not accepted${through} (${code})`,
      hint: "If a company proxy re-signs connections, name its certificate in NODE_EXTRA_CA_CERTS or SSL_CERT_FILE.",
      unreachable: true,
      retriable: code === "EPROTO",
    };
  }
  if (/^Z_|^ERR__ERROR_FORMAT/.test(code)) {
    const cause = `a compressed answer${through} is damaged (${code})`;
    return { cause, hint: again, unreachable: false, retriable: true };
  }
  if (code.startsWith("HPE_")) {
    return {
      cause: `it does not speak HTTP (${code})`,
      hint: "Check the address: http and https may be mixed up.",
      unreachable: true,
      retriable: false,
    };
  }
  return undefined;
}

function stalled(came: Stall["came"], lasted: number): Pick<Failure, "code" | "stall"> {
  return { code: "STALLED", stall: { came, lasted } };
}

function broken(code: string, through: string): Failure {
  return { cause: `the connection${through} broke (${code})`, hint: again, unreachable: false, retriable: true };
}

/** Whose fault an error of the network is, in words that can be counted. */
export interface Fault {
  readonly host: string;
  /** `ECONNRESET`, `STALLED`, `HTTP 503`, … */
  readonly cause: string;
}

/** What the error's details say of that, if it is one of the network. */
export function faultOf(error: unknown): Fault | undefined {
  if (!(error instanceof PreloadError)) return undefined;
  const { host, cause } = error.details;
  return typeof host === "string" && typeof cause === "string" ? { host, cause } : undefined;
}

/** How a connection stood still, if that is what the error is about. */
export function stallOf(error: PreloadError): Stall | undefined {
  return (error as { stall?: Stall }).stall;
}

/** True for an error that a second try may not meet again. */
export function isRetriable(error: unknown): boolean {
  if (!(error instanceof PreloadError)) return false;
  if (error.code === "RATE_LIMITED" || error.code === "STALLED") return true;
  return error.code === "NETWORK" && (error as { retriable?: boolean }).retriable !== false;
}

function isAbort(error: unknown, code: string | undefined): boolean {
  return code === "ABORT_ERR" || code === "ERR_ABORTED" || (error instanceof Error && error.name === "AbortError");
}

function deepest(error: unknown): unknown {
  let inner = error;
  while (inner instanceof Error && inner.cause !== undefined) inner = inner.cause;
  return inner;
}

/** Where we were when it failed: a redirect may have led to another host. */
function lastUrl(error: unknown): string | undefined {
  const { url, options } = error as { url?: unknown; options?: { url?: unknown } };
  const last = url ?? options?.url;
  return last instanceof URL ? last.href : undefined;
}

function hostOf(url: string): string {
  return new URL(url).host;
}

/** The proxy for an address, without its password. */
function proxyOf(url: string): string | undefined {
  const proxy = proxyFor(url);
  if (!proxy) return undefined;
  try {
    return new URL(proxy).host;
  } catch {
    return "in the environment";
  }
}
