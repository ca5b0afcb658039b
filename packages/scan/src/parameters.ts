import type { Argument, Binding, Call, Expression, FunctionCode, Parameter, Scope } from "./code.ts";
import type { Evaluator } from "./evaluate.ts";
import { annotated, elements, indexValues } from "./members.ts";
import { type Context, type Made, unclear, type Value } from "./value.ts";

/** What a parameter may be: what this call gives, else its default and what every call in these files gives. */
export function parameterValues(
  evaluator: Evaluator,
  { of, parameter }: Extract<Binding, { type: "parameter" }>,
  context: Context,
): Value[] {
  const self = selfValue(of, parameter);
  if (self) return [self];
  const frame = context.frames.get(of);
  const outer = of.scope.parent ?? of.scope;
  const byDefault = parameter.default ? evaluator.values(parameter.default, outer, context) : [];
  if (frame) {
    const given = argumentFor(frame.call, of, parameter);
    if (given) return evaluator.values(given, frame.scope, frame.context);
    return byDefault;
  }
  const decorated = fromDecorators(evaluator, of, parameter, outer);
  const called = callersOf(evaluator, of).flatMap((made) => {
    const given = argumentFor(made.call, of, parameter);
    return given ? evaluator.values(given, made.scope, { ...made.context }) : [];
  });
  const typed = annotated(evaluator, parameter.annotation, outer);
  const found = [
    ...decorated,
    ...byDefault,
    ...called.filter(({ type }) => type !== "unclear" || byDefault.length === 0),
    ...typed,
  ];
  if (found.some(({ type, ...rest }) => type !== "constant" || ("value" in rest && rest.value !== null))) return found;
  return [...found, unclear(`${parameter.name} is what the caller of ${of.name || "a function"} says`)];
}

/** The argument that a call gives to a parameter. */
function argumentFor(call: Pick<Call, "args">, of: FunctionCode, parameter: Parameter): Expression | undefined {
  const named = call.args.find(({ name, spread }) => name === parameter.name && !spread);
  if (named) return named.value;
  if (parameter.keywordOnly || parameter.rest) return undefined;
  const places = of.parameters.filter((one) => !one.keywordOnly && !one.rest);
  const first = isBound(of) ? 1 : 0;
  return positional(call.args)[places.indexOf(parameter) - first]?.value;
}

/** The arguments without a name, up to the first that stands for several. */
export function positional(args: readonly Argument[]): Argument[] {
  const found = args.filter(({ name }) => name === undefined);
  const spread = found.findIndex((one) => one.spread);
  return spread < 0 ? found : found.slice(0, spread);
}

/** True for a method whose first parameter is given by the language. */
function isBound(of: FunctionCode): boolean {
  return of.of !== undefined && of.scope.code.language === "python" && !isDecorated(of, "staticmethod");
}

function selfValue(of: FunctionCode, parameter: Parameter): Value | undefined {
  if (of.of && parameter.self)
    return parameter.self === "class" ? { type: "class", code: of.of } : { type: "instance", of: of.of };
  if (!of.of || !isBound(of) || of.parameters[0] !== parameter) return undefined;
  if (isDecorated(of, "classmethod") || of.name === "__new__") return { type: "class", code: of.of };
  return { type: "instance", of: of.of };
}

function isDecorated(of: FunctionCode, name: string): boolean {
  return of.decorators.some((one) => (one.type === "name" || one.type === "member") && one.name === name);
}

/** The calls of a function in these files; of a constructor those of its class. What tests pass to the code they test does not count. */
export function callersOf(evaluator: Evaluator, of: FunctionCode): Made[] {
  const known = evaluator.callers.get(of);
  if (known) return known;
  const isConstructor = of.of !== undefined && of.name === "__init__";
  const name = isConstructor ? (of.of?.name ?? "") : of.name;
  if (name === "") return [];
  if (evaluator.asking.has(of)) {
    evaluator.cut();
    return [];
  }
  evaluator.asking.add(of);
  const isTest = isTestCode(of.scope.code.path);
  const found = evaluator.project.callsOf(name).flatMap(({ call, scope }): Made[] => {
    if (!isTest && isTestCode(scope.code.path)) return [];
    const isMeant = evaluator.values(call.callee, scope).some((value) => {
      if (value.type === "function") return value.code === of;
      if (value.type === "class") return isConstructor && derives(evaluator, value.code, of);
      // A method of something that is not known, where only one of ours has the name.
      return value.type === "unclear" && of.of !== undefined && !isConstructor && evaluator.project.isOnly(of);
    });
    return isMeant ? [{ call, scope, context: { frames: new Map() } }] : [];
  });
  evaluator.asking.delete(of);
  evaluator.callers.set(of, found);
  return found;
}

function isTestCode(path: string): boolean {
  return /(^|\/)(tests?|testing|__tests__|spec)\/|(^|\/)(test_[^/]*|conftest)\.py$|_test\.py$|\.(test|spec)\.\w+$/.test(
    path,
  );
}

function derives(evaluator: Evaluator, code: NonNullable<FunctionCode["of"]>, of: FunctionCode): boolean {
  if (code === of.of) return true;
  if (code.scope.names.has(of.name)) return false;
  return code.bases.some((base) =>
    evaluator
      .values(base, code.scope.parent ?? code.scope)
      .some((value) => value.type === "class" && derives(evaluator, value.code, of)),
  );
}

/** `@pytest.mark.parametrize("model", […])` and `@click.option("--model", default=…)`. */
function fromDecorators(evaluator: Evaluator, of: FunctionCode, { name }: Parameter, scope: Scope): Value[] {
  return of.decorators.flatMap((decorator): Value[] => {
    if (decorator.type !== "call" || decorator.callee.type !== "member") return [];
    const [first, second] = decorator.args;
    if (!first) return [];
    if (decorator.callee.name === "parametrize" && second) {
      const names = evaluator
        .values(first.value, scope)
        .flatMap((value) => (value.type === "text" ? value.text.split(",").map((one) => one.trim()) : []));
      const part = names.indexOf(name);
      if (part < 0) return [];
      const rows = elements(evaluator, evaluator.values(second.value, scope));
      return names.length === 1 ? rows : indexValues(evaluator, rows, [{ type: "constant", value: part }]);
    }
    if (decorator.callee.name !== "option" && decorator.callee.name !== "argument") return [];
    return optionDefault(evaluator, decorator, name, scope);
  });
}

/** The default of an option that is declared by its flags, as argparse and click have it. */
export function optionDefault(evaluator: Evaluator, { args }: Pick<Call, "args">, name: string, scope: Scope): Value[] {
  const flags = positional(args).flatMap(({ value }) => evaluator.values(value, scope));
  const named = args.find((one) => one.name === "dest");
  const words = (named ? evaluator.values(named.value, scope) : flags).flatMap((value) =>
    value.type === "text" ? [value.text.replace(/^-+/, "").replaceAll("-", "_")] : [],
  );
  if (!words.includes(name)) return [];
  const among = ["default", "choices"].flatMap((one) => args.find((argument) => argument.name === one) ?? []);
  const [byDefault] = among;
  if (byDefault?.name !== "default") return [unclear(`--${name.replaceAll("_", "-")} has no default`)];
  return evaluator.values(byDefault.value, scope);
}
