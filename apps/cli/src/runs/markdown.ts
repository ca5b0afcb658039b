/**
 * Text for a paragraph or a cell of Markdown that says nothing but itself: names and messages come from elsewhere, and
 * must not become a link, an image, HTML or another cell.
 */
export function escaped(text: string): string {
  return oneLine(text).replace(/[\\`*_{}[\]()<>#+!|~&@:$-]/g, (character) => `\\${character}`);
}

/** The same as code. What would end the code, or the cell it stands in, is replaced with what looks like it. */
export function code(text: string): string {
  const plain = oneLine(text).replace(/`/g, "ˋ").replace(/\|/g, "¦").replace(/\\/g, "∖");
  return plain === "" ? "" : `\`${plain}\``;
}

function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ").trim();
}

/** A table; cells are Markdown already. */
export function markdownTable(
  columns: readonly { readonly title: string; readonly align?: "left" | "right" }[],
  rows: readonly (readonly string[])[],
): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(columns.map(({ title }) => title)),
    line(columns.map(({ align }) => (align === "right" ? "---:" : "---"))),
    ...rows.map(line),
  ];
}
