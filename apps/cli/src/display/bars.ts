import type { Display } from "../display.ts";
import type { Flags } from "../flags.ts";
import { formOf } from "../flags.ts";
import type { Io } from "../io.ts";
import { painter } from "../paint.ts";
import { plain } from "../words.ts";
import { columnsOf } from "./columns.ts";
import { describeResult, isToldLater, type Told } from "./describe.ts";
import { frameOf } from "./frame.ts";
import { createTally } from "./tally.ts";
import { createTeller } from "./teller.ts";

// Milliseconds: eight updates a second.
const interval = 125;

/**
 * A bar for each file on its way and one for all of them, drawn anew in place: for a person at a terminal.
 * What is to be read meanwhile waits for the next update, and goes out with it in one piece: nothing is taken away
 * that does not come back in the same moment. The cursor stays visible, so there is nothing to put right after a kill.
 */
export function barDisplay(io: Io, flags: Flags): Display {
  const tally = createTally(() => performance.now());
  const teller = createTeller(() => performance.now());
  const paint = painter(io.stderr, io.env);
  let task = "";
  let drawn: readonly string[] = [];
  let pending: { readonly output: "stdout" | "stderr"; readonly text: string }[] = [];
  let timer: NodeJS.Timeout | undefined;

  /** Back to the first line of what is drawn, as many lines as it takes by now: a terminal that shrinks folds them. */
  const back = () => {
    const { columns = 80 } = io.stderr;
    const rows = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / Math.max(1, columns))), 0);
    return rows > 0 ? `\r\u001b[${rows}A` : "";
  };
  const show = (lines: readonly string[]) => {
    if (pending.length === 0 && isSame(lines, drawn)) return;
    const takesAway = drawn.length > 0 && (pending.length > 0 || lines.length === 0);
    let text = `${back()}${takesAway ? clearHere : ""}`;
    for (const { output, text: told } of pending) {
      if (output === "stderr") {
        text += told;
        continue;
      }
      if (text !== "") io.stderr.write(text);
      io.stdout.write(told);
      text = "";
    }
    for (const line of lines) text += `${paint.dim(line)}${clearLine}\n`;
    if (drawn.length > 0 && !takesAway) text += clearBelow;
    if (text !== "") io.stderr.write(text);
    drawn = lines;
    pending = [];
  };
  const draw = () => {
    const { columns = 80, rows = 24 } = io.stderr;
    // The last column stays free: a full line makes some terminals wrap. The cursor has a line of its own.
    show(frameOf(tally, task, { columns: Math.max(20, columns) - 1, rows: Math.max(2, rows) - 1 }));
  };
  const write = (output: "stdout" | "stderr", text: string) => {
    pending.push({ output, text });
    if (!timer) show([]);
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
      timer ??= setInterval(draw, interval).unref();
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
      show([]);
    },
  };
}

const clearLine = "\u001b[K";
const clearBelow = "\u001b[J";
// In two steps: what is cleared from the upper left corner is put on record by tmux, which takes it for the whole screen.
const clearHere = `${clearLine}\n${clearBelow}\u001b[A`;

/** The bars are not ASCII, but narrow. */
function widthOf(line: string): number {
  return columnsOf(line.replace(/[█░]/g, "-"));
}

function isSame(lines: readonly string[], others: readonly string[]): boolean {
  return lines.length === others.length && lines.every((line, index) => line === others[index]);
}
