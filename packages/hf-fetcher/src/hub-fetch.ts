import { PreloadError } from "@preload/core";
import { publicHub } from "./endpoints.ts";
import type { HubOptions } from "./hub.ts";
import { refusal } from "./refusal.ts";
import type { Repo } from "./repo.ts";

// A thousand files a page; more pages than this are a server that never ends.
const mostPages = 10_000;

/** A `fetch` for the Hub's client library that gives it sound JSON, or throws what a person can act on. */
export function hubFetch(repo: Repo, { http, endpoint, token, signal }: HubOptions): typeof fetch {
  const asked = new Set<string>();

  return async (input, init) => {
    const url = String(input);
    if (asked.has(url) || asked.size >= mostPages) {
      throw new PreloadError("BAD_ANSWER", `${repo.ref}: the listing goes round in circles\n  ${url}`);
    }
    asked.add(url);

    const response = await http.fetch(url, { ...init, ...(signal ? { signal } : {}) });
    const text = await response.text();
    const headers = Object.fromEntries(response.headers);
    if (!response.ok) throw refusal({ status: response.status, headers, text, url: response.url }, repo, { token });
    refuseNoJson(text, response, repo);
    const next = nextPage(headers["link"], url, endpoint, repo);
    return new Response(text, {
      headers: { "content-type": "application/json", ...(next ? { link: `<${next}>; rel="next"` } : {}) },
    });
  };
}

function refuseNoJson(text: string, response: Response, repo: Repo): void {
  const { host, pathname } = new URL(response.url);
  if (/text\/html/.test(response.headers.get("content-type") ?? "") || /^\s*</.test(text)) {
    throw new PreloadError("BAD_ANSWER", `${repo.ref}: ${host} answers with a web page in place of data`, {
      hint: "A captive portal's or a proxy's login page may stand in between: open the address in a browser, or check HTTPS_PROXY.",
    });
  }
  const parsed = parse(text);
  const sound = pathname.includes("/tree/") ? Array.isArray(parsed) : typeof parsed === "object" && parsed !== null;
  if (!sound)
    throw new PreloadError(
      "BAD_ANSWER",
      `${repo.ref}: ${host} answers with something that is no Hub's answer\n  ${response.url}`,
    );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// The library overlooks a relative address, and so would take the first page for all.
// A mirror that passes the Hub's own address on means itself.
function nextPage(link: string | undefined, url: string, endpoint: string, repo: Repo): string | undefined {
  const [, written] = /<([^>]+)>\s*;[^,]*rel="?next"?/.exec(link ?? "") ?? [];
  if (written === undefined) return undefined;
  const next = new URL(written, url).href;
  if (next.startsWith(`${endpoint}/`)) return next;
  if (next.startsWith(`${publicHub}/`)) return endpoint + next.slice(publicHub.length);
  throw new PreloadError("BAD_ANSWER", `${repo.ref}: its listing goes on at another host\n  ${next}`);
}
