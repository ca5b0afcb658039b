import { main } from "../../cli/src/main.ts";
import { harmless } from "./runner.ts";

/** What a command of the command line said: the document that `--json` prints. */
export interface Said {
  readonly ok: boolean;
  readonly exitCode: number;
  /** Why it came to nothing. */
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string | null };
}

/** The command line, in this process: so whatever is done here can be done with the plain commands elsewhere. */
export type Preload = <Document>(command: string, args?: readonly string[]) => Promise<Said & Document>;

export interface PreloadOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Behind every command: the config, the profiles. */
  readonly args: readonly string[];
}

/** What the commands tell people goes to stderr, which is the job's log. */
export function preloadIn({ cwd, env, args: common }: PreloadOptions): Preload {
  return async <Document>(command: string, args: readonly string[] = []) => {
    const pieces: string[] = [];
    const stdout = { write: (text: string) => pieces.push(text) };
    const stderr = { write: (text: string) => process.stderr.write(harmless(text)) };
    const stdin = Object.assign(process.stdin, { isTTY: false });
    const exitCode = await main([command, "--json", ...common, ...args], { stdout, stderr, stdin, env, cwd });
    return documentIn<Said & Document>(pieces.join(""), command, exitCode);
  };
}

function documentIn<Document>(text: string, command: string, exitCode: number): Document {
  try {
    return JSON.parse(text) as Document;
  } catch {
    throw new Error(`preload ${command} ended with ${exitCode} and said nothing; see the log above`);
  }
}
