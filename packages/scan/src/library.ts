import type { Code } from "./code.ts";
import type { Evaluator } from "./evaluate.ts";
import { isFolderMaker } from "./folders.ts";
import { moduleName } from "./javascript/modules.ts";
import { optionDefault, positional } from "./parameters.ts";
import { type Made, unclear, type Value } from "./value.ts";

/** What a library's function gives back, where that says more than its name. */
export function outsideCall(evaluator: Evaluator, name: string, made: Made): Value[] {
  const { call, scope, context } = made;
  const values = (argument: { value: Parameters<Evaluator["values"]>[0] } | undefined) =>
    argument ? evaluator.values(argument.value, scope, context) : [];
  const given = positional(call.args);
  const named = (wanted: string) => call.args.find((one) => one.name === wanted);

  if (/^(os\.environ\.(get|pop|setdefault)|os\.getenv|environ\.get|getenv|decouple\.config|environs\..*)$/.test(name)) {
    const variable = values(given[0]).flatMap((value) => (value.type === "text" ? [value.text] : []));
    const byDefault = values(given[1] ?? named("default"));
    return [...byDefault, unclear(`the environment variable ${variable[0] ?? ""} says it`.replace("  ", " "))];
  }
  if (
    /^(dataclasses\.field|pydantic(\.fields)?\.Field|attrs?\.(field|ib)|typer\.(Option|Argument)|fastapi\.(Query|Body|Form|Header))$/.test(
      name,
    )
  ) {
    const factory = named("default_factory") ?? named("factory");
    if (factory) {
      const [made] = evaluator.values(factory.value, scope, context);
      if (made?.type !== "function")
        return made?.type === "class" ? [{ type: "instance", of: made.code }] : [unclear("it is computed")];
      return made.code.returns.flatMap((one) => evaluator.values(one, made.code.scope, context));
    }
    const byDefault = values(named("default") ?? given[0]);
    return byDefault.length > 0 ? byDefault : [unclear("it has no default")];
  }
  if (name === "typing.cast") return values(given[1]);
  if (name === "importlib.import_module" || name === "__import__" || name === "import" || name === "require") {
    return values(given[0]).map((value) => importedModule(evaluator, value, scope.code));
  }
  if (name === "Object.values" || name === "Object.keys") {
    return values(given[0]).map((value) =>
      value.type === "map" && name === "Object.values"
        ? { ...value, type: "list", items: value.entries.map((one) => one.value) }
        : value,
    );
  }
  if (passesOn.has(name)) return values(given[0]);
  if (isFolderMaker(name)) return [{ type: "folder" }];
  return [{ type: "outside", name: `${name}()` }];
}

function importedModule({ project }: Evaluator, value: Value, importer: Code): Value {
  if (value.type !== "text") return unclear("the module is computed");
  const code = project.fileOf(value.text, importer);
  if (code) return { type: "module", code };
  return { type: "outside", name: importer.language === "javascript" ? moduleName(value.text) : value.text };
}

const passesOn = new Set(["str", "list", "tuple", "set", "sorted", "reversed", "dict", "String", "pytest.param"]);

/** `args.model` of a program whose options are declared in the same file. */
export function optionValues(evaluator: Evaluator, code: Code, name: string): Value[] {
  return code.calls.flatMap(({ call, scope }) => {
    if (call.callee.type !== "member" || !/^add_(argument|option)$/.test(call.callee.name)) return [];
    return optionDefault(evaluator, call, name, scope);
  });
}
