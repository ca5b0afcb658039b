import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { codeOf, isMissing, PreloadError, stopped } from "@preload/core";
import { createRules, type Rules } from "./rules.ts";

export interface FilesOptions {
  readonly cwd: string;
  /** Patterns of files and folders to look at although they would be skipped, as in a `.gitignore`. */
  readonly include: readonly string[];
  /** Patterns of files and folders to leave out. */
  readonly exclude: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

export interface SourceFile {
  /** Absolute. */
  readonly path: string;
  /** Relative to `cwd`, with `/`. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
}

/** The files of the given folders that can say something about models, in a fixed order. @throws PreloadError `USAGE` */
export async function filesIn(paths: readonly string[], options: FilesOptions): Promise<SourceFile[]> {
  const { cwd } = options;
  const found = new Map<string, SourceFile>();
  for (const path of paths) {
    const start = resolve(cwd, path);
    const kind = await stat(start).catch((error) => {
      if (isMissing(error)) throw new PreloadError("USAGE", `${path}: there is no such file or folder`);
      throw new PreloadError("USAGE", `${path} cannot be read (${codeOf(error)})`, { cause: error });
    });
    // What is named is looked at, whatever the rules.
    if (kind.isFile()) found.set(start, { path: start, name: nameOf(start, cwd), size: kind.size });
    else
      for await (const file of walk(start, createRules(start, options, await ignoresAbove(start)), options))
        found.set(file.path, file);
  }
  return [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

function isRead(name: string): boolean {
  return /\.(py|ipynb|[cm]?[jt]sx?|ya?ml|toml|json|env)$|(^|\/)\.env(\.[\w.]+)?$/i.test(name);
}

async function* walk(dir: string, rules: Rules, options: FilesOptions): AsyncGenerator<SourceFile> {
  if (options.signal?.aborted) throw stopped(options.signal);
  const inner = rules.within(dir, await textOf(join(dir, ".gitignore")));
  const entries = await readdir(dir, { withFileTypes: true });
  for (const entry of entries) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) {
      if (inner.isEntered(path)) yield* walk(path, inner, options);
    } else if (entry.isFile() && isRead(entry.name) && inner.isRead(path)) {
      const { size } = await stat(path);
      yield { path, name: nameOf(path, options.cwd), size };
    }
  }
}

/** The `.gitignore` files between the root of the repository and a folder. */
async function ignoresAbove(start: string): Promise<{ dir: string; text: string }[]> {
  const found: { dir: string; text: string }[] = [];
  for (let dir = start; ; dir = dirname(dir)) {
    if (dir !== start) {
      const text = await textOf(join(dir, ".gitignore"));
      if (text !== undefined) found.unshift({ dir, text });
    }
    const isRoot = await stat(join(dir, ".git")).then(
      () => true,
      () => false,
    );
    if (isRoot) return found;
    // Without a repository around it, what lies above is of no concern.
    if (dir === dirname(dir)) return [];
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function nameOf(path: string, cwd: string): string {
  return relative(cwd, path).split(sep).join("/");
}
