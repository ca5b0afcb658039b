/**
 * What a program says, as far as names of models can be followed through it: the same for Python and for JavaScript.
 * Positions are offsets in the text that was parsed.
 */
export type Expression =
  | { readonly type: "text"; readonly text: string; readonly at: number }
  /** An f-string, a template, a sum. */
  | { readonly type: "joined"; readonly parts: readonly Expression[]; readonly at: number }
  | { readonly type: "constant"; readonly value: number | boolean | null; readonly at: number }
  | { readonly type: "name"; readonly name: string; readonly block: Block; readonly at: number }
  | { readonly type: "member"; readonly of: Expression; readonly name: string; readonly at: number }
  | { readonly type: "index"; readonly of: Expression; readonly key: Expression; readonly at: number }
  | Call
  | { readonly type: "list"; readonly items: readonly Expression[]; readonly at: number }
  | { readonly type: "map"; readonly entries: readonly Entry[]; readonly at: number }
  /** One of these: `a if b else c`, `a or b`. */
  | { readonly type: "either"; readonly among: readonly Expression[]; readonly at: number }
  /** A comprehension: a list of what `item` is in its own scope. */
  | { readonly type: "each"; readonly item: Expression; readonly scope: Scope; readonly at: number }
  | { readonly type: "function"; readonly code: FunctionCode; readonly at: number }
  /** Any expression of another kind: its value is not followed. */
  | { readonly type: "other"; readonly at: number };

export interface Call {
  readonly type: "call";
  readonly callee: Expression;
  readonly args: readonly Argument[];
  readonly at: number;
}

export interface Argument {
  readonly value: Expression;
  /** Of a keyword argument. */
  readonly name?: string;
  /** `*args`, `**options`, `...rest`. */
  readonly spread?: boolean;
}

/** Without a key: the entries of another map are spread here. */
export interface Entry {
  readonly key?: Expression;
  readonly value: Expression;
}

/** What a name stands for. `at` is where it begins to. */
export type Binding = { readonly at: number; readonly block: Block } & (
  | { readonly type: "value"; readonly value: Expression; readonly annotation?: Expression }
  /** One of the elements of `of`; of a pair, the part at `part`. */
  | { readonly type: "item"; readonly of: Expression; readonly part?: number }
  /** `import module`, or `name` of that module; `*` is everything. */
  | { readonly type: "import"; readonly module: string; readonly name?: string }
  | { readonly type: "parameter"; readonly of: FunctionCode; readonly parameter: Parameter }
  | { readonly type: "function"; readonly code: FunctionCode }
  | { readonly type: "class"; readonly code: ClassCode }
);

/** A piece of code that runs or does not run as a whole. Of the blocks of one `choice`, one runs. */
export interface Block {
  readonly parent?: Block;
  readonly choice?: number;
}

export interface Scope {
  readonly kind: "module" | "class" | "function";
  readonly parent?: Scope;
  readonly code: Code;
  readonly block: Block;
  readonly names: Map<string, Binding[]>;
  /** Modules of which everything was imported. */
  readonly stars: string[];
  /** The function whose scope it is. */
  function?: FunctionCode;
}

export interface Parameter {
  readonly name: string;
  readonly default?: Expression;
  readonly annotation?: Expression;
  /** Only by its name, and not by its position. */
  readonly keywordOnly?: boolean;
  /** `*args`, `**options`. */
  readonly rest?: boolean;
  /** `this`: what it is in a method. */
  readonly self?: "class" | "instance";
}

export interface FunctionCode {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly scope: Scope;
  readonly decorators: readonly Expression[];
  readonly returns: Expression[];
  /** What its annotation says it gives back. */
  readonly annotation?: Expression;
  /** The class it is a method of. */
  readonly of?: ClassCode;
  readonly at: number;
}

export interface ClassCode {
  readonly name: string;
  readonly bases: readonly Expression[];
  readonly scope: Scope;
  /** `self.name = value`, with the scope of the method that says so. */
  readonly attributes: Map<string, { readonly value: Expression; readonly scope: Scope }[]>;
  readonly at: number;
}

/** One parsed file. */
export interface Code {
  readonly path: string;
  readonly language: "python" | "javascript";
  readonly scope: Scope;
  /** Every call, in the order of the text. */
  readonly calls: { readonly call: Call; readonly scope: Scope }[];
  /** The line of an offset, from 1; of a notebook also the cell. */
  lineAt(offset: number): Line;
}

export interface Line {
  readonly line: number;
  /** From 1. */
  readonly cell?: number;
}
