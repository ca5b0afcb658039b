import type { Display } from "../display.ts";
import type { Flags } from "../flags.ts";
import { formOf } from "../flags.ts";
import type { Io } from "../io.ts";
import { painter } from "../paint.ts";
import { bytes, duration, fitted, plain } from "../words.ts";
import { describeResult, isToldLater, type Told } from "./describe.ts";
import { createTally, type Moving, type Tally } from "./tally.ts";
import { createTeller } from "./teller.ts";

const frame = 100;
const mostBars = 8;

/** A bar for each file on its way and one for all of them, drawn anew in place: for a person at a terminal. */
export function barDisplay(io: Io, flags: Flags): Display {
  const tally = createTally(() => performance.now());
  const teller = createTeller(() => performance.now());
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
  const say = (told: Told | undefined) => {
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
      say(teller.event(event));
    },
    retry: (event) => say(teller.retry(event)),
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
  const model = ref.slice(Math.max(ref.lastIndexOf("/"), ref.indexOf(":")) + 1);
  const numbers = `${bytes(have)} of ${bytes(size)}`;
  return line(plain(`${path}  ${model}`), have / Math.max(1, size), numbers.padEnd(widestNumbers), columns).trimEnd();
}

// So that the bars of several files stand below each other.
const widestNumbers = "999 bytes of 999 bytes".length;

function totalOf(tally: Tally, columns: number): string {
  const { size, have } = tally.total;
  const left = tally.timeLeft();
  const pace = left === undefined ? "" : `  ${bytes(tally.rate())}/s  ${duration(left)} left`;
  return line("total", have / size, `${bytes(have)} of ${bytes(size)}${pace}`, columns);
}

/** `model.safetensors  bart-base  ███████░░░░░  45 %  250 MB of 558 MB`; a narrow terminal has a shorter bar or none. */
function line(name: string, done: number, numbers: string, columns: number): string {
  const share = Math.max(0, Math.min(1, done));
  const percent = `${Math.floor(share * 100)} %`.padStart(5);
  const cells = columns >= 70 ? 16 : columns >= 55 ? 8 : 0;
  const full = Math.round(share * cells);
  const right = ` ${"█".repeat(full)}${"░".repeat(cells - full)} ${percent}  ${numbers}`;
  const room = Math.min(40, columns - right.length);
  if (room < 5) return fitted(`${percent.trim()}  ${numbers}`, columns);
  return `${fitted(name, room).padEnd(room)}${right}`;
}
