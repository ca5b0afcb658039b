import { readFileSync } from "node:fs";
import { connect } from "node:net";
import type { Address } from "../messages.ts";

/** What shows that this is not cut off, or not usable; undefined when all is as it should be. */
export async function faultOf(probes: readonly Address[]): Promise<string | undefined> {
  const others = devices().filter((name) => name !== "lo");
  if (others.length > 0) return `inside there is the network device ${others.join(", ")}`;
  if (!(await isUp()))
    return "the loopback device inside cannot be brought up without ip, ifconfig, busybox, perl or python3";
  const reached = await Promise.all(probes.map(async (probe) => ((await reaches(probe)) ? [probe] : [])));
  const [open] = reached.flat();
  return open === undefined ? undefined : `from inside, ${open.host} port ${open.port} outside was reached`;
}

function devices(): string[] {
  const lines = readFileSync("/proc/net/dev", "utf8").split("\n").slice(2);
  return lines.flatMap((line) => /^\s*([^:\s]+):/.exec(line)?.[1] ?? []);
}

/** A device that is down has no way to any address, not even to refuse. */
async function isUp(): Promise<boolean> {
  return (await outcome({ host: "127.0.0.1", port: 1 })) !== "ENETUNREACH";
}

async function reaches(address: Address): Promise<boolean> {
  return (await outcome(address)) === "connected";
}

/** Milliseconds. Where nobody answers, nobody was reached. */
const patience = 500;

function outcome({ host, port }: Address): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: patience });
    const end = (what: string) => {
      socket.destroy();
      resolve(what);
    };
    socket.once("connect", () => end("connected"));
    socket.once("timeout", () => end("timeout"));
    socket.once("error", (error: NodeJS.ErrnoException) => end(error.code ?? "error"));
  });
}
