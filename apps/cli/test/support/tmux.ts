import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { tempDir } from "@preload/core/testing";
import { onTestFinished } from "vitest";
import { isInstalled } from "./apt.ts";

const run = promisify(execFile);

/** Why there is no real terminal to test in, or undefined when there is one. Installs it where that is possible. */
export async function withoutTmux(): Promise<string | undefined> {
  if (isInstalled("tmux")) return undefined;
  const reason = "there is no tmux: apt-get install tmux";
  if (process.env.CI) throw new Error(reason);
  return reason;
}

export interface TerminalOptions {
  readonly columns: number;
  readonly rows: number;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A shell in a real terminal of its own. */
export interface Terminal {
  /** Types a line. */
  type(line: string): Promise<void>;
  /** Presses a key: `C-c`. */
  press(key: string): Promise<void>;
  resize(columns: number, rows: number): Promise<void>;
  /** What a person sees, without the blanks at the ends. */
  screen(): Promise<string[]>;
  /** What has scrolled away, and the screen. */
  everything(): Promise<string[]>;
  isCursorShown(): Promise<boolean>;
  /** The name of the program that has the terminal, and hears its keys: `sh` while it waits for a command. */
  program(): Promise<string>;
  /** Every byte that was written so far. */
  raw(): string;
  /** Looks until it is so, and gives back the screen that it was so on. */
  until(isSo: (screen: string[]) => boolean): Promise<string[]>;
}

/** `$ ` is the prompt. */
export async function openTerminal({ columns, rows, cwd, env }: TerminalOptions): Promise<Terminal> {
  const dir = await tempDir();
  const socket = join(dir, "tmux");
  const log = join(dir, "raw");
  const tmux = async (...args: string[]) => {
    const { stdout } = await run("tmux", ["-u", "-S", socket, "-f", "/dev/null", ...args], {
      env: { PATH: process.env.PATH, LC_ALL: "C.UTF-8", HOME: dir },
    });
    return stdout;
  };
  const variables = { PATH: process.env.PATH ?? "", PS1: "$ ", TERM: "screen-256color", LC_ALL: "C.UTF-8", ...env };
  const set = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const size = ["-x", String(columns), "-y", String(rows)];
  await tmux("new-session", "-d", "-s", "test", ...size, "-c", cwd, "env", "-i", ...set, "sh");
  onTestFinished(async () => void (await tmux("kill-server").catch(() => {})));
  await tmux("set", "-g", "status", "off");
  await tmux("resize-window", "-t", "test", ...size);
  await tmux("pipe-pane", "-t", "test", `cat >> ${log}`);

  const capture = async (...more: string[]) => {
    const text = await tmux("capture-pane", "-p", "-t", "test", ...more);
    return text.replace(/\n+$/, "").split("\n");
  };
  const screen = () => capture();
  const shown = async (format: string) => (await tmux("display-message", "-p", "-t", "test", format)).trim();
  const until: Terminal["until"] = async (isSo) => {
    for (const end = performance.now() + 60_000; ; await sleep(40)) {
      const lines = await screen();
      if (isSo(lines)) return lines;
      if (performance.now() > end) throw new Error(`this is what the terminal shows\n${lines.join("\n")}`);
    }
  };
  await until((lines) => lines.at(-1) === "$");
  return {
    type: async (line) => void (await tmux("send-keys", "-t", "test", "-l", `${line}\r`)),
    press: async (key) => void (await tmux("send-keys", "-t", "test", key)),
    resize: async (width, height) =>
      void (await tmux("resize-window", "-t", "test", "-x", String(width), "-y", String(height))),
    screen,
    everything: () => capture("-S", "-"),
    isCursorShown: async () => (await shown("#{cursor_flag}")) === "1",
    program: () => shown("#{pane_current_command}"),
    raw: () => (existsSync(log) ? readFileSync(log, "utf8") : ""),
    until,
  };
}
