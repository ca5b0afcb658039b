import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Machine } from "@preload/core";
import type { Shell } from "./shells.ts";

/** The form that the shell we were started from reads: that of the parent process, else of `SHELL`. */
export function shellOf({ env, platform }: Pick<Machine, "env" | "platform">, parent = parentName()): Shell {
  for (const name of [parent, basename(env.SHELL ?? "")]) {
    if (name === "fish") return "fish";
    if (name === "pwsh" || name === "powershell") return "pwsh";
    if (name !== undefined && /^(ba|z|da|k|a)?sh$/.test(name)) return "bash";
  }
  return platform === "win32" ? "pwsh" : "bash";
}

// Only Linux tells without starting another program.
function parentName(): string | undefined {
  try {
    return readFileSync(`/proc/${process.ppid}/comm`, "utf8").trim();
  } catch {
    return undefined;
  }
}
