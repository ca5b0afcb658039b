import { parser } from "@lezer/javascript";
import type { Node } from "../tree.ts";

/** The syntax tree of a JavaScript or TypeScript file, by its name. */
export function parseJavascript(text: string, path: string): Node {
  const dialect = /\.[cm]?ts$/.test(path) ? "ts" : path.endsWith(".tsx") ? "ts jsx" : "jsx";
  return parser.configure({ dialect }).parse(text).topNode;
}
