import type { Block, Call, ClassCode, Code, Expression, FunctionCode, Parameter, Scope } from "../code.ts";
import { bind, newCode, newScope } from "../scopes.ts";
import { children, lineFinder, type Node } from "../tree.ts";
import { createExpressions } from "./expressions.ts";
import { bindImports } from "./imports.ts";
import { parsePython } from "./parse.ts";

export interface ReadOptions {
  readonly path: string;
  /** @default the lines of the text */
  readonly lineAt?: Code["lineAt"];
}

/** Reads a Python file. Text that is no Python costs what is in its statement, nothing more. */
export function readPython(text: string, { path, lineAt = lineFinder(text) }: ReadOptions): Code {
  const code = newCode({ path, language: "python", lineAt });
  const { scope } = code;
  const statements = createStatements(text, code);
  statements.run(parsePython(text), scope, scope.block, {});
  return code;
}

/** What surrounds a statement. */
interface Around {
  readonly function?: FunctionCode;
  readonly class?: ClassCode;
}

function createStatements(text: string, code: Code) {
  let choices = 0;
  const { expression, parameters, comprehensionTargets, callsIn } = createExpressions(text, code);
  const source = (node: Node) => text.slice(node.from, node.to);

  function run(node: Node, scope: Scope, block: Block, around: Around): void {
    for (const child of children(node)) statement(child, scope, block, around);
  }

  function statement(node: Node, scope: Scope, block: Block, around: Around, decorators: Expression[] = []): void {
    switch (node.name) {
      case "ImportStatement":
        bindImports(node, text, scope, block);
        return;
      case "AssignStatement":
      case "UpdateStatement":
        assigning(node, scope, block, around);
        return;
      case "FunctionDefinition":
        defining(node, scope, block, around, decorators);
        return;
      case "ClassDefinition":
        classDefining(node, scope, block);
        return;
      case "DecoratedStatement": {
        const found = children(node);
        const made = found.filter(({ name }) => name === "Decorator").map((one) => decorator(one, scope, block));
        const last = found.at(-1);
        if (last) statement(last, scope, block, around, made);
        return;
      }
      case "IfStatement":
      case "TryStatement":
      case "MatchStatement":
        branching(node, scope, block, around);
        return;
      case "ForStatement":
      case "WhileStatement":
        looping(node, scope, block, around);
        return;
      case "WithStatement":
        opening(node, scope, block, around);
        return;
      case "ReturnStatement": {
        const [, value] = children(node);
        if (!value) return;
        const returned = several(children(node).slice(1), scope, block);
        around.function?.returns.push(returned);
        return;
      }
      case "Body":
      case "StatementGroup":
      case "MatchBody":
        run(node, scope, block, around);
        return;
      default:
        callsIn(node, scope, block);
    }
  }

  /** `a` or `a, b` */
  function several(nodes: Node[], scope: Scope, block: Block): Expression {
    const items = nodes.filter(({ name }) => name !== ",").map((one) => expression(one, scope, block));
    const [first] = items;
    if (items.length === 1 && first) return first;
    return { type: "list", items, at: nodes[0]?.from ?? 0 };
  }

  function assigning(node: Node, scope: Scope, block: Block, around: Around): void {
    // Targets and values, separated by operators: a, b = c = value
    const groups: Node[][] = [[]];
    let annotation: Expression | undefined;
    for (const child of children(node)) {
      if (child.name === "AssignOp" || child.name === "UpdateOp") groups.push([]);
      else if (child.name === "TypeDef") annotation = typeIn(child, scope, block);
      else groups.at(-1)?.push(child);
    }
    const at = node.to;
    if (groups.length === 1) {
      const [target] = groups[0] ?? [];
      // `name: Type`, as dataclasses have it.
      if (target?.name === "VariableName" && annotation)
        bind(scope, source(target), { type: "value", value: { type: "other", at: node.from }, annotation, at, block });
      return;
    }
    const values = groups.pop() ?? [];
    let value = several(values, scope, block);
    if (node.name === "UpdateStatement") {
      const [target] = groups[0] ?? [];
      const isSum = children(node).some((one) => one.name === "UpdateOp" && source(one) === "+=");
      value =
        target && isSum
          ? { type: "joined", parts: [expression(target, scope, block), value], at: node.from }
          : { type: "other", at: node.from };
    }
    for (const group of groups) assign(group, value, { scope, block, around, at, annotation });
  }

  interface Assignment {
    readonly scope: Scope;
    readonly block: Block;
    readonly around: Around;
    readonly at: number;
    readonly annotation?: Expression | undefined;
  }

  function assign(group: readonly Node[], value: Expression, assignment: Assignment): void {
    const { scope, block, around, at, annotation } = assignment;
    const targets = group.filter(({ name }) => name !== ",");
    const [target] = targets;
    if (!target) return;
    if (targets.length > 1) {
      targets.forEach((one, part) => {
        const of: Expression = { type: "constant", value: part, at: one.from };
        assign([one], { type: "index", of: value, key: of, at: value.at }, { scope, block, around, at });
      });
      return;
    }
    if (target.name === "TupleExpression" || target.name === "ArrayExpression") {
      const inner = children(target).filter(({ name }) => !["(", ")", "[", "]"].includes(name));
      assign(inner, value, { scope, block, around, at });
      return;
    }
    if (target.name === "VariableName") {
      bind(scope, source(target), { type: "value", value, at, block, ...(annotation ? { annotation } : {}) });
      return;
    }
    const [of, , property] = children(target);
    if (target.name !== "MemberExpression" || !of || property?.name !== "PropertyName") {
      callsIn(target, scope, block);
      return;
    }
    const self = around.function?.parameters[0]?.name;
    const owner = around.function?.of;
    if (!owner || source(of) !== self) return;
    const known = owner.attributes.get(source(property)) ?? [];
    owner.attributes.set(source(property), [...known, { value, scope }]);
  }

  function typeIn(node: Node, scope: Scope, block: Block): Expression | undefined {
    const type = children(node).find(({ name }) => name !== ":");
    return type && expression(type, scope, block);
  }

  function defining(node: Node, scope: Scope, block: Block, around: Around, decorators: Expression[]): void {
    const found = children(node);
    const name = found.find((one) => one.name === "VariableName");
    const list = found.find((one) => one.name === "ParamList");
    const type = found.find((one) => one.name === "TypeDef");
    const body = found.find((one) => one.name === "Body");
    const inner = newScope("function", code, scope);
    const owner = scope.kind === "class" ? around.class : undefined;
    const declared: Parameter[] = list ? parameters(list, scope, block) : [];
    const annotation = type && typeIn(type, scope, block);
    const made: FunctionCode = {
      name: name ? source(name) : "",
      parameters: declared,
      scope: inner,
      decorators,
      returns: [],
      at: node.from,
      ...(annotation ? { annotation } : {}),
      ...(owner ? { of: owner } : {}),
    };
    inner.function = made;
    for (const parameter of declared)
      bind(inner, parameter.name, { type: "parameter", of: made, parameter, at: node.from, block: inner.block });
    bind(scope, made.name, { type: "function", code: made, at: node.from, block });
    if (body) run(body, inner, inner.block, { function: made });
  }

  function classDefining(node: Node, scope: Scope, block: Block): void {
    const found = children(node);
    const name = found.find((one) => one.name === "VariableName");
    const list = found.find((one) => one.name === "ArgList");
    const body = found.find((one) => one.name === "Body");
    const inner = newScope("class", code, scope);
    const bases = list
      ? children(list)
          .filter((one) => one.name === "VariableName" || one.name === "MemberExpression")
          .map((one) => expression(one, scope, block))
      : [];
    const made: ClassCode = {
      name: name ? source(name) : "",
      bases,
      scope: inner,
      attributes: new Map(),
      at: node.from,
    };
    bind(scope, made.name, { type: "class", code: made, at: node.from, block });
    if (body) run(body, inner, inner.block, { class: made });
  }

  function decorator(node: Node, scope: Scope, block: Block): Expression {
    const [, ...rest] = children(node);
    const list = rest.find(({ name }) => name === "ArgList");
    const [first, ...members] = rest.filter(({ name }) => name === "VariableName");
    let callee: Expression = first ? expression(first, scope, block) : { type: "other", at: node.from };
    for (const member of members) callee = { type: "member", of: callee, name: source(member), at: member.from };
    // Lezer gives the parts of a dotted name as names of their own.
    for (const member of rest.filter(({ name }) => name === "PropertyName"))
      callee = { type: "member", of: callee, name: source(member), at: member.from };
    if (!list) return callee;
    const call = callOf(callee, list, scope, block);
    code.calls.push({ call, scope });
    return call;
  }

  function callOf(callee: Expression, list: Node, scope: Scope, block: Block): Call {
    const args = createExpressions(text, code).args(list, scope, block);
    return { type: "call", callee, args, at: list.from };
  }

  function branching(node: Node, scope: Scope, block: Block, around: Around): void {
    choices += 1;
    const isTry = node.name === "TryStatement";
    const choice = isTry ? undefined : choices;
    for (const child of children(node)) {
      if (child.name === "MatchBody") {
        for (const clause of children(child)) {
          for (const part of children(clause))
            if (part.name === "Body")
              run(part, scope, { parent: block, ...(choice === undefined ? {} : { choice }) }, around);
        }
      } else if (child.name === "Body") {
        run(child, scope, { parent: block, ...(choice === undefined ? {} : { choice }) }, around);
      } else callsIn(child, scope, block);
    }
  }

  function looping(node: Node, scope: Scope, block: Block, around: Around): void {
    const found = children(node);
    const inner: Block = { parent: block };
    if (node.name === "ForStatement") {
      const inAt = found.findIndex(({ name }) => name === "in");
      const forAt = found.findIndex(({ name }) => name === "for");
      const bodyAt = found.findIndex(({ name }) => name === "Body");
      const of = several(found.slice(inAt + 1, bodyAt), scope, block);
      comprehensionTargets(found.slice(forAt + 1, inAt), of, scope, inner);
    } else for (const child of found) if (child.name !== "Body") callsIn(child, scope, block);
    for (const child of found) if (child.name === "Body") run(child, scope, inner, around);
  }

  function opening(node: Node, scope: Scope, block: Block, around: Around): void {
    const found = children(node);
    found.forEach((child, index) => {
      if (child.name === "Body") {
        run(child, scope, block, around);
        return;
      }
      if (child.name === "as") {
        const opened = found[index - 1];
        const target = found[index + 1];
        // A context manager gives back itself, or close to it.
        if (opened && target)
          assign([target], expression(opened, scope, block), { scope, block, around, at: target.to });
        return;
      }
      if (found[index + 1]?.name !== "as" && found[index - 1]?.name !== "as") callsIn(child, scope, block);
    });
  }

  return { run };
}
