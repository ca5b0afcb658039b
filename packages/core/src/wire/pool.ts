import type { LookupFunction } from "node:net";
import type { Trust } from "../trust.ts";
import { Connection } from "./connection.ts";

export interface PoolOptions {
  readonly trust: Trust;
  readonly connectTimeout: number;
  readonly stallTimeout: number;
  readonly minimumRate: number;
  readonly lookup?: LookupFunction | undefined;
}

/** Connections that are kept for the next request to the same origin. How many there are is the callers' business. */
export class Pool {
  readonly #idle = new Map<string, Connection[]>();
  readonly #sessions = new Map<string, Buffer>();

  constructor(private readonly options: PoolOptions) {}

  take(url: URL, { fresh = false } = {}): Connection {
    const kept = fresh ? undefined : this.#takeKept(url.origin);
    kept?.wake();
    if (kept) return kept;
    return new Connection({
      ...this.options,
      url,
      session: this.#sessions.get(url.origin),
      onSession: (session) => this.#sessions.set(url.origin, session),
    });
  }

  give(url: URL, connection: Connection): void {
    if (!connection.isOpen) return;
    connection.idle();
    const idle = this.#idle.get(url.origin);
    if (idle) idle.push(connection);
    else this.#idle.set(url.origin, [connection]);
  }

  /** The one used last, unless its last answer still waits for its reader: the next one would have to wait as well. */
  #takeKept(origin: string): Connection | undefined {
    const open = (this.#idle.get(origin) ?? []).filter(({ isOpen }) => isOpen);
    const at = open.findLastIndex(({ isPaused }) => !isPaused);
    const [found] = at === -1 ? [] : open.splice(at, 1);
    this.#idle.set(origin, open);
    return found;
  }

  close(): void {
    for (const connections of this.#idle.values()) for (const connection of connections) connection.destroy();
    this.#idle.clear();
  }
}
