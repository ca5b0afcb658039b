/** The text between the quotes. */
export function unquoted(written: string): string {
  return unescaped(written.slice(1, -1));
}

export function unescaped(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(/\\(\r?\n|x[0-9a-f]{2}|u[0-9a-f]{4}|.)/gis, (_, code: string) => {
    if (/^\r?\n$/.test(code)) return "";
    if (code.length > 1) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return { n: "\n", t: "\t", r: "\r" }[code] ?? code;
  });
}
