import type { Call, ClassCode, Code, Entry, Expression, FunctionCode, Scope } from "./code.ts";

/** What an expression may come to, as far as it can be known without running it. */
export type Value =
  | Text
  | Unclear
  | { readonly type: "constant"; readonly value: number | boolean | null }
  /** A place on a disk. */
  | { readonly type: "folder" }
  | { readonly type: "list"; readonly items: readonly Expression[]; readonly scope: Scope; readonly context: Context }
  | { readonly type: "map"; readonly entries: readonly Entry[]; readonly scope: Scope; readonly context: Context }
  /** Something of a library: `transformers.AutoModel`; with `()` what it gave back when it was called. */
  | { readonly type: "outside"; readonly name: string }
  /** A file of the code that is looked at. */
  | { readonly type: "module"; readonly code: Code }
  | { readonly type: "function"; readonly code: FunctionCode; readonly self?: Value }
  | { readonly type: "class"; readonly code: ClassCode }
  | { readonly type: "instance"; readonly of: ClassCode; readonly made?: Made };

export interface Text {
  readonly type: "text";
  readonly text: string;
  /** Where it is written. */
  readonly code: Code;
  readonly at: number;
}

export interface Unclear {
  readonly type: "unclear";
  readonly why: string;
}

/** The call that made an instance. */
export interface Made {
  readonly call: Call;
  readonly scope: Scope;
  readonly context: Context;
}

/** The calls that are being looked through: what the parameters of these functions are. */
export interface Context {
  readonly frames: ReadonlyMap<FunctionCode, Made>;
}

export const top: Context = { frames: new Map() };

export function unclear(why: string): Unclear {
  return { type: "unclear", why };
}

/** One of each, and not too many. */
export function distinct(values: readonly Value[], most = 64): Value[] {
  const found = new Map<unknown, Value>();
  for (const value of values) {
    const key = keyOf(value);
    if (!found.has(key)) found.set(key, value);
    if (found.size >= most) break;
  }
  return [...found.values()];
}

function keyOf(value: Value): unknown {
  switch (value.type) {
    case "text":
      return `text ${value.text}`;
    case "unclear":
      return `unclear ${value.why}`;
    case "constant":
      return `constant ${value.value}`;
    case "folder":
      return "folder";
    case "outside":
      return `outside ${value.name}`;
    case "module":
    case "class":
      return value.code;
    case "list":
    case "map":
    case "function":
    case "instance":
      return value;
  }
}
