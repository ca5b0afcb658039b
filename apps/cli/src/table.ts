export interface Column {
  readonly title: string;
  /** @default "left" */
  readonly align?: "left" | "right";
}

/** Lines of columns, each as wide as its widest cell. Cells hold no colour: `paintCell` adds it after the width is known. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  paintCell: (text: string, row: number, column: number) => string = (text) => text,
): string[] {
  const cells = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? "").length)));
  return cells.map((row, index) =>
    columns
      .map(({ align }, column) => {
        const text = row[column] ?? "";
        const width = widths[column] ?? 0;
        // What ends a line needs no padding.
        const padded =
          align === "right" ? text.padStart(width) : column === columns.length - 1 ? text : text.padEnd(width);
        return paintCell(padded, index - 1, column);
      })
      .join("  ")
      .trimEnd(),
  );
}
