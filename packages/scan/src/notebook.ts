import type { Code, Line } from "./code.ts";
import { readPython } from "./python/lower.ts";
import { lineFinder } from "./tree.ts";

/** Reads the code of a notebook as one program, whose lines are known by their cells. Undefined if it is no notebook of Python. */
export function readNotebook(text: string, path: string): Code | undefined {
  const cells = cellsOf(text);
  if (!cells) return undefined;
  const starts: { at: number; cell: number }[] = [];
  let program = "";
  for (const { source, cell } of cells) {
    starts.push({ at: program.length, cell });
    program += `${withoutMagic(source)}\n\n`;
  }
  const lineOf = lineFinder(program);
  const lineAt = (offset: number): Line => {
    const { at, cell } = starts.findLast((start) => start.at <= offset) ?? { at: 0, cell: 1 };
    return { line: lineOf(offset).line - lineOf(at).line + 1, cell };
  };
  return readPython(program, { path, lineAt });
}

function cellsOf(text: string): { source: string; cell: number }[] | undefined {
  let notebook: { cells?: unknown; metadata?: { kernelspec?: { language?: unknown } } };
  try {
    notebook = JSON.parse(text);
  } catch {
    return undefined;
  }
  const language = notebook?.metadata?.kernelspec?.language;
  if (!Array.isArray(notebook?.cells) || (typeof language === "string" && language !== "python")) return undefined;
  return notebook.cells.flatMap((cell: { cell_type?: unknown; source?: unknown }, index) => {
    if (cell?.cell_type !== "code") return [];
    const { source } = cell;
    const lines = Array.isArray(source) ? source.join("") : source;
    return typeof lines === "string" ? [{ source: lines, cell: index + 1 }] : [];
  });
}

/** Commands of the notebook in place of Python: `!pip install …`, `%matplotlib inline`, a whole cell of `%%bash`. */
function withoutMagic(source: string): string {
  if (/^\s*%%(?!time|capture|timeit)/.test(source)) return source.replace(/[^\n]/g, " ");
  return source.replace(
    /^([ \t]*)([!%?].*)$/gm,
    (_, indent: string, rest: string) => `${indent}pass${" ".repeat(Math.max(0, rest.length - 4))}`,
  );
}
