import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import type { Attempt } from "@preload/guards";
import { questionIn } from "./names.ts";
import { filter, type Refusal, refusalIn } from "./packets.ts";
import { watchers } from "./watchers.ts";

export interface Refusals {
  /** Until everything is noted that was refused before this was asked. */
  seenAll(): Promise<void>;
}

/**
 * Notes each connection and datagram that the kernel refused. Inside, every address is this machine's own, and nobody
 * listens: so the kernel refuses at once, whatever the port, and says so in a packet that a watcher of the loopback
 * device sees. A program sees what it would without a network; had we listened, its connection would have succeeded.
 * What does succeed is between programs inside, whatever address they chose.
 *
 * Node cannot watch a device. Perl or Python can, in three lines; without both, only names are noted.
 */
export async function watchRefusals(
  ownAddresses: readonly string[],
  note: (attempt: Attempt) => void,
): Promise<Refusals> {
  const ignored = new Set([...ownAddresses, "::1"]);
  let seenMark: () => void = () => {};
  const watcher = await firstThatWatches((line) => {
    const refusal = refusalIn(Buffer.from(line, "hex"));
    if (refusal === undefined) return;
    if (refusal.host === mark.host) seenMark();
    else if (!ignored.has(refusal.host)) note(attemptOf(refusal));
  });
  return {
    async seenAll() {
      if (watcher === undefined) return;
      // What comes back last was refused last. Without routes there is nothing to see, and nothing to wait for.
      const seen = new Promise<void>((resolve) => {
        seenMark = resolve;
      });
      const refused = await refusalOf(mark);
      if (refused === "ECONNREFUSED") await Promise.race([seen, once(watcher, "exit"), after(longest)]);
    },
  };
}

// Of a range that is for documentation, so that nobody else asks for it.
const mark = { host: "192.0.2.254", port: 9 };

/** Milliseconds. */
const longest = 500;

function attemptOf({ host, port, datagram }: Refusal): Attempt {
  const at = Date.now();
  const name = port === 53 && datagram ? questionIn(datagram)?.name : undefined;
  return name === undefined ? { by: "connection", host, port, at } : { by: "dns", host: name, at };
}

async function firstThatWatches(take: (line: string) => void): Promise<ChildProcess | undefined> {
  for (const [program, text] of watchers) {
    const child = spawn(program, [...text, filter().toString("hex")], { stdio: ["ignore", "pipe", "ignore"] });
    const lines = createInterface({ input: child.stdout });
    const isWatching = await new Promise<boolean>((resolve) => {
      child.once("error", () => resolve(false)).once("exit", () => resolve(false));
      lines.once("line", () => resolve(true));
    });
    if (!isWatching) continue;
    lines.on("line", take);
    return child;
  }
  return undefined;
}

function refusalOf(address: { host: string; port: number }): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
    socket.once("connect", () => {
      socket.destroy();
      resolve(undefined);
    });
  });
}

function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
