import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The Python of an environment that the interop suite has made, if it has: nothing is installed for this. */
export function pythonWithHub(): string | undefined {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "preload-interop");
  try {
    const name = readdirSync(folder).find((entry) => entry.startsWith("hub1-"));
    return name === undefined ? undefined : join(folder, name, "bin", "python");
  } catch {
    return undefined;
  }
}

const program = `import sys
from huggingface_hub import scan_cache_dir
from pathlib import Path
if Path(sys.argv[1]).is_dir():
    for warning in scan_cache_dir(sys.argv[1]).warnings: print(warning)
`;

/** What the Hub's own client calls corrupted in a cache. */
export async function corruptedIn(hub: string, python: string): Promise<string[]> {
  const { stdout } = await run(python, ["-c", program, hub], { env: { PATH: process.env.PATH ?? "" } });
  return stdout.split("\n").filter((line) => line !== "");
}
