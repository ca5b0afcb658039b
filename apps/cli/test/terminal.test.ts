import { type Body, pattern } from "@preload/core/testing";
import { hubRepo } from "@preload/demo-origin";
import { beforeAll, describe, expect, test } from "vitest";
import { loadTable } from "../src/display/columns.ts";
import { bin } from "./support/run.ts";
import { openTerminal, type Terminal, withoutTmux } from "./support/tmux.ts";
import { type World, world } from "./support/world.ts";

const reason = await withoutTmux();
// Just large enough for a bar of its own.
const size = 1_500_000;

beforeAll(loadTable);

interface Scene {
  readonly columns?: number;
  readonly rows?: number;
  readonly files?: Record<string, Body>;
  readonly env?: Readonly<Record<string, string>>;
  /** Bytes a second over all files. @default 2M */
  readonly rate?: string;
}

/** A user before a terminal, and a model that takes its time. */
async function before(scene: Scene = {}): Promise<{ terminal: Terminal; there: World; command: string }> {
  const { columns = 80, rows = 25, files = filesOf(3), env = {}, rate = "2M" } = scene;
  const repo = hubRepo({ id: "org/demo-model", files: { "config.json": new TextEncoder().encode("{}"), ...files } });
  const there = await world({
    config: 'models: [{ ref: "hf:org/demo-model", include: ["*"] }]',
    catalog: { repos: [repo], whisper: [], spacy: [], tokens: {} },
  });
  const terminal = await openTerminal({ columns, rows, cwd: there.project, env: { ...there.env, ...env } });
  return { terminal, there, command: `${process.execPath} ${bin} --max-rate ${rate}` };
}

function filesOf(count: number, name = (at: number) => `model-0000${at}.safetensors`): Record<string, Body> {
  return Object.fromEntries(Array.from({ length: count }, (_, at) => [name(at), pattern(size, at + 1)]));
}

const isMoving = (screen: string[]) => screen.some((line) => /^total .*left/.test(line));
const isDone = (screen: string[]) => screen.at(-1) === "$" && screen.some((line) => line.startsWith("ready "));

const esc = "\u001b";
const up = new RegExp(`${esc}\\[\\d+A`);
const moved = new RegExp(`${esc}\\[\\d*[AJK]`);
const coloured = new RegExp(`${esc}\\[[\\d;]*m`);

/** Waits until what moves was drawn anew a few times more: what each time leaves behind is to be seen by then. */
async function redrawn(terminal: Terminal): Promise<void> {
  const updates = () => terminal.raw().split(up).length;
  const before = updates();
  await terminal.until(() => updates() >= before + 3);
}

/** A bar that stands where none is drawn any more. */
function leftOver(lines: readonly string[]): string[] {
  return lines.filter((line) => /[█░]|^total|^and \d+ more/.test(line));
}

