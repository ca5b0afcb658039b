import { basename } from "node:path";
import { parse as parseToml, TomlError } from "smol-toml";
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import type { Config } from "./config.ts";
import { normalizeConfig, type PositionOf } from "./config-normalize.ts";
import { PreloadError } from "./errors.ts";

/** Reads a config from its text. Undefined when the file is somebody else's and says nothing about preload. */
export function parseConfig(text: string, path: string, schemes: readonly string[]): Config | undefined {
  const name = basename(path);
  if (name.endsWith(".toml")) {
    const document = toml(text, path) as { tool?: { preload?: unknown } };
    const written = name === "pyproject.toml" ? document.tool?.preload : document;
    return written === undefined ? undefined : normalizeConfig(written, path, schemes, () => "");
  }
  // JSON is YAML, and YAML's reader knows where everything stands.
  const { value, positionOf } = yaml(text, path);
  if (name !== "package.json") return normalizeConfig(value, path, schemes, positionOf);
  const written = (value as { preload?: unknown } | null)?.preload;
  if (written === undefined) return undefined;
  return normalizeConfig(written, path, schemes, (place, what) => positionOf(["preload", ...place], what));
}

function yaml(text: string, path: string): { value: unknown; positionOf: PositionOf } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new PreloadError("BAD_CONFIG", `${path}:${line}:${col}: ${error.message}`);
  }
  const positionOf: PositionOf = (place, what = "value") => {
    for (let depth = place.length; depth >= 0; depth -= 1) {
      const isKey = what === "key" && depth === place.length;
      const node = isKey
        ? keyNode(document, place)
        : depth === 0
          ? document.contents
          : document.getIn(place.slice(0, depth), true);
      const start = isNode(node) ? node.range?.[0] : undefined;
      if (start === undefined) continue;
      const { line, col } = lines.linePos(start);
      return `:${line}:${col}`;
    }
    return "";
  };
  return { value: read(document, path), positionOf };
}

function read(document: Document, path: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // An alias of nothing, or so many of each other that what they stand for has no end.
    if (!(error instanceof ReferenceError)) throw error;
    throw new PreloadError("BAD_CONFIG", `${path}: ${error.message}`);
  }
}

function keyNode(document: Document, place: readonly PropertyKey[]): unknown {
  const map = place.length === 1 ? document.contents : document.getIn(place.slice(0, -1), true);
  if (!isMap(map)) return undefined;
  return map.items.find(({ key }) => isScalar(key) && key.value === place.at(-1))?.key;
}

function toml(text: string, path: string): unknown {
  try {
    return parseToml(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [what] = error.message.split("\n");
    throw new PreloadError("BAD_CONFIG", `${path}:${error.line}:${error.column}: ${what}`);
  }
}
