import { main } from "../../cli/src/main.ts";
import type { Runner } from "./runner.ts";

/** What a command of the command line said: the document that `--json` prints. */
export interface Said {
  readonly ok: boolean;
  readonly exitCode: number;
  /** Why it came to nothing. */
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string | null };
}

/** The command line, in this process: so whatever is done here can be done with the plain commands elsewhere. */
export interface Preload {
  /** The document of a command, also of one that failed. */
  document<Document>(command: string, args?: readonly string[]): Promise<Said & Document>;
  /** What a command prints; nothing, if it fails. */
  text(command: string, args?: readonly string[]): Promise<string>;
}

export interface PreloadOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Behind every command: the config, the profiles. */
  readonly args: readonly string[];
  readonly runner: Pick<Runner, "tell">;
}

/** What the commands tell people goes to stderr, which is the job's log. */
export function preloadIn({ cwd, env, args: common, runner }: PreloadOptions): Preload {
  async function run(words: readonly string[]): Promise<{ exitCode: number; text: string }> {
    const pieces: string[] = [];
    const stdout = { write: (text: string) => pieces.push(text) };
    const stderr = { write: (text: string) => runner.tell(text) };
    const exitCode = await main(words, { stdout, stderr, stdin: process.stdin, env, cwd });
    return { exitCode, text: pieces.join("") };
  }
  return {
    async document<Document>(command: string, args: readonly string[] = []) {
      const { exitCode, text } = await run([command, "--json", ...common, ...args]);
      return documentIn<Said & Document>(text, command, exitCode);
    },
    async text(command, args = []) {
      const { exitCode, text } = await run([command, ...common, ...args]);
      return exitCode === 0 ? text : "";
    },
  };
}

function documentIn<Document>(text: string, command: string, exitCode: number): Document {
  try {
    return JSON.parse(text) as Document;
  } catch {
    throw new Error(`preload ${command} ended with ${exitCode} and said nothing; see the log above`);
  }
}
