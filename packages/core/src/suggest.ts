/** A hint with the likeliest of the known names, or all of them when none is close. */
export function didYouMean(name: string, known: readonly string[]): string {
  const close = closest(name, known);
  if (close !== undefined) return `Did you mean ${close}?`;
  return known.length > 0 ? `Known are ${known.join(", ")}.` : "There are none.";
}

/** The known name with the fewest edits, if they are few enough to be a slip. */
export function closest(name: string, known: readonly string[]): string | undefined {
  const most = Math.max(2, Math.floor(name.length / 3));
  const ranked = known
    // As many edits it takes at least; and comparing takes time that grows with both.
    .filter((candidate) => Math.abs(candidate.length - name.length) <= most)
    .map((candidate) => ({ candidate, edits: editsBetween(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((one, other) => one.edits - other.edits);
  const [best] = ranked;
  return best && best.edits <= most ? best.candidate : undefined;
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from one to the other. */
function editsBetween(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? 0;
  for (let row = 1; row <= one.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1];
      let edits = Math.min(
        at(row - 1, column) + 1,
        (line[column - 1] ?? 0) + 1,
        at(row - 1, column - 1) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]) {
        edits = Math.min(edits, at(row - 2, column - 2) + 1);
      }
      line.push(edits);
    }
    rows.push(line);
  }
  return at(one.length, other.length);
}
