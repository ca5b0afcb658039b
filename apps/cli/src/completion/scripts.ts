import { readFileSync } from "node:fs";

const files = { bash: "preload.bash", zsh: "preload.zsh", fish: "preload.fish", pwsh: "preload.ps1" } as const;

export type CompletionShell = keyof typeof files;

export const completionShells = Object.keys(files) as CompletionShell[];

/** The script that lets a shell ask this program what may stand at the cursor, and so is right for every version of it. */
export function completionScript(shell: CompletionShell): string {
  // Beside the folder of the bundle.
  return readFileSync(new URL(`../completions/${files[shell]}`, import.meta.url), "utf8");
}
