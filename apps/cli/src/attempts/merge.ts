import type { Attempt } from "@preload/guards";

/** What was tried, told once: as the program saw it, and as those below it did. */
export interface Tried extends Omit<Attempt, "at" | "pid" | "by" | "allowed"> {
  readonly by: readonly Attempt["by"][];
  /** How often, as far as the program's own guard or else a recorder counted. */
  readonly times: number;
}

/** A recorder hears of a connection after the guard in the program did: a name may take that long to be looked up. */
const mostMillisecondsBetween = 30_000;

/**
 * Joins what several noted of one try, and tries that differ in nothing; in the order in which they were first made. What a
 * guard let through counts when somebody below it saw it, too: then it was refused there.
 */
export function merge(attempts: readonly Attempt[]): Tried[] {
  const inOrder = [...attempts].map(withPlainHost).sort((one, other) => one.at - other.at);
  const guarded = inOrder.filter(isGuards);
  const joined = new Map(guarded.map((attempt) => [attempt, tried(attempt)]));
  for (const below of inOrder.filter((attempt) => !isGuards(attempt))) {
    const above = nearest(below, guarded);
    if (above === undefined) joined.set(below, tried(below));
    else joined.set(above, withWhatIsBelow(joined.get(above) ?? tried(above), below));
  }
  for (const [attempt, { by }] of joined) if (attempt.allowed && by.length === 1) joined.delete(attempt);
  const told = [...joined].sort(([one], [other]) => one.at - other.at).map(([, one]) => one);
  return counted(told.filter((one) => !saysLess(one, told)));
}

function isGuards({ by }: Attempt): boolean {
  return by === "python" || by === "node";
}

function withPlainHost(attempt: Attempt): Attempt {
  return { ...attempt, host: attempt.host.toLowerCase().replace(/\.$/, "") };
}

function tried({ at: _, pid: __, allowed: ___, by, ...rest }: Attempt): Tried {
  return { ...rest, by: [by], times: 1 };
}

/** The guard's line of the same host that is nearest in time. */
function nearest(below: Attempt, guarded: readonly Attempt[]): Attempt | undefined {
  const distance = ({ at }: Attempt) => Math.abs(at - below.at);
  return guarded
    .filter((one) => one.host === below.host && distance(one) <= mostMillisecondsBetween)
    .sort((one, other) => distance(one) - distance(other))[0];
}

function withWhatIsBelow(above: Tried, { by, port, method, path }: Attempt): Tried {
  return {
    ...above,
    port: above.port ?? port,
    method: above.method ?? method,
    path: above.path ?? path,
    by: above.by.includes(by) ? above.by : [...above.by, by],
  };
}

/** Looking up a name, or connecting, is the beginning of a try that somebody else saw all of. */
function saysLess(one: Tried, all: readonly Tried[]): boolean {
  const isSame = (other: Tried) => other !== one && other.host === one.host && other.test === one.test;
  if (one.path !== undefined) return false;
  return all.some(
    (other) => isSame(other) && (other.path !== undefined || (one.port === undefined && other.port !== undefined)),
  );
}

function counted(all: readonly Tried[]): Tried[] {
  const once = new Map<string, Tried>();
  for (const one of all) {
    const key = JSON.stringify([one.test ?? one.program, one.host, one.port, one.path]);
    const before = once.get(key);
    once.set(key, before === undefined ? one : { ...before, times: before.times + one.times });
  }
  return [...once.values()];
}
