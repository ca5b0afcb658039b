import { actions } from "./actions.ts";
import { type Ci, indented, type Job, quoted, scalar } from "./job.ts";
import { namedSteps } from "./shell.ts";

/** A workflow for GitHub Actions. Restoring, completing and saving the models is what our own action does. */
export const github: Ci = {
  path: ".github/workflows/preload.yml",
  comment: "#",
  indent: 2,
  place: "below `jobs:`, two spaces deep",
  around: (part) => `name: Models and tests
on:
  push:
    branches: [main]
  pull_request:
permissions: {}
jobs:
${part}
`,
  part: (job) => `preload:
  runs-on: ubuntu-latest
  timeout-minutes: 60
  permissions:
    contents: read
  concurrency:
    # A newer push to a pull request ends the older run; no other run is ever cancelled, and each job of a matrix is by itself.
    group: preload-\${{ github.workflow }}-\${{ github.event_name == 'pull_request' && github.ref || github.run_id }}-\${{ strategy.job-index }}
    cancel-in-progress: \${{ github.event_name == 'pull_request' }}
  defaults:
    run:
      shell: bash${job.dir === "." ? "" : `\n      working-directory: ${scalar(job.dir)}`}
  steps:
${indented([...steps(job)].join("\n"), 4)}
`,
};

function* steps(job: Job): Generator<string> {
  yield `- uses: ${actions.checkout}\n  with:\n    persist-credentials: false`;
  yield `- uses: ${actions.node}\n  with:\n    node-version: ${job.node}\n    package-manager-cache: false`;
  if (job.python !== undefined) yield `- uses: ${actions.python}\n  with:\n    python-version: "${job.python}"`;
  if (job.bytes > roomOnRunner) yield freeDisk;
  yield `# Restores what is kept, fetches only what is missing, verifies all of it, and saves what is complete: here, and not
# in a step behind the tests. Pull requests restore, and save nothing.
- name: Models
  uses: ${actions.preload}${block("with", [...inputs(job)])}${block("env", job.only.length > 0 ? [["PRELOAD_ONLY", scalar(job.only.join(","))]] : [])}`;
  for (const { name, line } of namedSteps(job)) yield `- name: ${scalar(name)}\n  run: ${scalar(line)}`;
}

/** What the action is told; that it saves nothing for a pull request is what it does by itself. */
function* inputs({ dir, config, profiles, isGated }: Job): Generator<[string, string]> {
  if (dir !== ".") yield ["working-directory", scalar(dir)];
  if (config !== undefined) yield ["config", scalar(config)];
  if (profiles.length > 0) yield ["profiles", scalar(profiles.join(","))];
  // A fork has no secrets: what is optional and behind terms is left out there.
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub's
  if (isGated) yield ["token", "${{ secrets.HF_TOKEN }}"];
}

function block(name: string, pairs: readonly (readonly [string, string])[]): string {
  return pairs.length === 0 ? "" : `\n  ${name}:\n${pairs.map(([key, value]) => `    ${key}: ${value}`).join("\n")}`;
}

// A hosted runner promises 14 GB; an entry lies there packed and unpacked while it is restored.
const roomOnRunner = 6e9;

const freeDisk = `- name: Room for the models
  # Programs that come with a hosted runner. A runner of your own keeps everything.
  run: |
    if [ "\${RUNNER_ENVIRONMENT:-}" = github-hosted ] && [ "\${RUNNER_OS:-}" = Linux ]; then
      sudo rm -rf ${["/usr/local/lib/android", "/usr/share/dotnet", "/opt/ghc", "/usr/local/.ghcup"].map(quoted).join(" ")}
    fi
    df -h "$GITHUB_WORKSPACE"`;
