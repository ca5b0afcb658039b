import { callValues } from "./calls.ts";
import type { Binding, Code, Expression, FunctionCode, Scope } from "./code.ts";
import { optionValues } from "./library.ts";
import { elements, indexValues, memberValues } from "./members.ts";
import { parameterValues } from "./parameters.ts";
import type { Project } from "./project.ts";
import { reaching } from "./scopes.ts";
import { type Context, distinct, type Made, type Text, top, unclear, type Value } from "./value.ts";

/** Finds out what expressions may come to. */
export interface Evaluator {
  readonly project: Project;
  values(expression: Expression, scope: Scope, context?: Context): Value[];
  /** What a name of this scope, or of one around it, stands for. */
  lookUp(name: string, scope: Scope, use?: Use, context?: Context): Value[];
  /** The calls of each function, as far as somebody asked for them. */
  readonly callers: Map<FunctionCode, Made[]>;
  /** Those whose callers are being looked for. */
  readonly asking: Set<FunctionCode>;
  /** Says that something was left out because it leads back to itself. */
  cut(): void;
  /** Gives the next question its full share of work. */
  begin(): void;
}

interface Use {
  readonly at: number;
  readonly block: Binding["block"];
}

// Longer chains than these are no longer names of models, and longer searches not worth their time.
const deepest = 48;
const mostSteps = 4_000;

export function createEvaluator(project: Project): Evaluator {
  const open = new Set<unknown>();
  const known = new Map<Expression, Value[]>();
  let steps = 0;
  // How often something was left out because it leads back to itself: what was found meanwhile is not the whole.
  let cuts = 0;

  const evaluator: Evaluator = {
    project,
    callers: new Map(),
    asking: new Set(),
    cut: () => (cuts += 1),
    begin: () => (steps = 0),
    values(expression, scope, context = top) {
      const isPlain = context.frames.size === 0;
      const before = isPlain ? known.get(expression) : undefined;
      if (before) return before;
      return once(expression, () => {
        const from = cuts;
        const found = distinct(valuesOf(evaluator, expression, scope, context));
        if (isPlain && cuts === from) known.set(expression, found);
        return found;
      });
    },
    lookUp: (name, scope, use, context = top) =>
      use
        ? lookUp(evaluator, name, scope, use, context)
        : once(keyOf(scope, name), () => lookUp(evaluator, name, scope, use, context)),
  };
  return evaluator;

  function once(key: unknown, find: () => Value[]): Value[] {
    steps += 1;
    if (open.has(key) || open.size > deepest || steps > mostSteps) {
      cuts += 1;
      return [];
    }
    open.add(key);
    try {
      return find();
    } finally {
      open.delete(key);
    }
  }

  /** The bindings of a name are an object of their own, where there are any. */
  function keyOf(scope: Scope, name: string): unknown {
    return scope.names.get(name) ?? `${scope.code.path} ${name}`;
  }
}

function valuesOf(evaluator: Evaluator, expression: Expression, scope: Scope, context: Context): Value[] {
  const values = (one: Expression) => evaluator.values(one, scope, context);
  switch (expression.type) {
    case "text":
      return [{ type: "text", text: expression.text, code: scope.code, at: expression.at }];
    case "constant":
      return [{ type: "constant", value: expression.value }];
    case "joined":
      return joined(expression.parts.map(values), expression, scope);
    case "name":
      return evaluator.lookUp(expression.name, scope, expression, context);
    case "either":
      return expression.among.flatMap(values);
    case "list":
      return [{ type: "list", items: expression.items, scope, context }];
    case "map":
      return [{ type: "map", entries: expression.entries, scope, context }];
    case "each":
      return [{ type: "list", items: [expression.item], scope: expression.scope, context }];
    case "function":
      return [{ type: "function", code: expression.code }];
    case "member":
      return memberOf(evaluator, expression, values(expression.of), scope.code, context);
    case "index":
      return indexValues(evaluator, values(expression.of), values(expression.key));
    case "call":
      return callValues(evaluator, { call: expression, scope, context });
    case "other":
      return [unclear("it is computed")];
  }
}

function memberOf(
  evaluator: Evaluator,
  { of, name }: Extract<Expression, { type: "member" }>,
  owners: readonly Value[],
  code: Code,
  context: Context,
): Value[] {
  const isParsed = owners.some(
    (owner) => owner.type === "outside" && /\.parse_(known_)?args\(\)(\[\])?$/.test(owner.name),
  );
  const isUnknown = owners.every(
    (owner) => owner.type === "unclear" || (owner.type === "outside" && owner.name === "args"),
  );
  if (isParsed || (isUnknown && of.type === "name" && /^(args|opts?|options|flags|FLAGS|arguments)$/.test(of.name))) {
    const declared = optionValues(evaluator, code, name);
    if (declared.length > 0) return declared;
  }
  return owners.flatMap((owner) => memberValues(evaluator, owner, name, context));
}

