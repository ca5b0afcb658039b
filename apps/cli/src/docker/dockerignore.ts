import dockerignore from "@balena/dockerignore";
import { PreloadError } from "@preload/core";

/**
 * Whether a path of a build context is left out of it: relative to the context, with `/`.
 * @throws PreloadError `BAD_CONFIG` for a rule that no builder understands
 */
export function ignoredBy(rules: string, file: string): (path: string) => boolean {
  const matcher = dockerignore.default().add(rules.replaceAll("\r\n", "\n").replace(/^\uFEFF/, ""));
  try {
    matcher.ignores("a"); // This is when it reads them.
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new PreloadError("BAD_CONFIG", `${file}: one of its rules is not a pattern (${cause.message})`, {
      hint: "Look for a `[` without its `]`; docker refuses it too.",
      cause,
    });
  }
  return (path) => matcher.ignores(path);
}
