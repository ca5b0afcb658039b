import { type Evaluator, instancesOf } from "./evaluate.ts";
import { outsideCall } from "./library.ts";
import { choices, memberValues } from "./members.ts";
import { positional } from "./parameters.ts";
import { type Context, type Made, type Text, unclear, type Value } from "./value.ts";

/** What a call gives back. */
export function callValues(evaluator: Evaluator, made: Made): Value[] {
  const { call, scope, context } = made;
  const { callee } = call;
  if (callee.type === "name" && callee.name === "/") return slash(evaluator, made);
  if (callee.type === "member") {
    const owners = evaluator.values(callee.of, scope, context);
    const found = owners.flatMap((of) => methodValues(evaluator, of, callee.name, made));
    return found;
  }
  return evaluator.values(callee, scope, context).flatMap((value) => valueOfCall(evaluator, value, made));
}

function valueOfCall(evaluator: Evaluator, callee: Value, made: Made): Value[] {
  switch (callee.type) {
    case "outside":
      return outsideCall(evaluator, callee.name, made);
    case "class":
      return [{ type: "instance", of: callee.code, made }];
    case "function": {
      const { code } = callee;
      const context: Context = {
        frames: new Map([...made.context.frames, [code, made]]),
      };
      const returned = code.returns.flatMap((one) => evaluator.values(one, code.scope, context));
      if (returned.some(({ type }) => type !== "unclear")) return returned;
      const typed = code.annotation
        ? instancesOf(evaluator, code.annotation, code.scope.parent ?? code.scope, context)
        : [];
      return typed.length > 0
        ? typed
        : returned.length > 0
          ? returned
          : [unclear(`what ${code.name || "a function"} gives back is not known`)];
    }
    case "unclear":
      return [callee];
    default:
      return [unclear("it is computed")];
  }
}

function methodValues(evaluator: Evaluator, of: Value, name: string, made: Made): Value[] {
  if (of.type === "text") return textMethod(evaluator, of, name, made);
  if (of.type === "folder") return [of];
  if (of.type === "map" || of.type === "list") return collectionMethod(evaluator, of, name, made);
  return memberValues(evaluator, of, name, made.context).flatMap((value) => valueOfCall(evaluator, value, made));
}

function textMethod(evaluator: Evaluator, of: Text, name: string, { call, scope, context }: Made): Value[] {
  const given = positional(call.args).map(({ value }) => evaluator.values(value, scope, context));
  switch (name) {
    case "strip":
    case "trim":
      return [{ ...of, text: of.text.trim() }];
    case "lower":
    case "toLowerCase":
      return [{ ...of, text: of.text.toLowerCase() }];
    case "toString":
      return [of];
    case "replace": {
      const [[before], [after]] = [given[0] ?? [], given[1] ?? []];
      if (before?.type !== "text" || after?.type !== "text") return [unclear("a part of it is computed")];
      return [{ ...of, text: of.text.replaceAll(before.text, after.text) }];
    }
    case "format":
      return format(evaluator, of, { call, scope, context });
    default:
      return [unclear("it is computed")];
  }
}

/** `"org/{}".format(name)`; with several candidates the first is not enough, so each is tried alone. */
function format(evaluator: Evaluator, of: Text, { call, scope, context }: Made): Value[] {
  let texts: Value[] = [of];
  let place = 0;
  for (const argument of call.args) {
    const hole = argument.name === undefined ? new RegExp(`\\{(?:${place})?\\}`) : new RegExp(`\\{${argument.name}\\}`);
    if (argument.name === undefined) place += 1;
    const values = evaluator.values(argument.value, scope, context);
    texts = texts.flatMap((text) =>
      values.map((value) =>
        text.type === "text" && value.type === "text"
          ? { ...text, text: text.text.replace(hole, () => value.text) }
          : unclear("a part of it is computed"),
      ),
    );
  }
  return texts;
}

function collectionMethod(
  evaluator: Evaluator,
  of: Extract<Value, { type: "map" | "list" }>,
  name: string,
  { call, scope, context }: Made,
): Value[] {
  const [first, second] = call.args;
  switch (name) {
    case "get": {
      const keys = first ? evaluator.values(first.value, scope, context) : [];
      const byDefault = second ? evaluator.values(second.value, scope, context) : [];
      const found = keys.flatMap((key) =>
        key.type === "text" && of.type === "map"
          ? memberValues(evaluator, of, key.text, context)
          : choices(evaluator, of),
      );
      return [...found.filter(({ type }) => type !== "unclear" || byDefault.length === 0), ...byDefault];
    }
    case "values":
    case "copy":
    case "keys":
      return [
        name === "values" && of.type === "map"
          ? { ...of, type: "list", items: of.entries.map(({ value }) => value) }
          : of,
      ];
    case "items":
      if (of.type !== "map") return [of];
      return [
        {
          type: "list",
          items: of.entries.flatMap(({ key, value }) =>
            key ? [{ type: "list" as const, items: [key, value], at: key.at }] : [],
          ),
          scope: of.scope,
          context: of.context,
        },
      ];
    default:
      return [unclear("it is computed")];
  }
}

/** `folder / "name"` */
function slash(evaluator: Evaluator, { call, scope, context }: Made): Value[] {
  const isFolder = call.args.some(({ value }) =>
    evaluator.values(value, scope, context).some(({ type }) => type === "folder"),
  );
  return [isFolder ? { type: "folder" } : unclear("it is computed")];
}
