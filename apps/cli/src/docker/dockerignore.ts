import dockerignore from "@balena/dockerignore";

/** Whether a path of a build context is left out of it: relative to the context, with `/`. */
export function ignoredBy(rules: string): (path: string) => boolean {
  const matcher = dockerignore.default().add(rules.replaceAll("\r\n", "\n").replace(/^\uFEFF/, ""));
  return (path) => matcher.ignores(path);
}
