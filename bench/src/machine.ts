import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { packageDir } from "./places.ts";
import { firstLine } from "./run-program.ts";

export interface Machine {
  /** What was measured on and with, a fact each. */
  readonly lines: readonly string[];
}

/** The machine and the versions of everything that was compared. */
export async function describeMachine(python: string | undefined): Promise<Machine> {
  const [cpu] = cpus();
  const gib = Math.round(totalmem() / 2 ** 30);
  const version = async (...command: string[]) => (await firstLine(...command)) ?? `${command[0]} missing`;
  const curl = (await version("curl", "--version")).split(" (", 1)[0] ?? "";
  const nginx = await version("sh", "-c", "nginx -v 2>&1");
  const tools = [
    curl,
    await version("aria2c", "--version"),
    await version("wget", "--version"),
    nginx,
    await version("openssl", "version"),
  ];
  const packages = python ? await pythonPackages(python) : ["no Python clients: their environment could not be made"];
  return {
    lines: [
      `${cpus().length} × ${cpu?.model.trim()}, ${gib} GiB, Linux ${release()}, ${await version("findmnt", "-no", "FSTYPE", "-T", packageDir)}`,
      `Node ${process.versions.node}, OpenSSL ${process.versions.openssl}`,
      tools.join(", "),
      [...packages, `@huggingface/hub ${jsVersion()}`].join(", "),
      `measured ${new Date().toISOString().slice(0, 10)}`,
    ],
  };
}

async function pythonPackages(python: string): Promise<string[]> {
  const program =
    "import sys; from importlib.metadata import version as v; print('Python', sys.version.split()[0], ', huggingface_hub', v('huggingface_hub'), ', whisper', v('openai-whisper'), ', pip', v('pip'))";
  return [((await firstLine(python, "-c", program)) ?? "").replaceAll(" ,", ",")];
}

function jsVersion(): string {
  const path = join(packageDir, "node_modules/@huggingface/hub/package.json");
  return (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version;
}
