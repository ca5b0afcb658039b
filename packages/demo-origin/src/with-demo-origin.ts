import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { startDemoOrigin } from "./start-demo-origin.ts";

// Runs a command that fetches its models from a demo origin, into caches that are gone afterwards:
//
//   with-demo-origin vitest run
const [command = "", ...args] = process.argv.slice(2);
const demo = await startDemoOrigin();
const root = await mkdtemp(join(tmpdir(), "preload-example-"));
const endpoints = Object.entries(demo.endpoints).map(([name, url]) => [`PRELOAD_${name.toUpperCase()}_ENDPOINT`, url]);
const env = {
  ...process.env,
  ...Object.fromEntries(endpoints),
  PATH: `${resolve("node_modules", ".bin")}${delimiter}${process.env.PATH ?? ""}`,
  PRELOAD_CACHE_ROOT: join(root, "caches"),
  PRELOAD_STATE_DIR: join(root, "state"),
};
const child = spawn(command, args, { env, stdio: "inherit", shell: process.platform === "win32" });
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
process.exitCode = await new Promise<number>((settle, reject) => {
  child.once("error", reject).once("close", (code) => settle(code ?? 1));
});
await demo.close();
await rm(root, { recursive: true, force: true });
