import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDir, packageDir } from "./places.ts";
import { firstLine, succeed } from "./run-program.ts";

const debian = { curl: "curl", aria2c: "aria2", wget: "wget", nginx: "nginx-light", openssl: "openssl" };

/** Sees to it that the programs are there, installing them where that is possible. @throws naming those that are not */
export async function prepareTools(log: (line: string) => void): Promise<void> {
  const missing = Object.entries(debian).filter(([program]) => !isOnPath(program));
  if (missing.length === 0) return;
  const packages = missing.map(([, name]) => name);
  log(`installing ${packages.join(", ")}`);
  try {
    await succeed(["apt-get", "update"]);
    await succeed(["apt-get", "install", "-y", "--no-install-recommends", ...packages]);
  } catch (error) {
    throw new Error(`the benchmarks need ${packages.join(", ")}: apt install ${packages.join(" ")}`, { cause: error });
  }
}

function isOnPath(program: string): boolean {
  const folders = (process.env["PATH"] ?? "").split(":").concat("/usr/sbin");
  return folders.some((folder) => existsSync(join(folder, program)));
}

/** The python with the clients to compare with; undefined when it cannot be made, which is told. */
export async function preparePython(log: (line: string) => void): Promise<string | undefined> {
  const pins = join(packageDir, "requirements.txt");
  const key = createHash("sha256").update(readFileSync(pins)).digest("hex").slice(0, 12);
  const folder = join(cacheDir(), `python-${key}`);
  const python = join(folder, "bin/python");
  if (existsSync(join(folder, "complete"))) return python;
  log("making the Python environment");
  try {
    await rm(folder, { recursive: true, force: true });
    // The interpreter itself, not a shim that looks for it at each start.
    const base = (await firstLine("python3", "-c", "import sys; print(sys.executable)")) ?? "python3";
    await succeed([base, "-m", "venv", folder]);
    await succeed([python, "-m", "pip", "install", "--quiet", "--no-deps", "-r", pins]);
    await writeFile(join(folder, "complete"), "");
    return python;
  } catch (error) {
    log(`without the Python clients: ${(error as Error).message}`);
    return undefined;
  }
}
