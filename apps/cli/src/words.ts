/** `3.8 MB`: powers of 1000, as the Hub's pages and disk vendors count. */
export function bytes(count: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let amount = Math.abs(count);
  let unit = 0;
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  const sign = count < 0 ? "-" : "";
  if (unit === 0) return `${sign}${amount} ${amount === 1 ? "byte" : "bytes"}`;
  return `${sign}${amount < 9.95 ? amount.toFixed(1) : amount.toFixed(0)} ${units[unit]}`;
}

/** `0.4 s`, `12 s`, `1 min 30 s`, `2 h 5 min`. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return joined([`${Math.floor(whole / 60)} min`, whole % 60, "s"]);
  return joined([`${Math.floor(whole / 3600)} h`, Math.floor((whole % 3600) / 60), "min"]);
}

function joined([large, rest, unit]: [string, number, string]): string {
  return rest === 0 ? large : `${large} ${rest} ${unit}`;
}

/** `1 file`, `2 files`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** A commit or checksum by its first seven digits, as git shows it; any other revision as it is. */
export function shortRevision(revision: string): string {
  return /^[0-9a-f]{40,64}$/.test(revision) ? revision.slice(0, 7) : revision;
}

/**
 * Text that came from elsewhere, without the characters that move a terminal's cursor or change its colours, and
 * without the password (or token) in an address and the values of its query, of which one may be a signature: a log would keep them.
 */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  const printable = text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "�");
  return printable.replace(/(:\/\/(?:[^/\s:@]*:)?)[^/\s@]+@/g, "$1…@").replace(
    /(:\/\/[^\s"'<>?#]*\?)([^\s"'<>#]+?)(?=[:,.;)]*(?:[\s"'<>#]|$))/g,
    (_, address: string, query: string) =>
      `${address}${query
        .split("&")
        .map((one) => (one.includes("=") ? `${one.slice(0, one.indexOf("="))}=…` : "…"))
        .join("&")}`,
  );
}

/** The same where one line is meant: CI takes some lines of a log for its own commands. */
export function plainLine(text: string): string {
  return plain(text.trim().replace(/\s+/g, " "));
}
