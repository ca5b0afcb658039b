import type { Io } from "./io.ts";
import { main } from "./main.ts";
import { traced } from "./receipt/trace.ts";

let unwritten: NodeJS.ErrnoException | undefined;
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough, as `head` does, is no error. What it did not wait for is done all the same.
  if (error.code !== "EPIPE") unwritten ??= error;
});
// There is nowhere left to say so.
process.stderr.on("error", () => {});
process.once("exit", () => {
  if (!unwritten) return;
  process.stderr.write(`error the result cannot be written (${unwritten.code})\n`);
  process.exitCode ||= 7;
});

/** A folder that somebody has removed meanwhile has no name. */
function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    process.stderr.write(
      "error the folder that this was started in is gone\n  Change to one that is there, and try again.\n",
    );
    process.exit(2);
  }
}

const argv = process.argv.slice(2);
const io: Io = {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  cwd: workingFolder(),
};
process.exitCode = await main(argv, process.stdout.isTTY || process.stderr.isTTY ? io : traced(io, argv));
