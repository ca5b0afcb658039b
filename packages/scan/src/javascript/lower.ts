import type { Block, ClassCode, Code, Expression, FunctionCode, Scope } from "../code.ts";
import { bind, newCode, newScope } from "../scopes.ts";
import { children, lineFinder, type Node } from "../tree.ts";
import { createExpressions } from "./expressions.ts";
import { bindImports, pairsIn } from "./imports.ts";
import { moduleName } from "./modules.ts";
import { parseJavascript } from "./parse.ts";
import { createPatterns } from "./patterns.ts";
import { unquoted } from "./strings.ts";

/** Reads a JavaScript or TypeScript file. What cannot be parsed costs its statement, nothing more. */
export function readJavascript(text: string, path: string): Code {
  const code = newCode({ path, language: "javascript", lineAt: lineFinder(text) });
  const statements = createStatements(text, code);
  statements.run(parseJavascript(text, path), { scope: code.scope, block: code.scope.block });
  return code;
}

/** Where a statement stands. */
export interface Around {
  readonly scope: Scope;
  readonly block: Block;
  readonly function?: FunctionCode;
}

function createStatements(text: string, code: Code) {
  let choices = 0;
  const source = (node: Node) => text.slice(node.from, node.to);
  const { bindPattern } = createPatterns(text, (node, around) => expression(node, around));
  const expressions = createExpressions(text, code, { run, method, bindPattern });
  const { expression } = expressions;

  function run(node: Node, around: Around): void {
    for (const child of children(node)) statement(child, around);
  }

  function statement(node: Node, around: Around): void {
    switch (node.name) {
      case "ImportDeclaration":
        bindImports(node, text, around);
        return;
      case "ExportDeclaration":
        exporting(node, around);
        return;
      case "VariableDeclaration":
        declaring(node, around);
        return;
      case "FunctionDeclaration":
        method(node, around, { name: nameIn(node) });
        return;
      case "ClassDeclaration":
        classDefining(node, around);
        return;
      case "EnumDeclaration":
        enumerating(node, around);
        return;
      case "ReturnStatement": {
        const value = children(node).find(({ name }) => name !== "return" && name !== ";");
        if (value) around.function?.returns.push(expression(value, around));
        return;
      }
      case "IfStatement":
      case "SwitchStatement":
        branching(node, around);
        return;
      case "ForStatement":
        looping(node, around);
        return;
      case "Block":
      case "StatementGroup":
      case "SwitchBody":
        run(node, around);
        return;
      case "TryStatement":
      case "CatchClause":
      case "FinallyClause":
      case "WhileStatement":
      case "DoStatement":
      case "LabeledStatement":
        run(node, { ...around, block: { parent: around.block } });
        return;
      default:
        expressions.callsIn(node, around);
    }
  }

  function exporting(node: Node, around: Around): void {
    const { scope, block } = around;
    const found = children(node);
    const from = found.find(({ name }) => name === "String");
    const group = found.find(({ name }) => name === "ExportGroup");
    const at = node.to;
    if (from) {
      const module = moduleName(unquoted(source(from)));
      if (found.some(({ name }) => name === "Star")) scope.stars.push(module);
      for (const [name, local] of group ? pairsIn(group, text) : [])
        bind(scope, local, { type: "import", module, name, at, block });
      return;
    }
    for (const [name, local] of group ? pairsIn(group, text) : []) {
      if (name !== local) bind(scope, local, { type: "value", value: { type: "name", name, block, at }, at, block });
    }
    const isDefault = found.some(({ name }) => name === "default");
    for (const one of found) {
      if (one.name.endsWith("Declaration")) {
        statement(one, around);
        if (isDefault)
          bind(scope, "default", { type: "value", value: { type: "name", name: nameIn(one), block, at }, at, block });
      } else if (isDefault && !["export", "default", ";"].includes(one.name)) {
        bind(scope, "default", { type: "value", value: expression(one, around), at, block });
      }
    }
  }

  function declaring(node: Node, around: Around): void {
    const found = children(node);
    found.forEach((one, index) => {
      if (!["VariableDefinition", "ObjectPattern", "ArrayPattern"].includes(one.name)) return;
      const equals = found.slice(index + 1).find(({ name }) => name === "Equals" || name === ",");
      const given = equals?.name === "Equals" ? found[found.indexOf(equals) + 1] : undefined;
      if (!given) return;
      const value = expression(given, around, one.name === "VariableDefinition" ? source(one) : "");
      bindPattern(one, value, { around, at: given.to });
    });
  }

  function nameIn(node: Node): string {
    const name = children(node).find((one) => one.name === "VariableDefinition");
    return name ? source(name) : "";
  }

  interface Method {
    readonly name: string;
    readonly of?: ClassCode;
    readonly isStatic?: boolean;
    /** False for an expression, which is known by what it is assigned to. */
    readonly isBound?: boolean;
  }

  /** A function of any kind: its parameters and its body. */
  function method(
    node: Node,
    { scope, block }: Around,
    { name, of, isStatic = false, isBound = true }: Method,
  ): FunctionCode {
    const found = children(node);
    const inner = newScope("function", code, scope);
    const list = found.find((one) => one.name === "ParamList");
    const body = found.at(-1);
    const parameters: FunctionCode["parameters"][number][] = [];
    const made: FunctionCode = {
      name,
      parameters,
      scope: inner,
      decorators: [],
      returns: [],
      at: node.from,
      ...(of ? { of } : {}),
    };
    inner.function = made;
    const around = { scope: inner, block: inner.block, function: made };
    if (of) {
      const self = { name: "this", self: isStatic ? ("class" as const) : ("instance" as const) };
      bind(inner, "this", { type: "parameter", of: made, parameter: self, at: node.from, block: inner.block });
    }
    // `x => …` has its parameter without a list.
    const patterns = list
      ? children(list)
      : found.slice(
          0,
          found.findIndex((one) => one.name === "Arrow"),
        );
    patterns.forEach((one, index) => {
      if (!["VariableDefinition", "ObjectPattern", "ArrayPattern"].includes(one.name)) return;
      const next = patterns.slice(index + 1).find((other) => other.name === "Equals" || other.name === ",");
      const given = next?.name === "Equals" ? patterns[patterns.indexOf(next) + 1] : undefined;
      const isName = one.name === "VariableDefinition";
      const parameter = {
        name: isName ? source(one) : `#${parameters.length}`,
        ...(given ? { default: expression(given, { scope, block }) } : {}),
        ...(patterns[index - 1]?.name === "Spread" ? { rest: true } : {}),
      };
      parameters.push(parameter);
      bind(inner, parameter.name, { type: "parameter", of: made, parameter, at: node.from, block: inner.block });
      if (isName) return;
      const value: Expression = { type: "name", name: parameter.name, block: inner.block, at: one.from };
      bindPattern(one, value, { around, at: one.to });
    });
    if (isBound && !of && name !== "") bind(scope, name, { type: "function", code: made, at: node.from, block });
    if (body?.name === "Block") run(body, around);
    else if (body && body !== list) made.returns.push(expression(body, around));
    return made;
  }

  function classDefining(node: Node, around: Around): void {
    const { scope, block } = around;
    const found = children(node);
    const inner = newScope("class", code, scope);
    const extendsAt = found.findIndex(({ name }) => name === "extends");
    const base = extendsAt < 0 ? undefined : found[extendsAt + 1];
    const bases = base && base.name !== "ClassBody" ? [expression(base, around)] : [];
    const made: ClassCode = { name: nameIn(node), bases, scope: inner, attributes: new Map(), at: node.from };
    bind(scope, made.name, { type: "class", code: made, at: node.from, block });
    const body = found.find(({ name }) => name === "ClassBody");
    for (const member of body ? children(body) : []) classMember(member, made);
  }

  function classMember(node: Node, of: ClassCode): void {
    const found = children(node);
    const nameNode = found.find(({ name }) => name === "PropertyDefinition" || name === "PrivatePropertyDefinition");
    const name = nameNode ? source(nameNode) : "";
    const isStatic = found.some((one) => one.name === "static");
    const { scope } = of;
    if (node.name === "MethodDeclaration") {
      const made = method(
        node,
        { scope, block: scope.block },
        { name: name === "constructor" ? "__init__" : name, of, isStatic },
      );
      bind(scope, made.name, { type: "function", code: made, at: node.from, block: scope.block });
      return;
    }
    const equals = found.findIndex((one) => one.name === "Equals");
    const given = equals < 0 ? undefined : found[equals + 1];
    if (node.name !== "PropertyDeclaration" || !given) return;
    // What a field says may use `this`.
    const inner = newScope("function", code, scope);
    const self = { name: "this", self: isStatic ? ("class" as const) : ("instance" as const) };
    const initializer: FunctionCode = {
      name: "",
      parameters: [],
      scope: inner,
      decorators: [],
      returns: [],
      of,
      at: node.from,
    };
    bind(inner, "this", { type: "parameter", of: initializer, parameter: self, at: node.from, block: inner.block });
    const value = expression(given, { scope: inner, block: inner.block }, name);
    of.attributes.set(name, [...(of.attributes.get(name) ?? []), { value, scope: inner }]);
  }

  function enumerating(node: Node, around: Around): void {
    const found = children(node);
    const name = found.find((one) => one.name === "TypeDefinition");
    const body = found.find((one) => one.name === "EnumBody");
    if (!name || !body) return;
    const members = children(body);
    const entries = members.flatMap((one, index) => {
      const value = members[index + 2];
      if (one.name !== "PropertyName" || members[index + 1]?.name !== "Equals" || !value) return [];
      return [{ key: { type: "text" as const, text: source(one), at: one.from }, value: expression(value, around) }];
    });
    bind(around.scope, source(name), {
      type: "value",
      value: { type: "map", entries, at: node.from },
      at: node.to,
      block: around.block,
    });
  }

  function branching(node: Node, around: Around): void {
    choices += 1;
    const choice = node.name === "IfStatement" ? choices : undefined;
    for (const child of children(node)) {
      if (child.name === "ParenthesizedExpression") expressions.callsIn(child, around);
      else
        statement(child, { ...around, block: { parent: around.block, ...(choice === undefined ? {} : { choice }) } });
    }
  }

  function looping(node: Node, around: Around): void {
    const inner = { ...around, block: { parent: around.block } };
    for (const child of children(node)) {
      if (child.name === "ForOfSpec") {
        const parts = children(child);
        const ofAt = parts.findIndex(({ name }) => name === "of");
        const target = parts
          .slice(0, ofAt)
          .find(({ name }) => ["VariableDefinition", "ArrayPattern", "ObjectPattern"].includes(name));
        const over = parts[ofAt + 1];
        if (target && over)
          bindPattern(target, expression(over, around), { around: inner, at: child.to, isItem: true });
      } else if (child.name === "ForSpec") {
        run(child, inner);
      } else if (child.name !== "for") statement(child, inner);
    }
  }

  return { run, method };
}
