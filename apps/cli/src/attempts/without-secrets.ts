const names = "[\\w-]*(?:token|api-?_?key|secret|passw(?:or)?d)";

/**
 * A command line as it may be kept in a report: without the user of a URL, what looks like a token, and what is given
 * under a name or a header that says it is one. A command may still hold what nobody can tell for a secret.
 */
export function withoutSecrets(text: string): string {
  return text
    .replace(/(:\/\/)[^/\s@]+@/g, "$1***@")
    .replace(/\b(authorization["']?\s*[:=]\s*)(?:(basic|bearer|token)\s+)?[^\s"']+/gi, "$1***")
    .replace(new RegExp(`\\b(${names}["']?\\s*[:=]\\s*["']?)[^\\s"'&]+`, "gi"), "$1***")
    .replace(new RegExp(`(--?${names}\\s+)(?!-)\\S+`, "gi"), "$1***")
    .replace(/\bhf_[A-Za-z0-9]{8,}/g, "hf_***");
}

/** The same of the words of a command: a name and its value may be two of them. */
export function wordsWithoutSecrets(words: readonly string[]): string[] {
  const isName = new RegExp(`^--?${names}$`, "i");
  return words.map((word, index) => {
    const before = words[index - 1];
    return before !== undefined && isName.test(before) && !word.startsWith("-") ? "***" : withoutSecrets(word);
  });
}
