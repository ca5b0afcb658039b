import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import type { Attempt } from "@preload/guards";

/** What the supervisor inside the cut is started with, as JSON in its one argument. */
export interface Orders {
  /** The private directory of this run: `control` is the socket to talk over, `bridge-PORT` lead to the host's services. */
  readonly dir: string;
  readonly allowPorts: readonly number[];
  /** Where the wrapper listens outside. Nothing inside may reach them. */
  readonly probes: readonly Address[];
  /** This machine's own addresses: who asks them asks nobody else. */
  readonly ownAddresses: readonly string[];
  /** The words before the command that take every capability from it. */
  readonly powerless: readonly string[];
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

export type FromInside =
  | {
      readonly type: "ready";
      /** What is not as it has to be for a cut; undefined when all is. */
      readonly fault?: string;
    }
  | { readonly type: "attempt"; readonly attempt: Attempt }
  | { readonly type: "ended"; readonly code: number | null; readonly signal: NodeJS.Signals | null }
  | { readonly type: "failed"; readonly code: string };

export type FromOutside =
  | {
      readonly type: "run";
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string | undefined>>;
      readonly cwd: string;
    }
  | { readonly type: "signal"; readonly name: NodeJS.Signals }
  | { readonly type: "end" };

/** One message, one line. */
export function send(socket: Socket, message: FromInside | FromOutside): void {
  socket.write(`${JSON.stringify(message)}\n`);
}

/** Both ends are ours, of one version: what arrives is what was sent. */
export function receive<M extends FromInside | FromOutside>(socket: Socket, take: (message: M) => void): void {
  // That it broke off is heard of from the socket, as its close.
  createInterface({ input: socket })
    .on("line", (line) => take(JSON.parse(line) as M))
    .on("error", () => {});
}
