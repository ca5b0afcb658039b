/** A piece of a text, from `start` up to `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type Path = readonly (string | number)[];

/** What stands together in a text: the items of a list, or the entries of a table. */
export type Group = Lines | Brackets;

/** Each on lines of its own, behind one indentation. */
export interface Lines {
  readonly style: "lines";
  readonly items: readonly Span[];
  /** Where the first would go when there is none: the end of this place's line. */
  readonly open: number;
  /** What says that there are none, once the last is gone, and where. */
  readonly whenEmpty?: { readonly at: number; readonly text: string };
}

/** With commas, between brackets. */
export interface Brackets {
  readonly style: "brackets";
  readonly items: readonly Span[];
  /** Right behind the opening bracket. */
  readonly open: number;
  /** Right before the closing one. */
  readonly close: number;
}

/** A text in one format, and where in it things stand. */
export interface Layout {
  /** All that the text says. */
  readonly value: unknown;
  /** The list at a path. Undefined when there is none, or it stands elsewhere and is only pointed at. */
  listAt(path: Path): Group | undefined;
  /** The table at a path, likewise. */
  tableAt(path: Path): Group | undefined;
  /** A single text or number. */
  scalarAt(path: Path): Span | undefined;
  /** A value as an item of a list. Lines are separated by `\n` and not indented. */
  item(value: unknown, list: Group): string;
  /** A value under its name, as an entry of a table. */
  entry(name: string, value: unknown, table: Group): string;
}
