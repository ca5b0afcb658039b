import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, type Pair, parseAllDocuments } from "yaml";
import type { Written } from "./written.ts";

/** Every text of a YAML or JSON file, with its keys. What cannot be parsed gives as much as can be read. */
export function textsInYaml(text: string): Written[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, logLevel: "silent" });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap(({ contents }) => walk(contents as Node | null, []));

  function walk(node: Node | Pair | null | unknown, keys: readonly string[]): Written[] {
    if (isMap(node)) return node.items.flatMap((pair) => walk(pair, keys));
    if (isSeq(node)) return node.items.flatMap((item) => walk(item, keys));
    if (isPair(node)) {
      const { key, value } = node;
      return walk(value, [...keys, isScalar(key) ? String(key.value) : ""]);
    }
    if (!isScalar(node) || typeof node.value !== "string") return [];
    return written(node.value, keys, lines.linePos(node.range?.[0] ?? 0).line);
  }
}

/** `- NAME=value`, as compose files have it, is a key of its own. */
function written(value: string, keys: readonly string[], line: number): Written[] {
  const [, name, said] = /^([A-Z][A-Z0-9_]*)=(\S+)$/.exec(value) ?? [];
  return [
    name !== undefined && said !== undefined ? { keys: [...keys, name], value: said, line } : { keys, value, line },
  ];
}
