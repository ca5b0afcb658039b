import { type AST, getStaticTOMLValue, parseTOML } from "toml-eslint-parser";
import type { Group, Layout, Path, Span } from "./layout.ts";

/** TOML: a list is an array, or tables of one name (`[[models]]`); a table has a header, or braces. */
export function tomlLayout(text: string): Layout {
  const { body } = parseTOML(text);
  const [top] = body;
  return {
    value: getStaticTOMLValue(parseTOML(text)),
    listAt(path) {
      const node = valueAt(top, path);
      return node?.type === "TOMLArray" ? bracketed(node.elements, node) : tablesNamed(top, path);
    },
    tableAt(path) {
      const node = valueAt(top, path);
      if (node?.type === "TOMLInlineTable") return bracketed(node.body, node);
      return path.length === 0 ? rootOf(top) : headed(top, path);
    },
    scalarAt(path) {
      const node = valueAt(top, path);
      return node?.type === "TOMLValue" ? spanOf(node) : undefined;
    },
    item: (value, list) => (list.style === "brackets" ? inline(value) : tableBlock(list, text, value)),
    entry: (name, value) => `${key(name)} = ${inline(value)}`,
  };
}

/** The value at a path, through tables, dotted names, arrays and braces. */
function valueAt(top: AST.TOMLTopLevelTable, path: Path): AST.TOMLContentNode | undefined {
  const tables = top.body.flatMap((node) => (node.type === "TOMLTable" ? [node] : []));
  const pairs = top.body.flatMap((node) => (node.type === "TOMLKeyValue" ? [node] : []));
  const candidates = [
    { at: [] as Path, pairs },
    ...tables.map(({ resolvedKey, body }) => ({ at: resolvedKey, pairs: body })),
  ];
  for (const { at, pairs: body } of candidates) {
    if (!startsWith(path, at)) continue;
    const found = within(body, path.slice(at.length));
    if (found !== undefined) return found;
  }
  return undefined;
}

function within(pairs: readonly AST.TOMLKeyValue[], path: Path): AST.TOMLContentNode | undefined {
  for (const pair of pairs) {
    const names = namesOf(pair.key);
    if (!startsWith(path, names)) continue;
    return inside(pair.value, path.slice(names.length));
  }
  return undefined;
}

function inside(node: AST.TOMLContentNode, path: Path): AST.TOMLContentNode | undefined {
  const [first, ...rest] = path;
  if (first === undefined) return node;
  if (node.type === "TOMLInlineTable") return within(node.body, path);
  const element = node.type === "TOMLArray" && typeof first === "number" ? node.elements[first] : undefined;
  return element && inside(element, rest);
}

function bracketed(items: readonly AST.TOMLNode[], node: AST.TOMLNode): Group {
  const { start, end } = spanOf(node);
  return { style: "brackets", items: items.map(spanOf), open: start + 1, close: end - 1 };
}

function tablesNamed(top: AST.TOMLTopLevelTable, path: Path): Group | undefined {
  const tables = top.body.filter(
    (node): node is AST.TOMLTable =>
      node.type === "TOMLTable" && node.kind === "array" && isSame(node.resolvedKey.slice(0, -1), path),
  );
  const items = tables.map(spanOf);
  const last = items.at(-1);
  return last && { style: "lines", items, open: last.end };
}

/** What stands before the first header. A file that begins with one has no place for more without being rearranged. */
function rootOf({ body }: AST.TOMLTopLevelTable): Group | undefined {
  const pairs = body.filter((node) => node.type === "TOMLKeyValue").map(spanOf);
  if (pairs.length === 0 && body.length > 0) return undefined;
  return { style: "lines", items: pairs, open: 0 };
}

function headed(top: AST.TOMLTopLevelTable, path: Path): Group | undefined {
  const table = top.body.find(
    (node): node is AST.TOMLTable =>
      node.type === "TOMLTable" && node.kind === "standard" && isSame(node.resolvedKey, path),
  );
  return table && { style: "lines", items: table.body.map(spanOf), open: spanOf(table.key).end };
}

/** Written like the header of the tables that are there already. */
function tableBlock({ items }: Group, text: string, value: unknown): string {
  const [header = ""] = /^\[\[[^\n\]]+\]\]/.exec(text.slice(items[0]?.start)) ?? [];
  const lines = Object.entries(value as object).map(([name, inner]) => `${key(name)} = ${inline(inner)}`);
  return ["", header, ...lines].join("\n");
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([name, inner]) => `${key(name)} = ${inline(inner)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

function key(name: string): string {
  return /^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name);
}

function namesOf({ keys }: AST.TOMLKey): string[] {
  return keys.map((part) => (part.type === "TOMLBare" ? part.name : part.value));
}

function spanOf({ range }: AST.TOMLNode): Span {
  return { start: range[0], end: range[1] };
}

function startsWith(path: Path, start: Path): boolean {
  return start.length <= path.length && start.every((part, index) => part === path[index]);
}

function isSame(one: Path, other: Path): boolean {
  return one.length === other.length && startsWith(one, other);
}
