import { fileURLToPath } from "node:url";
import type { GuardFiles } from "@preload/guards";
import { pluginDir } from "../pytest/variables.ts";

/** Where the guards lie in this package: the command line brings along all that it needs. */
export const guardFiles: GuardFiles = {
  node: fileURLToPath(new URL("./node-guard.cjs", import.meta.url)),
  python: pluginDir,
};
