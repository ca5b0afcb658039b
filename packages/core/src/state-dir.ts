import { join } from "node:path";
import type { Machine } from "./platform.ts";

/**
 * Where preload keeps what it needs to remember, outside of every client's cache:
 * `PRELOAD_STATE_DIR`, `$XDG_STATE_HOME/preload`, or the platform's place.
 */
export function stateDirOf({ platform, env, home }: Pick<Machine, "platform" | "env" | "home">): string {
  if (env.PRELOAD_STATE_DIR) return env.PRELOAD_STATE_DIR;
  if (env.XDG_STATE_HOME) return join(env.XDG_STATE_HOME, "preload");
  if (platform === "win32") return join(env.LOCALAPPDATA ?? join(home, "AppData", "Local"), "preload", "state");
  if (platform === "darwin") return join(home, "Library", "Application Support", "preload");
  return join(home, ".local", "state", "preload");
}
