import { join } from "node:path";
import { type Attempt, blockNetwork, guardVariables, readAttempts } from "@preload/guards";

/** What becomes of it when tests ask for another machine. */
export interface Watch {
  readonly variables: Readonly<Record<string, string>>;
  /** What the tests have tried, for people; undefined when they tried nothing. */
  told(): string | undefined;
}

/** Where `preload exec` is watching already, its file takes the attempts, and it tells of them. */
export function watchNetwork(network: "open" | "blocked", folder: string, env: NodeJS.ProcessEnv): Watch {
  if (network === "open") return { variables: {}, told: () => undefined };
  const theirs = env.PRELOAD_ATTEMPTS;
  const attempts = theirs || join(folder, "attempts.ndjson");
  return {
    variables: guardVariables({ env, mode: "block", attempts }),
    told: () => (theirs ? undefined : describeAttempts(readAttempts(attempts))),
  };
}

const blocked = Symbol.for("@preload/test-setup/blocked");

/**
 * Blocks the network in this process or thread, unless it is so already: NODE_OPTIONS comes too late for a process in which
 * the set-up itself has run. Gives back what ends it.
 */
export function blockHere(): () => void {
  const place = globalThis as { [key: symbol]: unknown };
  if (process.env.PRELOAD_GUARD !== "block" || place[Symbol.for("preload.guards.loaded")] || place[blocked])
    return () => {};
  place[blocked] = true;
  const unblock = blockNetwork();
  return () => {
    unblock();
    delete place[blocked];
  };
}

function describeAttempts(attempts: readonly Attempt[]): string | undefined {
  if (attempts.length === 0) return undefined;
  const byTest = new Map<string, Set<string>>();
  for (const attempt of attempts) {
    const test = attempt.test ?? attempt.program ?? "outside of a test";
    byTest.set(test, (byTest.get(test) ?? new Set()).add(whatWasAsked(attempt)));
  }
  const lines = [...byTest].map(([test, asked]) => `  ${test}\n${[...asked].map((one) => `    ${one}\n`).join("")}`);
  const times = attempts.length === 1 ? "once" : `${attempts.length} times`;
  return `the network is blocked, and was asked for ${times}\n${lines.join("")}`;
}

/** `huggingface.co/facebook/bart-base/resolve/main/config.json`, as far as it is known. */
function whatWasAsked({ host, port, method, path }: Attempt): string {
  if (path !== undefined) return `${method ?? "GET"} ${host}${path}`;
  return port === undefined ? host : `${host}:${port}`;
}
