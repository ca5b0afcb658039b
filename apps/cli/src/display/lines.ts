import type { Display } from "../display.ts";
import type { Flags } from "../flags.ts";
import { formOf } from "../flags.ts";
import type { Io } from "../io.ts";
import { painter } from "../paint.ts";
import { bytes, count, duration, plain } from "../words.ts";
import { describeResult, isToldLater, type Told } from "./describe.ts";
import { createTally } from "./tally.ts";
import { createTeller } from "./teller.ts";

export interface LineOptions {
  /** Milliseconds between signs of life. @default 30000 */
  readonly heartbeat?: number;
}

/** One line for each finished model, and a sign of life now and then: for logs and pipes. */
export function lineDisplay(io: Io, flags: Flags, options: LineOptions = {}): Display {
  const { heartbeat = 30_000 } = options;
  const tally = createTally(() => performance.now());
  const teller = createTeller(() => performance.now());
  const paint = painter(io.stderr, io.env);
  let task = "";
  let timer: NodeJS.Timeout | undefined;

  const write = (output: "stdout" | "stderr", text: string) => void io[output].write(text);
  const notice = (text: string) => {
    if (!flags.quiet) write("stderr", `${plain(text)}\n`);
  };
  const detail = (text: string) => {
    if (flags.verbose) write("stderr", `${paint.dim(plain(text))}\n`);
  };
  const say = (told: Told | undefined) => {
    if (told) (told.isDetail ? detail : notice)(told.text);
  };
  const beat = () => {
    const { size, have } = tally.total;
    if (size === 0) return notice(tally.checked > 0 ? `verifying: ${bytes(tally.checked)} read` : task);
    const left = tally.timeLeft();
    const pace = `${bytes(tally.rate())}/s${left === undefined ? "" : `, about ${duration(left)} left`}`;
    const share = Math.floor((have / size) * 100);
    notice(`fetching ${count(tally.moving.length, "file")}: ${bytes(have)} of ${bytes(size)} (${share} %), ${pace}`);
  };

  return {
    doing(what) {
      task = what;
      detail(what);
      if (flags.progress !== false) timer ??= setInterval(beat, heartbeat).unref();
    },
    resolved: () => {},
    event(event) {
      tally.take(event);
      say(teller.event(event));
    },
    retry: (event) => say(teller.retry(event)),
    done(result) {
      tally.finish(result.ref);
      if (flags.quiet || isToldLater(result)) return;
      const isResult = formOf(flags) === "text" && result.status === "resolved";
      write(isResult ? "stdout" : "stderr", `${describeResult(result)}\n`);
      if (result.path !== undefined) detail(`  in ${result.path}`);
    },
    notice,
    detail,
    write,
    end: () => clearInterval(timer),
  };
}
