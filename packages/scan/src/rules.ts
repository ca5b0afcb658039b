import { relative, sep } from "node:path";
import ignore, { type Ignore } from "ignore";

/** Which files and folders are looked at. */
export interface Rules {
  isEntered(dir: string): boolean;
  isRead(file: string): boolean;
  /** The rules inside of a folder, which may have a `.gitignore` of its own. */
  within(dir: string, gitignore: string | undefined): Rules;
}

/** What is installed, built or kept by tools, and not written by the people of the project. */
export const skippedByDefault: readonly string[] = `
  .git/ .hg/ .svn/ node_modules/ bower_components/ .pnpm-store/ .yarn/
  .venv/ venv/ site-packages/ dist-packages/ __pycache__/ .tox/ .nox/ .eggs/ *.egg-info/ __pypackages__/
  .mypy_cache/ .pytest_cache/ .ruff_cache/ .ipynb_checkpoints/ .cache/ .turbo/ .next/ .nuxt/ .svelte-kit/ .parcel-cache/
  dist/ build/ out/ target/ coverage/ htmlcov/ *.min.js *.bundle.js
  package-lock.json pnpm-lock.yaml poetry.lock uv.lock Pipfile.lock
  preload.lock preload.yaml preload.yml preload.json preload.toml preload.config.*
`
  .trim()
  .split(/\s+/);

interface Patterns {
  readonly dir: string;
  readonly rules: Ignore;
}

export function createRules(
  start: string,
  { include, exclude }: { readonly include: readonly string[]; readonly exclude: readonly string[] },
  above: readonly { dir: string; text: string }[],
): Rules {
  const included = ignore().add([...include]);
  const excluded = ignore().add([...exclude]);
  const first = { dir: start, rules: ignore().add([...skippedByDefault]) };
  const outer = above.map(({ dir, text }) => ({ dir, rules: ignore().add(text) }));
  return rulesWith([first, ...outer]);

  function rulesWith(patterns: readonly Patterns[]): Rules {
    const skips = (path: string, mark: string) =>
      patterns.reduce((skipped, { dir, rules }) => {
        const { ignored, unignored } = rules.test(`${within(dir, path)}${mark}`);
        return ignored || (skipped && !unignored);
      }, false);
    return {
      isEntered(path) {
        const name = `${within(start, path)}/`;
        if (excluded.ignores(name)) return false;
        return !skips(path, "/") || included.ignores(name) || include.some((pattern) => leadsTo(pattern, name));
      },
      isRead(path) {
        const name = within(start, path);
        return !excluded.ignores(name) && (included.ignores(name) || !skips(path, ""));
      },
      within: (dir, gitignore) =>
        gitignore === undefined
          ? rulesWith(patterns)
          : rulesWith([...patterns, { dir, rules: ignore().add(gitignore) }]),
    };
  }
}

/** True if what the pattern means lies inside of the folder: `build/` for `build/gen/*.py`. */
function leadsTo(pattern: string, folder: string): boolean {
  return pattern.replace(/^\//, "").startsWith(folder);
}

function within(dir: string, path: string): string {
  return relative(dir, path).split(sep).join("/");
}
