import type { Expression } from "../code.ts";
import { bind } from "../scopes.ts";
import { children, type Node } from "../tree.ts";
import type { Around } from "./lower.ts";
import { unquoted } from "./strings.ts";

export interface PatternOptions {
  readonly around: Around;
  /** Where the names begin to stand for it. */
  readonly at: number;
  /** The names stand for each element of the value. */
  readonly isItem?: boolean;
}

/** Binds the names of `a`, `{ a, b: c = 1 }` and `[a, b]`. */
export function createPatterns(text: string, expression: (node: Node, around: Around) => Expression) {
  const source = (node: Node) => text.slice(node.from, node.to);

  function bindPattern(pattern: Node, value: Expression, options: PatternOptions): void {
    const { around, at, isItem = false } = options;
    const { scope, block } = around;
    if (pattern.name === "VariableDefinition") {
      bind(
        scope,
        source(pattern),
        isItem ? { type: "item", of: value, at, block } : { type: "value", value, at, block },
      );
      return;
    }
    let whole = value;
    if (isItem) {
      // A name of its own for the element, which no program can have.
      const name = `#${pattern.from}`;
      bind(scope, name, { type: "item", of: value, at: pattern.from, block });
      whole = { type: "name", name, block, at: pattern.to };
    }
    if (pattern.name === "ArrayPattern") {
      const parts = children(pattern).filter(({ name }) => /(Definition|Pattern)$/.test(name));
      parts.forEach((part, index) => {
        const key: Expression = { type: "constant", value: index, at: part.from };
        bindPattern(part, { type: "index", of: whole, key, at: part.from }, { around, at });
      });
      return;
    }
    for (const property of children(pattern))
      if (property.name === "PatternProperty") bindProperty(property, whole, options);
  }

  function bindProperty(property: Node, of: Expression, { around, at }: PatternOptions): void {
    const parts = children(property);
    const [first] = parts;
    const target = parts.find(({ name }) => /^(VariableDefinition|ObjectPattern|ArrayPattern)$/.test(name));
    if (!first || !target || first.name === "Spread") return;
    const name = first.name === "String" ? unquoted(source(first)) : source(first);
    const member: Expression = { type: "member", of, name, at: first.from };
    const equals = parts.findIndex((part) => part.name === "Equals");
    const given = equals < 0 ? undefined : parts[equals + 1];
    const value: Expression = given
      ? { type: "either", among: [member, expression(given, around)], at: first.from }
      : member;
    bindPattern(target, value, { around, at });
  }

  return { bindPattern };
}
