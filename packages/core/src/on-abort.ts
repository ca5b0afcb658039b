const acts = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Runs `act` as soon as the signal says so, at once if it has; what is given back calls that off.
 *
 * A caller may share one signal among everything it does. It gets a single listener of ours all the same: from eleven
 * on, Node warns of a leak.
 */
export function onAbort(signal: AbortSignal | undefined, act: () => void): () => void {
  if (signal === undefined) return () => {};
  if (signal.aborted) {
    act();
    return () => {};
  }
  const all = acts.get(signal) ?? listenTo(signal);
  // Of its own, since the same function may be given twice.
  const own = () => act();
  all.add(own);
  return () => {
    if (all.delete(own) && all.size === 0) leave(signal);
  };
}

const listeners = new WeakMap<AbortSignal, () => void>();

function listenTo(signal: AbortSignal): Set<() => void> {
  const all = new Set<() => void>();
  const listener = () => {
    leave(signal);
    for (const act of all) act();
  };
  acts.set(signal, all);
  listeners.set(signal, listener);
  signal.addEventListener("abort", listener, { once: true });
  return all;
}

function leave(signal: AbortSignal): void {
  const listener = listeners.get(signal);
  if (listener) signal.removeEventListener("abort", listener);
  listeners.delete(signal);
  acts.delete(signal);
}
