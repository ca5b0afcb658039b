/** What was noticed of one request, by whatever stood where it could be seen. Never a token, never a query. */
export interface Noted {
  /** `hub`: it came through our stand-in for the Hub, so its answer is known. `proxy`, `guard`: only what was asked is. */
  readonly by: "hub" | "proxy" | "guard";
  /** With its port, unless that goes without saying. */
  readonly host: string;
  /** Undefined where all that was seen is a tunnel to the host. */
  readonly path?: string;
  readonly method?: string;
  /** Of the answer. Undefined where it was not seen, or never came. */
  readonly status?: number;
  /** The commit that the Hub says the revision means. */
  readonly commit?: string;
  /** The client was sent here by an answer: what it wanted is what it asked for first. */
  readonly isSentOn?: boolean;
}

/** True for a request of which nothing says that it came to nothing. */
export function wasAnswered({ status }: Pick<Noted, "status">): boolean {
  return status === undefined || status < 400;
}