/** Every combination of what the parts may be. */
function joined(parts: readonly Value[][], { at }: Expression, scope: Scope): Value[] {
  let found: Value[] = [{ type: "text", text: "", code: scope.code, at }];
  for (const part of parts) {
    found = distinct(found.flatMap((before) => part.map((value) => appended(before, value))));
  }
  return found;
}

function appended(before: Value, value: Value): Value {
  if (before.type === "unclear" || before.type === "folder") return before;
  if (value.type === "folder" || value.type === "unclear") return value;
  const isNumber = value.type === "constant" && value.value !== null;
  const written = value.type === "text" ? value.text : isNumber ? String(value.value) : undefined;
  if (before.type !== "text" || written === undefined) return unclear("a part of it is computed");
  return { ...before, text: before.text + written } satisfies Text;
}

function lookUp(evaluator: Evaluator, name: string, scope: Scope, use: Use | undefined, context: Context): Value[] {
  let user = use;
  for (let around: Scope | undefined = scope; around; around = around.parent) {
    // A method does not see the names of its class.
    if (around.kind === "class" && around !== scope) continue;
    const bindings = around.names.get(name);
    if (bindings) {
      const where = user ?? { at: Number.POSITIVE_INFINITY, block: around.block };
      return reaching(bindings, where).flatMap((one) => bound(evaluator, one, around, context));
    }
    // From here on the use is in a function that runs later.
    if (around.kind === "function") user = undefined;
  }
  const { code } = scope;
  const starred = code.scope.stars
    .concat(scope.stars)
    .flatMap((module) => imported(evaluator, module, name, scope, context));
  if (starred.length > 0) return starred;
  return [{ type: "outside", name }];
}

function bound(evaluator: Evaluator, binding: Binding, scope: Scope, context: Context): Value[] {
  switch (binding.type) {
    case "value": {
      const values = evaluator.values(binding.value, scope, context);
      if (binding.annotation === undefined || values.some(({ type }) => type !== "unclear")) return values;
      return [...instancesOf(evaluator, binding.annotation, scope, context), ...values];
    }
    case "item": {
      const items = elements(evaluator, evaluator.values(binding.of, scope, context));
      if (binding.part === undefined) return items;
      return indexValues(evaluator, items, [{ type: "constant", value: binding.part }]);
    }
    case "import": {
      if (binding.name === undefined) {
        const code = evaluator.project.fileOf(binding.module, scope.code);
        return [code ? { type: "module", code } : { type: "outside", name: binding.module }];
      }
      const found = imported(evaluator, binding.module, binding.name, scope, context);
      return found.length > 0 ? found : [{ type: "outside", name: dotted(binding.module, binding.name) }];
    }
    case "parameter":
      return parameterValues(evaluator, binding, context);
    case "function":
      return [{ type: "function", code: binding.code }];
    case "class":
      return [{ type: "class", code: binding.code }];
  }
}

/** An instance of each class of ours that an annotation names. */
export function instancesOf(evaluator: Evaluator, annotation: Expression, scope: Scope, context: Context): Value[] {
  return evaluator
    .values(annotation, scope, context)
    .flatMap((value): Value[] => (value.type === "class" ? [{ type: "instance", of: value.code }] : []));
}

/** What a name of another file of ours is; empty if it is none of ours. */
function imported(evaluator: Evaluator, module: string, name: string, { code }: Scope, context: Context): Value[] {
  const file = evaluator.project.fileOf(module, code);
  if (file && file !== code) {
    if (file.scope.names.has(name) || file.scope.stars.length > 0) {
      const found = evaluator.lookUp(name, file.scope, undefined, context);
      if (found.length > 0) return found;
    }
  }
  const inner = evaluator.project.fileOf(module.endsWith(".") ? `${module}${name}` : `${module}.${name}`, code);
  if (inner) return [{ type: "module", code: inner }];
  // Of an own file that does not say what the name is, nothing is known.
  if (file) return [{ type: "outside", name: dotted(file.path, name) }];
  return module.startsWith(".") ? [{ type: "outside", name: dotted(module, name) }] : [];
}

export function dotted(module: string, name: string): string {
  return `${module}.${name}`;
}
