import { type Ci, indented } from "./job.ts";
import { folder, intoProject, storeScript, testScript } from "./shell.ts";

/** Two stages of a declarative pipeline. The agent has Node, and whatever the tests are written in. */
export const jenkins: Ci = {
  path: "Jenkinsfile",
  comment: "//",
  indent: 4,
  place: "inside of `stages { }`",
  around: (part) => `pipeline {
  agent any
  stages {
${part}
  }
}
`,
  part: (job) => `stage('Models') {
  options { timeout(time: 60, unit: 'MINUTES') }
  environment { PRELOAD_CACHE_ROOT = '${folder}' }
  steps {
${sh(storeScript(job, { isOwnBranch: own }))}
${sh(["set -euo pipefail", ...intoProject(job), job.preload("ci-summary --format text")].join("\n"))}
  }
}
stage('Test') {
  environment { PRELOAD_CACHE_ROOT = '${folder}' }
  steps {
${sh(["set -euo pipefail", ...intoProject(job), ...testScript(job)].join("\n"))}
  }
}
`,
};

// A pull request restores, and saves nothing.
// biome-ignore lint/suspicious/noTemplateCurlyInString: for the shell
const own = '[ -z "${CHANGE_ID:-}" ]';

/** In Groovy's quotes of three, only these have a meaning of their own. */
function sh(script: string): string {
  const text = script.replaceAll("\\", "\\\\").replaceAll("'''", "\\'\\'\\'");
  return indented(`sh '''#!/usr/bin/env bash\n${text}\n'''`, 4);
}
