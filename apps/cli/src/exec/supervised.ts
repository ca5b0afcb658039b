import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { delimiter, join } from "node:path";
import { firstProcess, outerShell } from "./first-process.ts";
import { type FromInside, type Orders, receive, send } from "./messages.ts";
import { type Place, systemDirs } from "./programs.ts";
import type { Way } from "./ways.ts";

/** A supervisor at work in a network of its own, and the line to it. */
export interface Supervised {
  readonly way: Way;
  readonly control: Socket;
  /** Hears everything that the supervisor says from now on. */
  onMessage: (message: FromInside) => void;
  /** Ends it and everything inside, and waits until nothing of that is left. */
  end(): Promise<void>;
}

export interface NotSupervised {
  readonly way: Way;
  readonly fault: string;
}

/** Goes in by one way, and has the supervisor look whether it is a cut. */
export async function superviseBy(
  way: Way,
  orders: Omit<Orders, "powerless">,
  { place, supervisor }: { place: Place; supervisor: string },
): Promise<Supervised | NotSupervised> {
  const errors = join(orders.dir, "errors");
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(orders.dir, "control"), resolve));
  const connected = new Promise<Socket>((resolve) => server.once("connection", resolve));
  const own = JSON.stringify({ ...orders, powerless: way.powerless });
  const inner = ["/bin/sh", "-c", firstProcess, "sh", process.execPath, supervisor, own];
  const outer = spawn("/bin/sh", ["-c", outerShell, "sh", errors, ...way.words, ...inner], {
    stdio: "inherit",
    cwd: "/",
    // The supervisor is no place for hooks that the caller has for his own programs.
    env: { PATH: [place.env.PATH, ...systemDirs].filter(Boolean).join(delimiter) },
  });
  const gone = new Promise<void>((resolve) => outer.once("exit", () => resolve()).once("error", () => resolve()));
  const control = await Promise.race([connected, gone]);
  server.close();
  if (control === undefined) return { way, fault: lastLine(errors) ?? `${way.name}: it ended without a word` };
  const end = async () => {
    if (control.writable) send(control, { type: "end" });
    await gone;
  };
  const supervised: Supervised = { way, control, onMessage: () => {}, end };
  const ready = new Promise<string | undefined>((resolve) => {
    supervised.onMessage = (message) => message.type === "ready" && resolve(message.fault);
    void gone.then(() => resolve(lastLine(errors) ?? "the supervisor inside ended"));
  });
  receive<FromInside>(control, (message) => supervised.onMessage(message));
  control.on("error", () => {}); // Its end is heard of, too.
  const fault = await ready;
  if (fault === undefined) return supervised;
  await end();
  return { way, fault };
}

function lastLine(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  return readFileSync(path, "utf8").trim().split("\n").at(-1) || undefined;
}
