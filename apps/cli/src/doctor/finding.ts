/** One thing that was looked at. */
export interface Finding {
  /** Only an `error` keeps models from being found; a `warning` may surprise; a `note` is good to know. */
  readonly level: "ok" | "note" | "warning" | "error";
  readonly topic: Topic;
  readonly what: string;
  /** Why it matters. */
  readonly why?: string;
  /** What to do about it, in one line. */
  readonly fix?: string;
}

export type Topic = "config" | "directories" | "variables" | "token" | "network" | "python" | "caches" | "machine";

type Advice = Pick<Finding, "why" | "fix">;

/** The ways to say something on a topic. */
export function on(topic: Topic) {
  const say =
    (level: Finding["level"]) =>
    (what: string, advice: Advice = {}): Finding => ({ level, topic, what, ...advice });
  return { ok: say("ok"), note: say("note"), warning: say("warning"), error: say("error") };
}
