import type { Display } from "../display.ts";
import type { Flags } from "../flags.ts";
import { formOf } from "../flags.ts";
import type { Io } from "../io.ts";
import { painter } from "../paint.ts";
import { bytes, duration, fitted, plain } from "../words.ts";
import { describeEvent, describeResult, describeRetry, isToldLater } from "./describe.ts";
import { createTally, type Moving, type Tally } from "./tally.ts";

const frame = 100;
const mostBars = 8;

/** A bar for each file on its way and one for all of them, drawn anew in place: for a person at a terminal. */
export function barDisplay(io: Io, flags: Flags): Display {
  const tally = createTally(() => performance.now());
  const paint = painter(io.stderr, io.env);
  let task = "";
  let drawn = 0;
  let timer: NodeJS.Timeout | undefined;

  const wipe = () => {
    if (drawn > 0) io.stderr.write(`\r\u001b[${drawn}A\u001b[J`);
    drawn = 0;
  };
  const draw = () => {
    // The last column stays free: a full line makes some terminals wrap.
    const columns = Math.max(20, io.stderr.columns ?? 80) - 1;
    const lines = frameOf(tally, task, columns);
    wipe();
    if (lines.length > 0) io.stderr.write(`${lines.map((line) => paint.dim(line)).join("\n")}\n`);
    drawn = lines.length;
  };
  const write = (output: "stdout" | "stderr", text: string) => {
    wipe();
    io[output].write(text);
  };
  const notice = (text: string) => write("stderr", `${plain(text)}\n`);
  const detail = (text: string) => {
    if (flags.verbose) write("stderr", `${paint.dim(plain(text))}\n`);
  };
  const say = (told: { text: string; isDetail: boolean } | undefined) => {
    if (told) (told.isDetail ? detail : notice)(told.text);
  };

  return {
    doing(what) {
      task = what;
      timer ??= setInterval(draw, frame).unref();
    },
    resolved() {
      task = "";
    },
    event(event) {
      tally.take(event);
      say(describeEvent(event));
    },
    retry: (event) => say(describeRetry(event)),
    done(result) {
      tally.finish(result.ref);
      if (isToldLater(result)) return;
      const isResult = formOf(flags) === "text" && result.status === "resolved";
      write(isResult ? "stdout" : "stderr", `${describeResult(result)}\n`);
      if (result.path !== undefined) detail(`  in ${result.path}`);
    },
    notice,
    detail,
    write,
    end() {
      clearInterval(timer);
      timer = undefined;
      wipe();
    },
  };
}

/** What is drawn, each line no longer than so many columns. */
export function frameOf(tally: Tally, task: string, columns: number): string[] {
  const { moving, total } = tally;
  if (total.size === 0) {
    const what = tally.checked > 0 ? `verifying: ${bytes(tally.checked)} read` : task;
    return what === "" ? [] : [fitted(what, columns)];
  }
  const bars = moving.slice(0, mostBars).map((file) => barOf(file, columns));
  if (moving.length > mostBars) bars.push(fitted(`and ${moving.length - mostBars} more`, columns));
  return [...bars, totalOf(tally, columns)];
}

function barOf({ path, ref, size, have }: Moving, columns: number): string {
  const numbers = `${bytes(have)} of ${bytes(size)}`;
  return line(plain(`${path}  ${ref}`), have / Math.max(1, size), numbers, columns);
}

function totalOf(tally: Tally, columns: number): string {
  const { size, have } = tally.total;
  const left = tally.timeLeft();
  const pace = left === undefined ? "" : `  ${bytes(tally.rate())}/s  ${duration(left)} left`;
  return line("total", have / size, `${bytes(have)} of ${bytes(size)}${pace}`, columns);
}

/** `model.safetensors  hf:org/name  ███████░░░░░  250 MB of 558 MB`, the bar being what can be done without. */
function line(name: string, share: number, numbers: string, columns: number): string {
  const narrow = Math.max(0, Math.min(1, share));
  const bar = columns >= 70 ? 20 : columns >= 50 ? 10 : 0;
  const cells = Math.round(narrow * bar);
  const drawnBar = bar === 0 ? " " : ` ${"█".repeat(cells)}${"░".repeat(bar - cells)} `;
  const right = `${drawnBar}${`${Math.floor(narrow * 100)} %`.padStart(5)}  ${numbers}`;
  const room = columns - right.length;
  if (room < 8) return fitted(`${Math.floor(narrow * 100)} % ${numbers}`, columns);
  const names = Math.min(room, bar === 20 ? 44 : room);
  return `${fitted(name, names).padEnd(names)}${right}`;
}
