import { type Ci, indented, scalar } from "./job.ts";
import { folder, folderOf, intoProject, nodeInPython, testScript } from "./shell.ts";

/** For `.gitlab-ci.yml`, or for a file that it includes. */
export const gitlab: Ci = {
  path: ".gitlab-ci.yml",
  comment: "#",
  indent: 0,
  place: "at the left edge",
  around: (part) => `${part}\n`,
  part: (job) => `.preload:
  image: ${job.python === undefined ? `node:${job.node}` : `python:${job.python}`}
  variables:
    PRELOAD_CACHE_ROOT: ${folder}
  cache:
    # GitLab wants the key before anything runs: it is that of the lock.
    key:
      prefix: preload
      files: [${scalar(job.lock)}]
    paths: [${scalar(folderOf(job))}]
    # Every branch may restore it, since no byte is believed before it is verified.
    unprotect: true
    policy: pull
  before_script:
${list([...intoProject(job), ...nodeInPython(job), job.preload("ci")])}
# Saves what is complete, whatever the tests will say. Merge requests only restore. Nothing interrupts it.
preload-models:
  extends: .preload
  stage: .pre
  interruptible: false
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  cache:
    policy: pull-push
  script:
${list([job.preload("ci-summary --format text")])}
preload-test:
  extends: .preload
  stage: test
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  needs:
    - job: preload-models
      optional: true
  script:
${list(testScript(job))}
`,
};

function list(lines: readonly string[]): string {
  return indented(lines.map((line) => `- ${scalar(line)}`).join("\n"), 4);
}