describe.skipIf(reason !== undefined)(`in a real terminal${reason ? ` (${reason})` : ""}`, () => {
  test.each([40, 80, 200])(
    "of %i columns: a bar for each file and the total, then only the result",
    async (columns) => {
      const { terminal, command } = await before({ columns, rate: "1M" });

      await terminal.type(command);
      const screen = await terminal.until(
        (lines) => isMoving(lines) && lines.filter((line) => /█/.test(line)).length > 2,
      );

      expect(screen.filter((line) => /^model-0000/.test(line)).length).toBeGreaterThan(1);
      expect(screen.findIndex((line) => line.startsWith("total"))).toBe(screen.length - 1);
      expect(screen.at(-1)).toMatch(/ \d+ % .* kB\/s|MB\/s {2}\S+ .*left$/);
      const end = await terminal.until(isDone);
      expect(leftOver(await terminal.everything())).toEqual([]);
      expect(end.filter((line) => line.startsWith("ready "))).toHaveLength(1);
    },
  );

  test("the size of the terminal may change in the middle", async () => {
    const { terminal, command } = await before({ columns: 120, rate: "400k" });
    // A screen that is full. From one that is not, tmux takes as many lines off the top as it folds, out of reach.
    await terminal.type("seq 100");

    await terminal.type(command);
    await terminal.until(isMoving);
    const shown: string[][] = [];
    for (const [columns, rows] of [
      [50, 25],
      [200, 25],
      [110, 12],
      [80, 25],
    ] as const) {
      await terminal.resize(columns, rows);
      await redrawn(terminal);
      shown.push(await terminal.screen());
    }

    for (const lines of shown) expect(lines.filter((line) => line.startsWith("total"))).toHaveLength(1);
    for (const lines of shown) expect(lines.filter((line) => line.startsWith("model")).length).toBeLessThanOrEqual(3);
    await terminal.until(isDone);
    expect(leftOver(await terminal.everything())).toEqual([]);
  });

  test.each([25, 8, 4])("of %i lines, with more files than lines: nothing scrolls away", async (rows) => {
    const { terminal, command } = await before({ rows, files: filesOf(8) });

    await terminal.type(command);
    await terminal.until(isMoving);
    await redrawn(terminal);
    const lines = leftOver(await terminal.everything());

    expect(lines.length).toBeLessThan(rows);
    expect(lines.filter((line) => line.startsWith("total"))).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith("model-")).length).toBeGreaterThan(0);
    await terminal.until(isDone);
    expect(leftOver(await terminal.everything())).toEqual([]);
  });

  test.each([40, 80])("of %i columns, with very long and with wide names: each has one line", async (columns) => {
    const files = {
      [`${"a-very-long-name-".repeat(8)}.safetensors`]: pattern(size, 1),
      [`${"非常に長いモデルの名前".repeat(6)}.safetensors`]: pattern(size, 2),
      "모델.safetensors": pattern(size, 3),
    };
    const { terminal, command } = await before({ columns, files, rate: "600k" });

    await terminal.type(command);
    await terminal.until((lines) => isMoving(lines) && lines.some((line) => line.includes("非")));
    await redrawn(terminal);
    const screen = await terminal.screen();

    expect(leftOver(screen)).toHaveLength(4);
    expect(screen.slice(-4)).toEqual(leftOver(screen));
    await terminal.until(isDone);
    expect(leftOver(await terminal.everything())).toEqual([]);
  });

  test("Ctrl-C in the middle leaves a sentence, a prompt and a cursor", async () => {
    const { terminal, command } = await before({ rate: "400k" });

    await terminal.type(command);
    await terminal.until(isMoving);
    await terminal.press("C-c");
    const screen = await terminal.until((lines) => lines.at(-1) === "$" && lines.length > 1);

    const typed = Math.ceil(`$ ${command}`.length / 80);
    expect(screen.slice(typed)).toEqual(["preload: stopped; run the same command again and it continues", "$"]);
    expect(leftOver(await terminal.everything())).toEqual([]);
    expect(await terminal.isCursorShown()).toBe(true);
    await terminal.type("echo code $?");
    await terminal.until((lines) => lines.includes("code 130"));
  });

  test.each<[string, Record<string, string>]>([
    ["a terminal that cannot move its cursor (TERM=dumb)", { TERM: "dumb" }],
    ["a job of a CI (CI=true)", { CI: "true" }],
  ])("in %s nothing moves: no control character at all", async (_, env) => {
    const { terminal, command } = await before({ env });

    await terminal.type(command);
    await terminal.until(isDone);

    const written = terminal.raw().slice(terminal.raw().indexOf("--max-rate"));
    expect(leftOver(await terminal.everything())).toEqual([]);
    expect(written).not.toMatch(env.TERM ? esc : moved);
  });

  test("NO_COLOR: what moves has no colours", async () => {
    const { terminal, command } = await before({ env: { NO_COLOR: "1" } });

    await terminal.type(command);
    await terminal.until(isMoving);
    await terminal.until(isDone);

    const written = terminal.raw().slice(terminal.raw().indexOf("--max-rate"));
    expect(written).toMatch(moved);
    expect(written).not.toMatch(coloured);
  });

  test("ten updates a second at most; nothing is taken away before what comes in its place", async () => {
    const { terminal, command } = await before({ files: filesOf(8) });

    const start = performance.now();
    await terminal.type(`${command} -v`);
    await terminal.until(isDone);
    const seconds = (performance.now() - start) / 1000;

    const updates = terminal.raw().split(up).length - 1;
    expect(updates).toBeGreaterThan(10);
    expect(updates).toBeLessThanOrEqual(10 * seconds);
  });
});
