/** What stands between the quotes of a Python literal. */
export interface Literal {
  readonly text: string;
  /** Where the content begins, relative to the literal. */
  readonly start: number;
  readonly end: number;
  readonly raw: boolean;
}

/** Undefined for bytes, which name no model. */
export function literal(written: string): Literal | undefined {
  const [, prefix = "", quote = ""] = /^([a-z]*)('''|"""|'|")/i.exec(written) ?? [];
  if (quote === "" || /b/i.test(prefix)) return undefined;
  const start = prefix.length + quote.length;
  const end =
    written.endsWith(quote) && written.length >= start + quote.length ? written.length - quote.length : written.length;
  const raw = /r/i.test(prefix);
  return { text: unescaped(written.slice(start, end), raw), start, end, raw };
}

export function unescaped(text: string, raw: boolean): string {
  if (raw || !text.includes("\\")) return text;
  return text.replace(/\\(\n|x[0-9a-f]{2}|u[0-9a-f]{4}|.)/gi, (_, code: string) => {
    if (code === "\n") return "";
    if (code.length > 1) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return { n: "\n", t: "\t", r: "\r" }[code] ?? ("\\'\"".includes(code) ? code : `\\${code}`);
  });
}
