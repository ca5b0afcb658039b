/** A line about bytes that are not the promised ones, when they are one of the usual suspects; or nothing. */
export function whatItIs(head: Uint8Array): string {
  const text = Buffer.from(head).toString("latin1").trimStart();
  if (/^(<!doctype html|<html)/i.test(text)) {
    return "\n  It is an HTML page: a login page, a captive portal or a proxy's message.";
  }
  if (text.startsWith("version https://git-lfs.github.com/spec/")) {
    return "\n  It is a git-lfs pointer, not the file it points to: the mirror was copied without git-lfs.";
  }
  if (/^\{\s*"(error|message)"/.test(text)) return "\n  It is a JSON error message.";
  if (/^\s*<\?xml[\s\S]*<(Error|Code)>/.test(text)) return "\n  It is a storage service's error message.";
  if (head[0] === 0x1f && head[1] === 0x8b) return "\n  It is gzip-compressed: a proxy compresses what it passes on.";
  return "";
}
