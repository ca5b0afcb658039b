import { type Ci, indented, type Job } from "./job.ts";
import { folder, storeScript, testScript } from "./shell.ts";

/** A step for Buildkite. The agent has Node, and whatever the tests are written in. */
export const buildkite: Ci = {
  path: ".buildkite/pipeline.yml",
  comment: "#",
  indent: 2,
  place: "below `steps:`, two spaces deep",
  around: (part) => `steps:
${part}
`,
  part: (job) => `- label: Models and tests
  key: preload
  timeout_in_minutes: 60
  env:
    PRELOAD_CACHE_ROOT: ${folder}
  # One script: a dollar is doubled, since what has one is replaced when the pipeline is uploaded.
  command: |
${indented(script(job).replaceAll("$", "$$$$"), 4)}
`,
};

function script(job: Job): string {
  return [
    storeScript(job, { isOwnBranch: own }),
    `${job.preload("ci-summary")} | buildkite-agent annotate --style info --context preload`,
    ...testScript(job),
  ].join("\n");
}

// A pull request restores, and saves nothing.
// biome-ignore lint/suspicious/noTemplateCurlyInString: for the shell
const own = '[ "${BUILDKITE_PULL_REQUEST:-false}" = false ]';
