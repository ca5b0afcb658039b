import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { stopped } from "@preload/core";
import type { Code } from "./code.ts";
import { isConfig, valuesIn } from "./config/values.ts";
import { createEvaluator } from "./evaluate.ts";
import { filesIn, type SourceFile } from "./files.ts";
import type { Finding } from "./finding.ts";
import { readJavascript } from "./javascript/lower.ts";
import { readNotebook } from "./notebook.ts";
import { createProject } from "./project.ts";
import { readPython } from "./python/lower.ts";
import { usesIn } from "./uses.ts";

export interface ScanOptions {
  /** What relative paths are relative to, and the names of files in the findings. @default the process's */
  readonly cwd?: string;
  /** Patterns of files and folders to look at although they would be skipped, as in a `.gitignore`. @default [] */
  readonly include?: readonly string[];
  /** Patterns of files and folders to leave out. @default [] */
  readonly exclude?: readonly string[];
  readonly signal?: AbortSignal;
}

export interface Scan {
  /** In the order of files and lines. */
  readonly findings: readonly Finding[];
  /** How many files were read. */
  readonly files: number;
  /** Files that were not read, and why. */
  readonly skipped: readonly { readonly file: string; readonly why: string }[];
}

// Larger files are generated, or data.
const most = 2_000_000;

/**
 * Finds the models that the code under these files and folders loads, and those that its configs name. Runs nothing of it.
 *
 * @throws PreloadError `USAGE` for a path that does not exist, `ABORTED`
 */
export async function scan(paths: readonly string[], options: ScanOptions = {}): Promise<Scan> {
  const { cwd = process.cwd(), include = [], exclude = [], signal } = options;
  const files = await filesIn(paths, { cwd, include, exclude, signal });
  const skipped: { file: string; why: string }[] = [];
  const codes: Code[] = [];
  const configs: { path: string; text: string }[] = [];
  for (const file of files) {
    if (signal?.aborted) throw stopped(signal);
    if (file.size > most) {
      skipped.push({ file: file.name, why: `it is larger than ${most / 1_000_000} MB` });
      continue;
    }
    const text = await readFile(file.path, "utf8");
    if (isConfig(file.name)) configs.push({ path: file.name, text });
    const code = codeOf(text, file);
    if (code) codes.push(code);
  }
  const evaluator = createEvaluator(createProject(codes));
  const isFolder = (path: string, code: Code) =>
    [cwd, join(cwd, dirname(code.path))].some((dir) => existsSync(join(dir, path)));
  const findings = codes.flatMap((code) => usesIn(code, evaluator, { isFolder }));
  const beside = { whisper: sizesOf(findings) };
  const values = configs.flatMap(({ text, path }) => valuesIn(text, path, beside));
  return { findings: [...findings, ...values].sort(byPlace), files: files.length - skipped.length, skipped };
}

function codeOf(text: string, { name }: SourceFile): Code | undefined {
  if (name.endsWith(".py")) return readPython(text, { path: name });
  if (name.endsWith(".ipynb")) return readNotebook(text, name);
  if (/\.[cm]?[jt]sx?$/.test(name)) return readJavascript(text, name);
  return undefined;
}

/** Who reads a size of whisper that a config names: the library that the code loads. */
function sizesOf(findings: readonly Finding[]): "whisper" | "faster-whisper" {
  const isBy = (name: RegExp) => findings.some(({ by }) => name.test(by));
  return isBy(/WhisperModel|whisperx/) && !isBy(/^whisper\./) ? "faster-whisper" : "whisper";
}

function byPlace(one: Finding, other: Finding): number {
  if (one.file !== other.file) return one.file < other.file ? -1 : 1;
  return (one.cell ?? 0) - (other.cell ?? 0) || one.line - other.line;
}
