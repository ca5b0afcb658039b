import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PreloadError } from "@preload/core";
import { textAt, writeTogether } from "../edit/write-together.ts";
import { version } from "../version.ts";
import { pluginDir } from "./variables.ts";

const name = "preload_pytest.py";
const start = "# Written by preload ";

/** The plugin as a file of a project, and what is there of it now. */
export interface Copy {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string;
}

/** What `--write` would write. @throws PreloadError `USAGE` for no folder, or a file of somebody else's */
export async function copyIn(dir: string): Promise<Copy> {
  if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) {
    throw new PreloadError("USAGE", `${dir}: there is no such folder`, {
      hint: "Name the folder of your conftest.py.",
    });
  }
  const path = join(dir, name);
  const before = await textAt(path);
  if (before !== undefined && !before.startsWith(start)) {
    throw new PreloadError("USAGE", `${path} is not a file that preload wrote`, {
      hint: "Move it away, or rename it.",
    });
  }
  const text = await readFile(join(pluginDir, name), "utf8");
  return { path, before, after: `${start}${version}; \`preload pytest-plugin --write\` writes it anew.\n${text}` };
}

export async function writeCopy(copy: Copy): Promise<void> {
  await writeTogether([copy]);
}

/** @throws PreloadError `DRIFT` */
export function refuseStale({ path, before, after }: Copy, dir: string): void {
  if (before === after) return;
  const what = before === undefined ? "is not there" : `is not the plugin of preload ${version}`;
  throw new PreloadError("DRIFT", `${path} ${what}`, {
    hint: `Run \`preload pytest-plugin --write ${dir}\` and commit it.`,
  });
}
