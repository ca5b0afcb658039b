import { bytes, count, duration, plain } from "../words.ts";
import { fitted, padded } from "./columns.ts";
import type { Moving, Tally } from "./tally.ts";

/** How much room there is for a frame. */
export interface Room {
  readonly columns: number;
  readonly rows: number;
}

const mostBars = 8;
// What comes and goes within a blink would only flicker: it counts in the total, and has a bar if it takes its time.
const small = 1024 * 1024;
const longer = 1_000;

/** What is drawn: a bar for each file on its way, and the total. No line is longer than the room, nor are there more. */
export function frameOf(tally: Tally, task: string, { columns, rows }: Room): string[] {
  const { moving, total } = tally;
  if (total.size === 0) {
    const what = tally.checked > 0 ? `verifying: ${bytes(tally.checked)} read` : task;
    return what === "" ? [] : [fitted(plain(what), columns)];
  }
  const worthABar = moving.filter((file) => file.size > small || tally.age(file) > longer);
  const room = Math.min(rows - 1, mostBars + 1);
  const bars = worthABar.length < moving.length || moving.length > Math.min(room, mostBars) ? room - 1 : room;
  const shown = worthABar.slice(0, Math.max(0, bars));
  const others = moving.length - shown.length;
  return [
    ...shown.map((file) => fileLine(file, tally.pause(file), columns)),
    ...(others > 0 && room > 0
      ? [fitted(shown.length > 0 ? `and ${others} more` : count(others, "file"), columns)]
      : []),
    totalLine(tally, columns),
  ];
}

/** `model.safetensors  bart-base  ███████░░░░░  45 %  250 MB of 558 MB`; a narrow terminal shows less of it. */
function fileLine({ path, ref, size, have }: Moving, pause: number, columns: number): string {
  const model = ref.slice(Math.max(ref.lastIndexOf("/"), ref.indexOf(":")) + 1);
  const name = plain(`${path}  ${model}`).replace(/[\t\n]/g, "�");
  const share = have / Math.max(1, size);
  const rest = pause >= 1_000 ? `again in ${duration(pause)}` : "";
  if (columns < 55) return line(name, share, columns < 30 || rest !== "" ? 0 : 8, rest, columns);
  const numbers = rest === "" ? `${bytes(have)} of ${bytes(size)}` : rest;
  return line(name, share, cellsIn(columns), numbers.padEnd(widest.pace), columns).trimEnd();
}

function totalLine(tally: Tally, columns: number): string {
  const { size, have } = tally.total;
  const share = have / size;
  const left = tally.timeLeft();
  const rest = left === undefined ? "" : `${duration(left)} left`;
  const pace = left === undefined ? "" : `${bytes(tally.rate())}/s  ${rest}`;
  const whole = [`${bytes(have)} of ${bytes(size)}`, pace].filter(Boolean).join("  ");
  const cells = columns < 55 ? 0 : cellsIn(columns);
  const room = columns - "total".length - rightOf(share, cells, "").length - 2;
  const numbers =
    room >= widest.whole
      ? whole.padEnd(widest.whole)
      : room >= widest.pace
        ? pace.padEnd(widest.pace)
        : room >= widest.rest
          ? rest.padEnd(widest.rest)
          : "";
  return line("total", share, cells, numbers, columns).trimEnd();
}

// Room for this much, so that bars stand below each other and stay where they are while the numbers change.
const widest = {
  whole: "999 MB of 999 MB  999 MB/s  59 min 59 s left".length,
  pace: "999 MB/s  59 min 59 s left".length,
  rest: "59 min 59 s left".length,
} as const;

function cellsIn(columns: number): number {
  return columns >= 70 ? 16 : 8;
}

function line(name: string, share: number, cells: number, numbers: string, columns: number): string {
  const right = rightOf(share, cells, numbers);
  const room = Math.min(40, columns - right.length);
  if (room < 5) return fitted(right.trim(), columns);
  return `${padded(name, room)}${right}`;
}

/** Each of its characters takes one column. */
function rightOf(share: number, cells: number, numbers: string): string {
  const part = Math.max(0, Math.min(1, share));
  const percent = `${Math.floor(part * 100)} %`.padStart(5);
  const full = Math.round(part * cells);
  const bar = cells === 0 ? "" : ` ${"█".repeat(full)}${"░".repeat(cells - full)}`;
  return `${bar} ${percent}${numbers === "" ? "" : `  ${numbers}`}`;
}
