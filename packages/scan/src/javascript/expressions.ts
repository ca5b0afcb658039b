import type { Argument, Call, Code, Entry, Expression, FunctionCode, Scope } from "../code.ts";
import { bind } from "../scopes.ts";
import { children, type Node } from "../tree.ts";
import type { Around } from "./lower.ts";
import { moduleName } from "./modules.ts";
import type { PatternOptions } from "./patterns.ts";
import { unescaped, unquoted } from "./strings.ts";

/** What expressions need of statements: functions hold them. */
interface Needs {
  run(node: Node, around: Around): void;
  method(node: Node, around: Around, about: { name: string; isBound?: boolean }): FunctionCode;
  bindPattern(pattern: Node, value: Expression, options: PatternOptions): void;
}

/** Turns JavaScript's expressions into ours, and takes down every call on the way. */
export function createExpressions(text: string, code: Code, { method, bindPattern }: Needs) {
  const source = (node: Node) => text.slice(node.from, node.to);

  /** `name` is what a function is known by, when it is assigned. */
  function expression(node: Node, around: Around, name = ""): Expression {
    const at = node.from;
    const parts = children(node);
    const inner = (one: Node | undefined): Expression => (one ? expression(one, around) : { type: "other", at });
    switch (node.name) {
      case "String":
        return { type: "text", text: unquoted(source(node)), at };
      case "TemplateString":
        return template(node, around);
      case "Number":
        return { type: "constant", value: Number(source(node)), at };
      case "BooleanLiteral":
        return { type: "constant", value: source(node) === "true", at };
      case "null":
        return { type: "constant", value: null, at };
      case "this":
        return { type: "name", name: "this", block: around.block, at };
      case "VariableName":
        if (source(node) === "undefined") return { type: "constant", value: null, at };
        return { type: "name", name: source(node), block: around.block, at };
      case "ParenthesizedExpression":
      case "AwaitExpression":
        return inner(parts.find((one) => isOperand(one) && one.name !== "await"));
      // `x!`, `f<T>`
      case "PostfixExpression":
      case "InstantiationExpression":
        return inner(parts[0]);
      case "MemberExpression":
        return member(parts, around, at);
      case "DynamicImport":
        return importCall(parts.filter(isOperand).at(-1), around, at);
      case "CallExpression":
      case "NewExpression": {
        const callee = parts.find((one) => isOperand(one) && one.name !== "new");
        const list = parts.find((one) => one.name === "ArgList");
        return took({ type: "call", callee: inner(callee), args: list ? args(list, around) : [], at }, around.scope);
      }
      case "ArrayExpression":
        return { type: "list", items: parts.filter((one) => isOperand(one) && one.name !== "Spread").map(inner), at };
      case "ObjectExpression":
        return {
          type: "map",
          entries: parts.filter((one) => one.name === "Property").flatMap((one) => entry(one, around)),
          at,
        };
      case "ConditionalExpression": {
        const [condition, one, other] = parts.filter((part) => part.name !== "LogicOp");
        inner(condition);
        return { type: "either", among: [inner(one), inner(other)], at };
      }
      case "BinaryExpression":
        return binary(parts, inner, at);
      case "AssignmentExpression":
        return assignment(parts, around, at);
      case "ArrowFunction":
      case "FunctionExpression":
        return { type: "function", code: method(node, around, { name, isBound: false }), at };
      default:
        callsIn(node, around);
        return { type: "other", at };
    }
  }

  function took(call: Call, scope: Scope): Call {
    code.calls.push({ call, scope });
    return call;
  }

  /** Calls within what is not followed itself. */
  function callsIn(node: Node, around: Around): void {
    if (followed.has(node.name)) expression(node, around);
    else for (const child of children(node)) callsIn(child, around);
  }

  function member(parts: readonly Node[], around: Around, at: number): Expression {
    const [of, ...rest] = parts;
    const owner: Expression = of ? expression(of, around) : { type: "other", at };
    const property = rest.find((one) => one.name === "PropertyName" || one.name === "PrivatePropertyName");
    if (property) return { type: "member", of: owner, name: source(property), at };
    const key = rest.find((one) => isOperand(one) && one.name !== "?.");
    return key ? { type: "index", of: owner, key: expression(key, around), at } : { type: "other", at };
  }

  function importCall(specifier: Node | undefined, around: Around, at: number): Expression {
    if (!specifier) return { type: "other", at };
    const value: Expression =
      specifier.name === "String"
        ? { type: "text", text: moduleName(unquoted(source(specifier))), at: specifier.from }
        : expression(specifier, around);
    return { type: "call", callee: { type: "name", name: "import", block: around.block, at }, args: [{ value }], at };
  }

  function args(list: Node, around: Around): Argument[] {
    const parts = children(list).filter((one) => isOperand(one));
    return parts.flatMap((one, index): Argument[] => {
      if (one.name === "Spread") return [];
      const spread = parts[index - 1]?.name === "Spread";
      return [{ value: expression(one, around), ...(spread ? { spread } : {}) }];
    });
  }

  function entry(property: Node, around: Around): Entry[] {
    const parts = children(property);
    const [first] = parts;
    if (!first) return [];
    const at = first.from;
    if (first.name === "Spread") return parts[1] ? [{ value: expression(parts[1], around) }] : [];
    if (parts.some(({ name }) => name === "ParamList")) {
      const made = method(property, around, { name: source(first), isBound: false });
      return [{ key: { type: "text", text: source(first), at }, value: { type: "function", code: made, at } }];
    }
    const colon = parts.findIndex(({ name }) => name === ":");
    const value = colon < 0 ? undefined : parts[colon + 1];
    if (!value) {
      const name = source(first);
      return [{ key: { type: "text", text: name, at }, value: { type: "name", name, block: around.block, at } }];
    }
    const key = first.name === "[" ? parts[1] : first;
    if (!key) return [];
    const said: Expression =
      key.name === "PropertyDefinition" ? { type: "text", text: source(key), at } : expression(key, around);
    return [{ key: said, value: expression(value, around, key.name === "PropertyDefinition" ? source(key) : "") }];
  }

  function template(node: Node, around: Around): Expression {
    const parts: Expression[] = [];
    let from = node.from + 1;
    const take = (to: number) => {
      if (to > from) parts.push({ type: "text", text: unescaped(text.slice(from, to)), at: from });
    };
    for (const hole of children(node)) {
      if (hole.name !== "Interpolation") continue;
      take(hole.from);
      from = hole.to;
      const value = children(hole).find(({ name }) => !name.startsWith("Interpolation"));
      parts.push(value ? expression(value, around) : { type: "other", at: hole.from });
    }
    take(node.to - 1);
    return { type: "joined", parts, at: node.from };
  }

  function binary(parts: readonly Node[], inner: (node: Node | undefined) => Expression, at: number): Expression {
    const [left, operator, right] = parts;
    if (operator?.name === "as" || operator?.name === "satisfies") return inner(left);
    const operands = [inner(left), inner(right)];
    const sign = operator ? source(operator) : "";
    if (sign === "||" || sign === "??") return { type: "either", among: operands, at };
    if (sign === "+") return { type: "joined", parts: operands, at };
    return { type: "other", at };
  }

  function assignment(parts: readonly Node[], around: Around, at: number): Expression {
    const [target, operator, given] = parts;
    if (!target || !given) return { type: "other", at };
    const value = expression(given, around, target.name === "VariableName" ? source(target) : "");
    if (operator && !["=", "??=", "||="].includes(source(operator))) return { type: "other", at };
    if (target.name === "VariableName") {
      const owner = declaring(source(target), around.scope);
      // Another function assigns it, who knows when.
      const block = owner === around.scope ? around.block : { parent: owner.block };
      bind(owner, source(target), { type: "value", value, at: given.to, block });
    } else if (target.name === "MemberExpression") {
      const [of, , property] = children(target);
      const self = of?.name === "this" ? selfOf(around.scope) : undefined;
      if (!self || !property) return value;
      self.attributes.set(source(property), [
        ...(self.attributes.get(source(property)) ?? []),
        { value, scope: around.scope },
      ]);
    } else if (target.name.endsWith("Pattern")) bindPattern(target, value, { around, at: given.to });
    return value;
  }

  return { expression, callsIn };
}

function declaring(name: string, scope: Scope): Scope {
  for (let around: Scope | undefined = scope; around; around = around.parent) if (around.names.has(name)) return around;
  return scope;
}

/** The class whose `this` it is. */
function selfOf(scope: Scope): FunctionCode["of"] {
  for (let around: Scope | undefined = scope; around; around = around.parent) {
    const [found] = around.names.get("this") ?? [];
    if (found?.type === "parameter") return found.of.of;
  }
  return undefined;
}

// What `expression` has a case for; everything else is looked through.
const followed = new Set(
  `String TemplateString MemberExpression DynamicImport CallExpression NewExpression ArrayExpression ObjectExpression
  ConditionalExpression BinaryExpression AssignmentExpression ArrowFunction FunctionExpression ParenthesizedExpression
  AwaitExpression PostfixExpression InstantiationExpression`.split(/\s+/),
);

const marks = new Set([
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
  ",",
  ":",
  ".",
  ";",
  "⚠",
  "LineComment",
  "BlockComment",
  "ArgList",
  "TypeArgList",
  "new",
  "await",
  "async",
  "import",
]);

function isOperand({ name }: Node): boolean {
  return !marks.has(name);
}
