import { PreloadError } from "@preload/core";

/** A part of somebody's file that is ours: from its first marker to its last, both whole lines. */
export interface Block {
  readonly start: number;
  readonly end: number;
  /** What its first line says beside its name. */
  readonly head: string;
  /** What stands between the markers. */
  readonly body: string;
}

/** The text of a block. */
export function blockText(name: string, head: string, body: string): string {
  return `${first(name)} (${head})\n${body}${last(name)}\n`;
}

/** @throws PreloadError `BAD_CONFIG` for a block without an end, or one that is there twice */
export function blockIn(text: string, name: string, path: string): Block | undefined {
  const begins = [...text.matchAll(new RegExp(`^${escaped(first(name))} \\((.*)\\)\\r?$`, "gm"))];
  const ends = [...text.matchAll(new RegExp(`^${escaped(last(name))}[ \\t]*(?:\\r?\\n|\\r?$)`, "gm"))];
  const [begin, end] = [begins[0], ends[0]];
  if (!begin && !end) return undefined;
  if (!begin || !end || begins.length > 1 || ends.length > 1 || end.index < begin.index) {
    const why = begins.length > 1 || ends.length > 1 ? "is there twice" : "has lost one of its markers";
    throw new PreloadError("BAD_CONFIG", `${path}: the block "preload: ${name}" ${why}`, {
      hint: `It goes from "${first(name)} (…)" to "${last(name)}". Remove what is left of it; \`--write\` puts it there anew.`,
    });
  }
  const inside = text.indexOf("\n", begin.index) + 1;
  return {
    start: begin.index,
    end: end.index + end[0].length,
    head: begin[1] ?? "",
    body: text.slice(inside, end.index).replaceAll("\r\n", "\n"),
  };
}

/** The text with a block in place of what lies between two positions; every other byte as it was. */
export function replaced(text: string, { start, end }: Pick<Block, "start" | "end">, block: string): string {
  const own = text.includes("\r\n") ? block.replaceAll("\n", "\r\n") : block;
  return `${text.slice(0, start)}${own}${text.slice(end)}`;
}

function first(name: string): string {
  return `# >>> preload: ${name}`;
}

function last(name: string): string {
  return `# <<< preload: ${name}`;
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
