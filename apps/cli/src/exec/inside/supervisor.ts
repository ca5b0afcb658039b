import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import type { Attempt } from "@preload/guards";
import { type FromInside, type FromOutside, type Orders, receive, send } from "../messages.ts";
import { bridgeInside } from "./bridge-inside.ts";
import { answerNames } from "./names.ts";
import { faultOf } from "./probe.ts";
import { watchRefusals } from "./refusals.ts";
import { closeCallersSockets } from "./sockets.ts";

/**
 * The program that stands beside the command inside the cut: it starts the command without any capability, notes what
 * was tried, and ends when the wrapper outside does. The shell that started it is process 1 of its set of processes,
 * so that with it the kernel ends whatever the command left behind.
 */
async function supervise(orders: Orders): Promise<void> {
  closeCallersSockets();
  const control = connect(join(orders.dir, "control"));
  const tell = (message: FromInside) => send(control, message);
  // Whoever killed the wrapper could not clean up after it.
  control
    .on("error", () => {})
    .on("close", () => {
      rmSync(orders.dir, { recursive: true, force: true });
      process.exit(1);
    });
  const note = (attempt: Attempt) => tell({ type: "attempt", attempt });
  const [refusals, fault] = await Promise.all([
    watchRefusals(orders.ownAddresses, note),
    faultOf(orders.probes),
    answerNames(note),
    bridgeInside(orders),
  ]);
  let child: ChildProcess | undefined;
  receive<FromOutside>(control, (message) => {
    switch (message.type) {
      case "run":
        child = start(message, orders.powerless)
          .once("error", (error: NodeJS.ErrnoException) => tell({ type: "failed", code: error.code ?? "UNKNOWN" }))
          .once("exit", async (code, signal) => {
            await refusals.seenAll();
            tell({ type: "ended", code, signal });
          });
        return;
      case "signal":
        child?.kill(message.name);
        return;
      case "end":
        process.exit(0);
    }
  });
  tell({ type: "ready", ...(fault === undefined ? {} : { fault }) });
}

function start({ command, args, env, cwd }: Extract<FromOutside, { type: "run" }>, powerless: readonly string[]) {
  const [program = "", ...words] = [...powerless, command, ...args];
  // 4 is the caller's stderr; ours is a file, for what the tools that made the cut have to say.
  return spawn(program, words, { env, cwd, stdio: [0, 1, 4] });
}

// They are for the command, which the wrapper or the terminal tells by itself.
for (const name of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const)
  process.on(name, () => {});

void supervise(JSON.parse(process.argv[2] ?? "{}") as Orders);
