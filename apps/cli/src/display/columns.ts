/** How many columns of a terminal a text takes, and texts made to fit. */

type Measure = (text: string) => number;

let measure: Measure | undefined;
let loading: Promise<void> | undefined;

/**
 * ASCII is as wide as it is long. For anything else there is a table, which takes longer to load than a run has that
 * finds everything in its place; until it is there, such text counts as wide as it could be.
 */
export function columnsOf(text: string): number {
  if (isNarrow(text)) return text.length;
  if (measure) return measure(text);
  void loadTable();
  return 2 * text.length;
}

/** Resolves when every text can be measured. */
export function loadTable(): Promise<void> {
  loading ??= import("string-width").then(({ default: widthOf }) => {
    measure = widthOf;
  });
  return loading;
}

/** At most so many columns, with an ellipsis in the middle, where names of files differ least. */
export function fitted(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  if (columns <= 1) return "…".slice(0, Math.max(0, columns));
  const characters = isNarrow(text) ? [...text] : charactersOf(text);
  const tail = Math.ceil((columns - 1) / 2);
  return `${beginning(characters, columns - 1 - tail)}…${beginning(characters.reverse(), tail, (end, next) => next + end)}`;
}

/** Exactly so many columns. The same text is asked for in every frame. */
export function padded(text: string, columns: number): string {
  const key = `${columns} ${text}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const fits = fitted(text, columns);
  const result = fits + " ".repeat(Math.max(0, columns - columnsOf(fits)));
  if (made.size >= 200) made.clear();
  if (measure || isNarrow(text)) made.set(key, result);
  return result;
}

const made = new Map<string, string>();

function beginning(
  characters: readonly string[],
  columns: number,
  join = (text: string, next: string) => text + next,
): string {
  let text = "";
  let left = columns;
  for (const character of characters) {
    left -= columnsOf(character);
    if (left < 0) break;
    text = join(text, character);
  }
  return text;
}

/** What is shown as one, however many code points it has. */
function charactersOf(text: string): string[] {
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
}

/** ASCII, and what we put in place of other characters. */
function isNarrow(text: string): boolean {
  return /^[ -~…�]*$/.test(text);
}
