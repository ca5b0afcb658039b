/**
 * The rule of the Hub's `allow_patterns` and `ignore_patterns`: Python's `fnmatchcase`.
 * `*` and `?` cross folders, so `*.json` matches `onnx/config.json`. Two stars mean no more than one.
 */
export function pythonFnmatch(path: string, pattern: string): boolean {
  return patternOf(pattern).test(path.replaceAll("\\", "/"));
}

function patternOf(pattern: string): RegExp {
  const slashed = pattern.replaceAll("\\", "/");
  const glob = [...(slashed.endsWith("/") ? `${slashed}*` : slashed)];
  let source = "";
  for (let at = 0; at < glob.length; at += 1) {
    const character = glob[at] ?? "";
    if (character === "*") {
      // Several in a row mean the same as one, and would cost time.
      if (glob[at - 1] !== "*") source += ".*";
    } else if (character === "?") {
      source += ".";
    } else if (character === "[") {
      const end = endOfSet(glob, at);
      source += end === undefined ? "\\[" : setOf(glob.slice(at + 1, end).join(""));
      at = end ?? at;
    } else {
      source += escaped(character);
    }
  }
  return new RegExp(`^${source}$`, "su");
}

// A bracket right after the opening one, or after the !, belongs to the set.
function endOfSet(glob: readonly string[], start: number): number | undefined {
  let at = start + 1;
  if (glob[at] === "!") at += 1;
  if (glob[at] === "]") at += 1;
  const end = glob.indexOf("]", at);
  return end === -1 ? undefined : end;
}

function setOf(text: string): string {
  const negated = text.startsWith("!");
  const members = rangesOf([...(negated ? text.slice(1) : text)]);
  // Nothing is in an empty set, and everything in its opposite.
  if (members === "") return negated ? "." : "(?!)";
  return `[${negated ? "^" : ""}${members}]`;
}

function rangesOf(set: readonly string[]): string {
  let source = "";
  for (let at = 0; at < set.length; at += 1) {
    const [from = "", dash, to] = set.slice(at, at + 3);
    if (dash === "-" && to !== undefined) {
      // A range that runs backwards is empty.
      if (from <= to) source += `${member(from)}-${member(to)}`;
      at += 2;
    } else {
      source += member(from);
    }
  }
  return source;
}

// Within a set a hyphen has a meaning, outside of one it may not be escaped.
function member(character: string): string {
  return character === "-" ? "\\-" : escaped(character);
}

function escaped(character: string): string {
  return /[\^$\\.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
}
