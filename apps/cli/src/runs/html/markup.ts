/** HTML that is finished: made by `html`, never of a text from elsewhere. */
export interface Markup {
  readonly markup: string;
}

type Value = string | number | Markup | readonly Markup[];

/** Markup with values in it. Texts are escaped, so that no name and no message becomes markup. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return {
    markup: parts.map((part, index) => part + (index < values.length ? textOf(values[index] ?? "") : "")).join(""),
  };
}

export const nothing: Markup = { markup: "" };

function textOf(value: Value): string {
  if (typeof value === "object") return "markup" in value ? value.markup : value.map(({ markup }) => markup).join("");
  return escaped(String(value));
}

const entities: Readonly<Record<string, string>> = {
  "<": "&lt;",
  ">": "&gt;",
  "&": "&amp;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd")
      .replace(/[<>&"']/g, (character) => entities[character] ?? character)
  );
}
