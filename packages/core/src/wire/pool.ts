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
    const idle = this.#idle.get(url.origin) ?? [];
    while (!fresh && idle.length > 0) {
      const connection = idle.pop();
      if (!connection?.isOpen) continue;
      connection.wake();
      return connection;
    }
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

  close(): void {
    for (const connections of this.#idle.values()) for (const connection of connections) connection.destroy();
    this.#idle.clear();
  }
}
