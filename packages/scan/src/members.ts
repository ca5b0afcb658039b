import type { ClassCode, Expression, Scope } from "./code.ts";
import { type Evaluator, instancesOf } from "./evaluate.ts";
import { type Context, type Made, top, unclear, type Value } from "./value.ts";

/** `of.name` */
export function memberValues(evaluator: Evaluator, of: Value, name: string, context: Context): Value[] {
  switch (of.type) {
    case "outside":
      return [{ type: "outside", name: `${of.name}.${name}` }];
    case "module": {
      const known = of.code.scope.names.has(name) || of.code.scope.stars.length > 0;
      if (known) return evaluator.lookUp(name, of.code.scope, undefined, context);
      const inner = evaluator.project.fileOf(`.${name}`, of.code);
      return [inner ? { type: "module", code: inner } : unclear(`${of.code.path} has no ${name}`)];
    }
    case "map":
      return entriesAt(evaluator, of, name);
    case "class":
    case "instance":
      return attributeValues(evaluator, of, name);
    case "text":
      // Of an enumeration: Model.BASE.value
      return name === "value" ? [of] : [unclear("it is computed")];
    case "folder":
      return [of];
    case "unclear":
      return [of];
    case "constant":
    case "list":
    case "function":
      return [unclear(`${name} is not known`)];
  }
}

/** `of[key]`: the element, or every one when the key is not known. */
export function indexValues(evaluator: Evaluator, of: readonly Value[], keys: readonly Value[]): Value[] {
  return of.flatMap((value): Value[] => {
    if (value.type === "outside") return [{ type: "outside", name: `${value.name}[]` }];
    if (value.type !== "map" && value.type !== "list")
      return [value.type === "unclear" ? value : unclear("it is computed")];
    return keys.flatMap((key): Value[] => {
      if (key.type === "text" && value.type === "map") return entriesAt(evaluator, value, key.text);
      if (key.type === "constant" && typeof key.value === "number" && value.type === "list") {
        const items = value.items;
        const item = items[key.value < 0 ? items.length + key.value : key.value];
        if (item && items.length > 1) return evaluator.values(item, value.scope, value.context);
      }
      return choices(evaluator, value);
    });
  });
}

// More than these to choose from are a catalogue: they are offered, and not used.
const mostChoices = 5;

/** The element of a key that is not known: each one, where they are few. */
export function choices(evaluator: Evaluator, of: Extract<Value, { type: "map" | "list" }>): Value[] {
  const found = elements(evaluator, [of], "values");
  return found.length > mostChoices ? [unclear(`it is one of ${found.length} in a table`)] : found;
}

/** What a loop over it gives. */
export function elements(evaluator: Evaluator, of: readonly Value[], which: "keys" | "values" = "keys"): Value[] {
  return of.flatMap((value): Value[] => {
    if (value.type === "list") return value.items.flatMap((item) => evaluator.values(item, value.scope, value.context));
    if (value.type !== "map") return [value.type === "unclear" ? value : unclear("it is computed")];
    return value.entries.flatMap(({ key, value: held }) => {
      if (key) return evaluator.values(which === "keys" ? key : held, value.scope, value.context);
      return elements(evaluator, evaluator.values(held, value.scope, value.context), which);
    });
  });
}

/** The entry of a key; all of them when it has none, since others may be added. */
function entriesAt(evaluator: Evaluator, map: Extract<Value, { type: "map" }>, name: string): Value[] {
  const { entries, scope, context } = map;
  const found = entries.flatMap(({ key, value }): Value[] => {
    if (!key) {
      return evaluator
        .values(value, scope, context)
        .flatMap((inner) => (inner.type === "map" ? entriesAt(evaluator, inner, name) : []));
    }
    const isMeant = evaluator.values(key, scope, context).some((one) => one.type === "text" && one.text === name);
    return isMeant ? evaluator.values(value, scope, context) : [];
  });
  if (found.length > 0) return found;
  // What JavaScript gives for it is `undefined`.
  return [
    scope.code.language === "javascript" ? { type: "constant", value: null } : unclear(`there is no ${name} in it`),
  ];
}

/** An attribute of a class or of an instance: what a method assigned, what the class says, what its bases say. */
function attributeValues(
  evaluator: Evaluator,
  of: Extract<Value, { type: "class" | "instance" }>,
  name: string,
): Value[] {
  const code = of.type === "class" ? of.code : of.of;
  const given = of.type === "instance" && of.made ? fieldGiven(evaluator, of.made, name) : [];
  const found = inClass(evaluator, code, of, name, new Set());
  if (found.length === 0) {
    const [base] = outsideBases(evaluator, code);
    return given.length > 0
      ? given
      : [
          base === undefined
            ? unclear(`${code.name}.${name} is not known`)
            : { type: "outside", name: `${base}.${name}` },
        ];
  }
  return given.length > 0 ? [...given, ...found.filter(({ type }) => type !== "unclear")] : found;
}

function inClass(evaluator: Evaluator, code: ClassCode, self: Value, name: string, seen: Set<ClassCode>): Value[] {
  if (seen.has(code)) return [];
  seen.add(code);
  const context = contextOf(self, code);
  const assigned = (code.attributes.get(name) ?? []).flatMap(({ value, scope }) =>
    evaluator.values(value, scope, context),
  );
  const said = code.scope.names.has(name) ? evaluator.lookUp(name, code.scope, undefined, top) : [];
  const here = [...assigned, ...said.map((value) => (value.type === "function" ? { ...value, self } : value))];
  if (here.length > 0) return here.flatMap((value) => property(evaluator, value));
  return code.bases.flatMap((base) =>
    evaluator
      .values(base, code.scope.parent ?? code.scope)
      .flatMap((value) => (value.type === "class" ? inClass(evaluator, value.code, self, name, seen) : [])),
  );
}

/** `@property` is what it gives back. */
function property(evaluator: Evaluator, value: Value): Value[] {
  if (value.type !== "function") return [value];
  const isProperty = value.code.decorators.some(
    (one) => (one.type === "name" || one.type === "member") && /(^|_)property$/.test(one.name),
  );
  if (!isProperty) return [value];
  return value.code.returns.flatMap((returned) => evaluator.values(returned, value.code.scope));
}

/** What `Settings(model="…")` says of a field, where the class has no `__init__` of its own. */
function fieldGiven(evaluator: Evaluator, { call, scope, context }: Made, name: string): Value[] {
  const given = call.args.find((one) => one.name === name && !one.spread);
  return given ? evaluator.values(given.value, scope, context) : [];
}

/** The frame of the constructor, when the instance says how it was made. */
function contextOf(self: Value, code: ClassCode): Context {
  if (self.type !== "instance" || !self.made) return top;
  const initializer = code.scope.names.get("__init__")?.find(({ type }) => type === "function");
  if (initializer?.type !== "function") return top;
  return { frames: new Map([[initializer.code, self.made]]) };
}

/** The libraries' classes that a class derives from, by name. */
function outsideBases(evaluator: Evaluator, code: ClassCode, seen = new Set<ClassCode>()): string[] {
  if (seen.has(code)) return [];
  seen.add(code);
  return code.bases.flatMap((base) =>
    evaluator.values(base, code.scope.parent ?? code.scope).flatMap((value) => {
      if (value.type === "outside") return [value.name];
      return value.type === "class" ? outsideBases(evaluator, value.code, seen) : [];
    }),
  );
}

export function annotated(evaluator: Evaluator, annotation: Expression | undefined, scope: Scope): Value[] {
  return annotation ? instancesOf(evaluator, annotation, scope, top) : [];
}
