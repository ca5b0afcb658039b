import { parser } from "@lezer/python";
import type { Node } from "../tree.ts";

/** The syntax tree of a Python file. What is not Python becomes an error node; the rest is still read. */
export function parsePython(text: string): Node {
  return parser.parse(text).topNode;
}
