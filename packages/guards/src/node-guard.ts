// What Node loads before the program, in each process and thread: `--require` of NODE_OPTIONS.
import { guard } from "./node/guard.ts";
import { recordOpened } from "./node/opened.ts";

const { PRELOAD_GUARD: mode, PRELOAD_ATTEMPTS, PRELOAD_ALLOW = "", PRELOAD_OPENED } = process.env;
const loaded = globalThis as { [key: symbol]: boolean | undefined };
const key = Symbol.for("preload.guards.loaded");
if ((mode === "block" || mode === "record") && !loaded[key]) {
  loaded[key] = true;
  const allow = PRELOAD_ALLOW.split(",").filter((host) => host !== "");
  try {
    guard(__filename, { mode, attempts: PRELOAD_ATTEMPTS, allow });
    if (PRELOAD_OPENED) recordOpened(PRELOAD_OPENED, process.env.PRELOAD_OPENED_UNDER ?? "");
  } catch {
    // A Node without one of the functions. A program is not to fail because it is looked at.
  }
}
