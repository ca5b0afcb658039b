import { type Ci, indented, type Job, scalar } from "./job.ts";
import { folder, folderOf, namedSteps } from "./shell.ts";

/** A job for CircleCI. */
export const circleci: Ci = {
  path: ".circleci/config.yml",
  comment: "#",
  indent: 2,
  place: "below `jobs:`, two spaces deep; and `preload` into the list of a workflow",
  around: (part) => `version: 2.1
workflows:
  models-and-tests:
    jobs: [preload]
jobs:
${part}
`,
  part: (job) => `preload:
  docker:
    - image: ${image(job)}
  environment:
    PRELOAD_CACHE_ROOT: ${folder}
  steps:
    - checkout
${step(job, "Key of the models", `${job.preload("ci-key --granularity set")} > ${files.wanted}`)}
    # Nothing but this very set of models: what is restored is what is needed.
    - restore_cache:
        key: ${keyOf(files.wanted)}
    # Always, whatever was restored: verifies all, and fetches only what is missing.
${step(job, "Models", job.preload("ci"))}
    # Under the name of what is there: a run without a token may lack what is optional.
${step(job, "Key of what is there", `${job.preload("ci-key --granularity set --present")} > ${files.present}`)}
    # Only what is complete comes so far, and an entry that is there already stays. Other branches only restore.
    - when:
        condition: << pipeline.git.branch.is_default >>
        steps:
          - save_cache:
              key: ${keyOf(files.present)}
              paths: [${scalar(folderOf(job))}]
${step(job, "What was fetched, and what was there", job.preload("ci-summary --format text"))}
${namedSteps(job)
  .map(({ name, line }) => step(job, name, line))
  .join("\n")}
`,
};

// Each has Node; ours wants at least 20.19.
function image({ node, python }: Job): string {
  if (python !== undefined) return `cimg/python:${python}-node`;
  return `cimg/node:${node === "20" ? "20.19" : `${node}.0`}`;
}

const files = { wanted: "/tmp/preload-key", present: "/tmp/preload-key-present" } as const;

function keyOf(file: string): string {
  return `'preload-{{ checksum "${file}" }}'`;
}

function step({ dir }: Job, name: string, command: string): string {
  const lines = [
    "- run:",
    `    name: ${scalar(name)}`,
    `    command: ${scalar(command)}`,
    ...(dir === "." ? [] : [`    working_directory: ${scalar(dir)}`]),
  ];
  return indented(lines.join("\n"), 4);
}
