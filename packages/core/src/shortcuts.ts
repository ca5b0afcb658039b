import { hexOf } from "./digest.ts";
import { retriableStatus } from "./retry.ts";
import type { Digest, Http, OpenAnswer, RequestOptions } from "./types.ts";

/** How the addresses of an origin's redirects follow from those that were asked. */
interface Rule {
  readonly from: string;
  readonly to: string;
  /** The query, with `{path}` for the path that was asked and `{digest}` for the file's. */
  readonly search: string;
}

/**
 * An origin that redirects every file to another address of its own (the Hub does, for small ones) is asked there
 * directly, once two of its redirects have followed the same rule: half of the requests, and of the waiting.
 * A rule is a guess, and the digest decides as ever. One that was wrong is the last of its origin.
 */
export class Shortcuts {
  #seen: Rule | undefined;
  #rule: Rule | undefined;
  #isOver = false;
  readonly #guessed = new Set<string>();

  /** Like `http.open`. A file whose shortcut did not lead to it, for whatever reason, is asked for where it should be. */
  async open(http: Http, url: string, digest: Digest, options: RequestOptions): Promise<OpenAnswer> {
    const guess = this.#guess(url, digest);
    if (guess !== undefined) {
      const answer = await http.open(guess, options);
      if (answer.status < 300 || retriableStatus.has(answer.status)) return answer;
      answer.body.destroy();
      this.#isOver = true;
    }
    const answer = await http.open(url, options);
    if (answer.status < 300) this.#learn(url, answer.url, digest);
    return answer;
  }

  #guess(url: string, digest: Digest): string | undefined {
    const rule = this.#rule;
    if (this.#isOver || rule === undefined || !url.startsWith(rule.from)) return undefined;
    if (this.#guessed.has(url)) {
      // Asked for again, so what came the first time was no good.
      this.#isOver = true;
      return undefined;
    }
    this.#guessed.add(url);
    const search = rule.search
      .replaceAll("{path}", encodeURIComponent(url.slice(url.indexOf("/", "https://".length))))
      .replaceAll("{digest}", hexOf(digest));
    return rule.to + url.slice(rule.from.length) + search;
  }

  #learn(asked: string, answered: string, digest: Digest): void {
    if (this.#isOver || this.#rule !== undefined || asked === answered) return;
    const rule = ruleOf(new URL(asked), new URL(answered), digest);
    if (rule && isSame(rule, this.#seen)) this.#rule = rule;
    this.#seen = rule;
  }
}

function ruleOf(asked: URL, answered: URL, digest: Digest): Rule | undefined {
  if (asked.origin !== answered.origin || asked.search !== "") return undefined;
  const one = asked.pathname.split("/");
  const other = answered.pathname.split("/");
  while (one.length > 1 && one.at(-1) === other.at(-1)) {
    one.pop();
    other.pop();
  }
  const [from, to] = [one.join("/"), other.join("/")];
  if (from === asked.pathname || asked.href.includes("@")) return undefined;
  const search = answered.search
    .replaceAll(encodeURIComponent(asked.pathname), "{path}")
    .replaceAll(hexOf(digest), "{digest}");
  return { from: `${asked.origin}${from}/`, to: `${asked.origin}${to}/`, search };
}

function isSame(rule: Rule, other: Rule | undefined): boolean {
  return rule.from === other?.from && rule.to === other.to && rule.search === other.search;
}
