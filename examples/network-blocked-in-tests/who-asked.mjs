// Runs a program with the guards in it, and says what it asked of other machines.
//
//   node who-asked.mjs python3 train.py
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { guardVariables, readAttempts } from "@preload/guards";

const [command, ...args] = process.argv.slice(2);
const dir = mkdtempSync(join(tmpdir(), "who-asked-"));
const attempts = join(dir, "attempts.jsonl");
const guards = guardVariables({ env: process.env, mode: "block", attempts });

spawnSync(command, args, { env: { ...process.env, ...guards }, stdio: "inherit" });

for (const { host, port, path = "", stack = [] } of readAttempts(attempts)) {
  console.log(`${host}${port ? `:${port}` : ""}${path}  from ${stack[0] ?? "somewhere"}`);
}
rmSync(dir, { recursive: true });
