import { html, type Markup, nothing } from "./markup.ts";

export interface HtmlColumn {
  readonly title: string;
  readonly kind?: "number" | "bar";
}

// A page with every model of a large log would be of no use to anybody.
const most = 50;

/** A table whose rows begin with their head. Of long ones the first rows, and how many there are besides. */
export function htmlTable(
  caption: string,
  columns: readonly HtmlColumn[],
  rows: readonly (readonly (string | Markup)[])[],
  shown = most,
): Markup {
  const head = columns.map(({ title, kind }) =>
    kind === "bar"
      ? html`<td class="bar"></td>`
      : html`<th scope="col"${kind === "number" ? html` class="number"` : nothing}>${title}</th>`,
  );
  const body = rows.slice(0, shown).map(
    (row) => html`<tr>${row.map((cell, index) => cellOf(cell, index, columns[index]?.kind))}</tr>
`,
  );
  const more = rows.length > shown ? html`<p class="soft">and ${rows.length - shown} more</p>` : nothing;
  // Who has no mouse scrolls it with the keys, once it has the focus.
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${caption}"><table><thead><tr>${head}</tr></thead><tbody>
${body}</tbody></table></div>${more}`;
}

function cellOf(cell: string | Markup, index: number, kind: HtmlColumn["kind"]): Markup {
  if (index === 0) return html`<th scope="row">${cell}</th>`;
  return kind === undefined ? html`<td>${cell}</td>` : html`<td class="${kind}">${cell}</td>`;
}
