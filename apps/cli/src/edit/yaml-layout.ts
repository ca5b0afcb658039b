import { type Document, isMap, isNode, isPair, isScalar, isSeq, type Pair, parseDocument, stringify } from "yaml";
import type { Group, Layout, Path, Span } from "./layout.ts";

/** YAML, and JSON with it, whose values are then written as JSON. Throws for what is neither. */
export function yamlLayout(text: string, { isJson }: { readonly isJson: boolean }): Layout {
  const document = parseDocument(text, { prettyErrors: false });
  const [error] = document.errors;
  if (error) throw error;
  return {
    value: document.toJS(),
    listAt: (path) =>
      groupOf(nodeAt(document, path), isSeq, text, path.length === 0 ? undefined : keyAt(document, path)),
    tableAt(path) {
      if (path.length === 0 && document.contents === null) return { style: "lines", items: [], open: text.length };
      return groupOf(nodeAt(document, path), isMap, text, undefined);
    },
    scalarAt(path) {
      const node = nodeAt(document, path);
      return isScalar(node) ? spanOf(node) : undefined;
    },
    item: (value, { style }) => written(style === "lines" ? [value] : value, style, isJson),
    entry: (name, value, { style }) => {
      if (isJson) return `${JSON.stringify(name)}: ${spaced(value)}`;
      if (style === "lines") return written({ [name]: value }, style, isJson);
      return `${name}: ${written(value, style, isJson)}`;
    },
  };
}

function written(value: unknown, style: Group["style"], isJson: boolean): string {
  if (isJson) return spaced(value);
  return stringify(value, {
    lineWidth: 0,
    ...(style === "lines" ? {} : { collectionStyle: "flow" as const }),
  }).trimEnd();
}

/** JSON on one line, readable. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}: ${spaced(inner)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

function nodeAt(document: Document, path: Path): unknown {
  return path.length === 0 ? document.contents : document.getIn(path, true);
}

/** The pair under whose key a value stands. */
function keyAt(document: Document, path: Path): Pair | undefined {
  const table = nodeAt(document, path.slice(0, -1));
  return isMap(table) ? table.items.find(({ key }) => isScalar(key) && key.value === path.at(-1)) : undefined;
}

function groupOf(
  node: unknown,
  isRight: (node: unknown) => boolean,
  text: string,
  pair: Pair | undefined,
): Group | undefined {
  if (!isRight(node) || !(isMap(node) || isSeq(node))) return undefined;
  const span = spanOf(node);
  const items = (node.items as unknown[]).flatMap((item) => itemSpan(item, text, isSeq(node) && !node.flow) ?? []);
  if (span === undefined || items.length < node.items.length) return undefined;
  if (node.flow) return { style: "brackets", items, open: span.start + 1, close: span.end - 1 };
  const colon = colonOf(pair, text);
  return {
    style: "lines",
    items,
    open: span.end,
    ...(colon === undefined ? {} : { whenEmpty: { at: colon + 1, text: " []" } }),
  };
}

function itemSpan(item: unknown, text: string, hasDash: boolean): Span | undefined {
  const start = isPair(item) ? spanOf(item.key)?.start : spanOf(item)?.start;
  const end = endOf(item);
  if (start === undefined || end === undefined) return undefined;
  if (!hasDash) return { start, end };
  // A tag or an anchor may stand between the dash and the value.
  const [before] = /-\s+(?:[&!]\S*\s+)*$/.exec(text.slice(0, start)) ?? [];
  return before === undefined ? undefined : { start: start - before.length, end };
}

/** Where the last word of a value ends: a block's own range takes in the comments that follow it. */
function endOf(node: unknown): number | undefined {
  if (isPair(node)) return endOf(node.value) ?? endOf(node.key);
  if ((isMap(node) || isSeq(node)) && !node.flow && node.items.length > 0) return endOf(node.items.at(-1));
  return spanOf(node)?.end;
}

function spanOf(node: unknown): Span | undefined {
  const range = isNode(node) ? node.range : undefined;
  return range ? { start: range[0], end: range[1] } : undefined;
}

function colonOf(pair: Pair | undefined, text: string): number | undefined {
  const end = spanOf(pair?.key)?.end;
  const found = end === undefined ? -1 : text.indexOf(":", end);
  return found === -1 ? undefined : found;
}
