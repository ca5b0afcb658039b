import { type Answer, PreloadError } from "@preload/core";
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

    const headers = (init?.headers ?? {}) as Record<string, string>;
    const answer = await http.get(url, { headers, ...(signal ? { signal } : {}) });
    const text = Buffer.from(answer.body).toString();
    if (answer.status < 200 || answer.status > 299) throw refusal({ ...answer, text }, repo, { token });
    const parsed = soundJson(text, answer, repo);
    const next = nextPage(answer.headers["link"], url, endpoint, repo);
    const link = next === undefined ? null : `<${next}>; rel="next"`;
    // As much of a Response as the library looks at. For a real one, Node loads all of its own fetch.
    return {
      ok: true,
      status: answer.status,
      headers: { get: (name: string) => (name.toLowerCase() === "link" ? link : null) },
      json: async () => parsed,
    } as unknown as Response;
  };
}

function soundJson(text: string, { headers, url }: Answer, repo: Repo): unknown {
  const { host, pathname } = new URL(url);
  if (/text\/html/.test(headers["content-type"] ?? "") || /^\s*</.test(text)) {
    throw new PreloadError("BAD_ANSWER", `${repo.ref}: ${host} answers with a web page in place of data`, {
      hint: "A captive portal's or a proxy's login page may stand in between: open the address in a browser, or check HTTPS_PROXY.",
    });
  }
  const parsed = parse(text);
  const sound = pathname.includes("/tree/") ? Array.isArray(parsed) : typeof parsed === "object" && parsed !== null;
  if (sound) return parsed;
  throw new PreloadError("BAD_ANSWER", `${repo.ref}: ${host} answers with something that is no Hub's answer\n  ${url}`);
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
