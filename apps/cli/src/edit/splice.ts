import type { Brackets, Group, Lines, Span } from "./layout.ts";

interface Splice extends Span {
  readonly text: string;
}

/** The text with one more item at the end of a group. Comments stay on the lines they are on. */
export function withItem(text: string, group: Group, written: string): string {
  return group.style === "lines" ? withLines(text, group, written) : withBracketed(text, group, written);
}

/** The text without one item of a group, and without a comment on the same line. */
export function withoutItem(text: string, group: Group, index: number): string {
  return group.style === "lines" ? withoutLines(text, group, index) : withoutBracketed(text, group, index);
}

/** The text with something else in one place. */
export function spliced(text: string, ...splices: readonly Splice[]): string {
  // Two in one place keep their order.
  const fromTheEnd = [...splices].reverse().sort((one, other) => other.start - one.start);
  return fromTheEnd.reduce((rest, { start, end, text: by }) => rest.slice(0, start) + by + rest.slice(end), text);
}

function withLines(text: string, { items, open }: Lines, written: string): string {
  const eol = newlineOf(text);
  const [first] = items;
  const at = lineEnd(text, items.at(-1)?.end ?? open);
  const indent = first === undefined ? "" : text.slice(lineStart(text, first.start), first.start);
  const lines = written
    .split("\n")
    .map((line) => (line === "" ? line : indent + line))
    .join(eol);
  const startsLine = at === 0 || text[at - 1] === "\n";
  return spliced(text, { start: at, end: at, text: startsLine ? lines + eol : eol + lines });
}

function withBracketed(text: string, group: Brackets, written: string): string {
  const last = group.items.at(-1);
  if (last === undefined) {
    const isTable = text[group.open - 1] === "{" && group.open === group.close;
    return inserted(text, group.open, isTable ? ` ${written} ` : written);
  }
  const comma = commaAfter(text, last.end);
  if (!startsItsLine(text, last, group)) {
    return comma === undefined ? inserted(text, last.end, `, ${written}`) : inserted(text, comma + 1, ` ${written}`);
  }
  const line = `${newlineOf(text)}${text.slice(lineStart(text, last.start), last.start)}${written}`;
  const end = lineEnd(text, comma === undefined ? last.end : comma + 1);
  if (end > group.close) return inserted(text, last.end, `,${line}`);
  if (comma !== undefined) return inserted(text, end, `${line},`);
  return spliced(text, { start: last.end, end: last.end, text: "," }, { start: end, end, text: line });
}

function withoutLines(text: string, { items, whenEmpty }: Lines, index: number): string {
  const item = items[index];
  if (item === undefined) return text;
  const gone = { start: lineStart(text, item.start), end: nextLine(text, item.end), text: "" };
  if (items.length > 1 || whenEmpty === undefined) return spliced(text, gone);
  return spliced(text, gone, { start: whenEmpty.at, end: whenEmpty.at, text: whenEmpty.text });
}

function withoutBracketed(text: string, group: Brackets, index: number): string {
  const item = group.items[index];
  if (item === undefined) return text;
  if (
    group.items.length === 1 &&
    /^[\s,]*$/.test(text.slice(group.open, item.start) + text.slice(item.end, group.close))
  ) {
    return spliced(text, { start: group.open, end: group.close, text: "" });
  }
  const before = group.items[index - 1];
  const comma = commaAfter(text, item.end);
  const end = comma === undefined ? item.end : comma + 1;
  const commaBefore = before === undefined ? undefined : commaAfter(text, before.end);
  const isAlone = startsItsLine(text, item, group) && /^[ \t]*(#.*)?$/.test(text.slice(end, lineEnd(text, end)));
  if (isAlone) {
    const line = { start: lineStart(text, item.start), end: nextLine(text, end), text: "" };
    if (comma !== undefined || commaBefore === undefined) return spliced(text, line);
    return spliced(text, line, { start: commaBefore, end: commaBefore + 1, text: "" });
  }
  if (comma !== undefined) {
    const [space = ""] = /^[ \t]*/.exec(text.slice(end)) ?? [];
    return spliced(text, { start: item.start, end: end + space.length, text: "" });
  }
  // A comment behind the comma is about the item before it.
  const isRemarked = commaBefore !== undefined && text.slice(commaBefore, item.start).includes("#");
  if (!isRemarked) return spliced(text, { start: commaBefore ?? item.start, end: item.end, text: "" });
  return spliced(text, { start: commaBefore, end: commaBefore + 1, text: "" }, { ...item, text: "" });
}

function inserted(text: string, at: number, what: string): string {
  return spliced(text, { start: at, end: at, text: what });
}

/** Where the comma behind an item is, past blanks and comments. */
function commaAfter(text: string, from: number): number | undefined {
  const [skipped = ""] = /^(?:\s|#[^\n]*)*/.exec(text.slice(from)) ?? [];
  const at = from + skipped.length;
  return text[at] === "," ? at : undefined;
}

function startsItsLine(text: string, { start }: Span, { open }: Brackets): boolean {
  const line = lineStart(text, start);
  return line > open && text.slice(line, start).trim() === "";
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf("\n", at - 1) + 1;
}

/** Before the line break. */
function lineEnd(text: string, at: number): number {
  const found = text.indexOf("\n", at);
  if (found === -1) return text.length;
  return text[found - 1] === "\r" && found > at ? found - 1 : found;
}

/** Behind the line break. */
function nextLine(text: string, at: number): number {
  const found = text.indexOf("\n", at);
  return found === -1 ? text.length : found + 1;
}

function newlineOf(text: string): string {
  return /\r\n/.test(text) ? "\r\n" : "\n";
}
