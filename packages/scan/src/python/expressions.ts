import type { Argument, Block, Call, Code, Entry, Expression, FunctionCode, Parameter, Scope } from "../code.ts";
import { bind, newScope } from "../scopes.ts";
import { children, type Node } from "../tree.ts";
import { literal, unescaped } from "./strings.ts";

/** Turns Python's expressions into ours, and takes down every call on the way. */
export function createExpressions(text: string, code: Code) {
  const source = (node: Node) => text.slice(node.from, node.to);

  function expression(node: Node, scope: Scope, block: Block): Expression {
    const at = node.from;
    const parts = children(node);
    const inner = (one: Node | undefined): Expression => (one ? expression(one, scope, block) : { type: "other", at });
    switch (node.name) {
      case "String": {
        const found = literal(source(node));
        return found ? { type: "text", text: found.text, at } : { type: "other", at };
      }
      case "ContinuedString":
        return { type: "joined", parts: parts.map(inner), at };
      case "FormatString":
        return formatted(node, scope, block);
      case "Number":
        return { type: "constant", value: Number(source(node)), at };
      case "Boolean":
        return { type: "constant", value: source(node) === "True", at };
      case "None":
        return { type: "constant", value: null, at };
      case "VariableName":
        return { type: "name", name: source(node), block, at };
      case "ParenthesizedExpression":
      case "AwaitExpression":
        return inner(parts.find(({ name }) => !["(", ")", "await", "Comment"].includes(name)));
      case "MemberExpression":
        return member(parts, scope, block, at);
      case "CallExpression": {
        const [callee, list] = parts;
        return took({ type: "call", callee: inner(callee), args: list ? args(list, scope, block) : [], at }, scope);
      }
      case "ArrayExpression":
      case "TupleExpression":
      case "SetExpression":
        return { type: "list", items: parts.filter(isOperand).map(inner), at };
      case "DictionaryExpression":
        return { type: "map", entries: entries(parts, inner), at };
      case "ConditionalExpression": {
        const [one, condition, other] = parts.filter(isOperand);
        inner(condition);
        return { type: "either", among: [inner(one), inner(other)], at };
      }
      case "BinaryExpression":
        return binary(parts, inner, at);
      case "NamedExpression": {
        const [target, value] = parts.filter(isOperand);
        const given = inner(value);
        if (target) bind(scope, source(target), { type: "value", value: given, at: node.to, block });
        return given;
      }
      case "LambdaExpression":
        return lambda(node, scope, block);
      case "ArrayComprehensionExpression":
      case "ComprehensionExpression":
      case "SetComprehensionExpression":
        return comprehension(node, scope);
      default:
        callsIn(node, scope, block);
        return { type: "other", at };
    }
  }

  function took(call: Call, scope: Scope): Call {
    code.calls.push({ call, scope });
    return call;
  }

  /** Calls within what is not followed itself. */
  function callsIn(node: Node, scope: Scope, block: Block): void {
    if (followed.has(node.name)) expression(node, scope, block);
    else for (const child of children(node)) callsIn(child, scope, block);
  }

  function member(parts: readonly Node[], scope: Scope, block: Block, at: number): Expression {
    const [of, mark, ...rest] = parts;
    const owner: Expression = of ? expression(of, scope, block) : { type: "other", at };
    const [first] = rest;
    if (mark?.name === "." && first) return { type: "member", of: owner, name: source(first), at };
    const keys = rest.filter(({ name }) => name !== "]");
    const [key] = keys;
    if (key && keys.length === 1 && key.name !== ":") {
      return { type: "index", of: owner, key: expression(key, scope, block), at };
    }
    for (const one of keys) callsIn(one, scope, block);
    return { type: "other", at };
  }

  function args(list: Node, scope: Scope, block: Block): Argument[] {
    const found: Argument[] = [];
    const parts = children(list);
    if (parts.some(({ name }) => name === "for")) {
      // f(x for x in y)
      return [{ value: comprehension(list, scope) }];
    }
    for (let index = 0; index < parts.length; index += 1) {
      const part = parts[index];
      if (!part) continue;
      const next = parts[index + 1];
      if (part.name === "*" || part.name === "**") {
        if (next)
          found.push({
            value: expression(next, scope, block),
            spread: true,
            ...(part.name === "**" ? { name: "**" } : {}),
          });
        index += 1;
      } else if (part.name === "VariableName" && next?.name === "AssignOp") {
        const value = parts[index + 2];
        if (value) found.push({ name: source(part), value: expression(value, scope, block) });
        index += 2;
      } else if (isOperand(part)) found.push({ value: expression(part, scope, block) });
    }
    return found;
  }

  function parameters(list: Node, scope: Scope, block: Block): Parameter[] {
    const found: Parameter[] = [];
    let keywordOnly = false;
    const parts = children(list);
    for (let index = 0; index < parts.length; index += 1) {
      const part = parts[index];
      if (part?.name === "*" && parts[index + 1]?.name !== "VariableName") keywordOnly = true;
      if (part?.name !== "VariableName") continue;
      const star = parts[index - 1]?.name;
      const rest = star === "*" || star === "**";
      let parameter: Parameter = {
        name: source(part),
        ...(keywordOnly ? { keywordOnly } : {}),
        ...(rest ? { rest } : {}),
      };
      if (star === "*") keywordOnly = true;
      for (let next = parts[index + 1]; next && next.name !== ","; next = parts[index + 1]) {
        index += 1;
        if (next.name === "TypeDef") {
          const type = children(next).find(({ name }) => name !== ":");
          if (type) parameter = { ...parameter, annotation: expression(type, scope, block) };
        } else if (next.name !== "AssignOp" && isOperand(next)) {
          parameter = { ...parameter, default: expression(next, scope, block) };
        }
      }
      found.push(parameter);
    }
    return found;
  }

  function formatted(node: Node, scope: Scope, block: Block): Expression {
    const at = node.from;
    const whole = literal(source(node));
    if (!whole) return { type: "other", at };
    const parts: Expression[] = [];
    let from = node.from + whole.start;
    const take = (to: number) => {
      if (to <= from) return;
      const written = unescaped(text.slice(from, to), whole.raw).replaceAll("{{", "{").replaceAll("}}", "}");
      parts.push({ type: "text", text: written, at: from });
    };
    for (const hole of children(node)) {
      if (hole.name !== "FormatReplacement") continue;
      take(hole.from);
      from = hole.to;
      const inside = children(hole);
      const value = inside.find(isOperand);
      const changes = inside.some(
        ({ name }) => name === "FormatConversion" || name === "FormatSpec" || name === "FormatSelfDoc",
      );
      const given: Expression = value ? expression(value, scope, block) : { type: "other", at: hole.from };
      parts.push(changes ? { type: "other", at: hole.from } : given);
    }
    take(node.from + whole.end);
    return { type: "joined", parts, at };
  }

  function lambda(node: Node, scope: Scope, block: Block): Expression {
    const found = children(node);
    const list = found.find(({ name }) => name === "ParamList");
    const body = found.at(-1);
    const inner = newScope("function", code, scope);
    const declared = list ? parameters(list, scope, block) : [];
    const made: FunctionCode = {
      name: "",
      parameters: declared,
      scope: inner,
      decorators: [],
      returns: [],
      at: node.from,
    };
    for (const parameter of declared)
      bind(inner, parameter.name, { type: "parameter", of: made, parameter, at: node.from, block: inner.block });
    if (body && body !== list) made.returns.push(expression(body, inner, inner.block));
    return { type: "function", code: made, at: node.from };
  }

  function comprehension(node: Node, scope: Scope): Expression {
    const inner = newScope("function", code, scope);
    const parts = children(node).filter(({ name }) => !["[", "]", "(", ")", "{", "}"].includes(name));
    const firstFor = parts.findIndex(({ name }) => name === "for" || name === "async");
    for (let index = firstFor; index >= 0 && index < parts.length; index += 1) {
      if (parts[index]?.name === "if" && parts[index + 1]) callsIn(parts[index + 1] as Node, inner, inner.block);
      if (parts[index]?.name !== "for") continue;
      const inAt = parts.findIndex(({ name }, at) => at > index && name === "in");
      const of = parts[inAt + 1];
      if (inAt < 0 || !of) break;
      comprehensionTargets(parts.slice(index + 1, inAt), expression(of, inner, inner.block), inner, inner.block);
    }
    const item: Expression = parts[0] ? expression(parts[0], inner, inner.block) : { type: "other", at: node.from };
    return { type: "each", item, scope: inner, at: node.from };
  }

  /** Binds the names of `for a, b in …` to the elements. */
  function comprehensionTargets(targets: readonly Node[], of: Expression, scope: Scope, block: Block): void {
    let names = targets.filter(({ name }) => name !== ",");
    const [only] = names;
    if (names.length === 1 && (only?.name === "TupleExpression" || only?.name === "ParenthesizedExpression")) {
      names = children(only).filter(isOperand);
    } else if (names.length === 1 && only?.name === "VariableName") {
      bind(scope, source(only), { type: "item", of, at: only.to, block });
      return;
    }
    names.forEach((one, part) => {
      if (one.name === "VariableName") bind(scope, source(one), { type: "item", of, part, at: one.to, block });
    });
  }

  function entries(parts: readonly Node[], inner: (node: Node | undefined) => Expression): Entry[] {
    const found: Entry[] = [];
    for (let index = 0; index < parts.length; index += 1) {
      if (parts[index]?.name === "**") {
        found.push({ value: inner(parts[index + 1]) });
        index += 1;
      } else if (parts[index + 1]?.name === ":") {
        found.push({ key: inner(parts[index]), value: inner(parts[index + 2]) });
        index += 2;
      }
    }
    return found;
  }

  function binary(parts: readonly Node[], inner: (node: Node | undefined) => Expression, at: number): Expression {
    const operator = parts.find(({ name }) =>
      ["or", "and", "ArithOp", "BitOp", "CompareOp", "in", "not", "is"].includes(name),
    );
    const operands = parts.filter((part) => part !== operator && isOperand(part)).map(inner);
    const [, last] = operands;
    if (operator?.name === "or") return { type: "either", among: operands, at };
    if (operator?.name === "and" && last) return last;
    if (operator?.name === "ArithOp" && source(operator) === "+") return { type: "joined", parts: operands, at };
    if (operator?.name === "ArithOp" && source(operator) === "/" && last) {
      // A folder of pathlib and a name in it.
      return {
        type: "call",
        callee: { type: "name", name: "/", block: {}, at },
        args: operands.map((value) => ({ value })),
        at,
      };
    }
    return { type: "other", at };
  }

  return { expression, args, parameters, comprehensionTargets, callsIn };
}

// What `expression` has a case for; everything else is looked through.
const followed = new Set(
  `String ContinuedString FormatString CallExpression MemberExpression ArrayExpression TupleExpression SetExpression
  DictionaryExpression ConditionalExpression BinaryExpression NamedExpression LambdaExpression
  ArrayComprehensionExpression ComprehensionExpression SetComprehensionExpression ParenthesizedExpression
  AwaitExpression`.split(/\s+/),
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
  "AssignOp",
  "if",
  "else",
  "or",
  "and",
  "Comment",
  "⚠",
  "await",
  "FormatConversion",
  "FormatSpec",
  "FormatSelfDoc",
]);

function isOperand({ name }: Node): boolean {
  return !marks.has(name);
}
