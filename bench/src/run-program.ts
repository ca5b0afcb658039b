import { spawn } from "node:child_process";

/** Runs a program that has to succeed, and gives back what it printed. */
export function succeed(command: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const [program = "", ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(stdout);
      else reject(new Error(`${command.join(" ")} ended with ${code}\n${(stderr || stdout).slice(-2000)}`));
    });
  });
}

/** The first line that a program prints, or undefined when there is no such program. */
export async function firstLine(...command: string[]): Promise<string | undefined> {
  const text = await succeed(command).catch(() => undefined);
  return text?.split("\n", 1)[0]?.trim();
}
