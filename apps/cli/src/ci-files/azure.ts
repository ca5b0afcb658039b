import { type Ci, indented, type Job, scalar } from "./job.ts";
import { folder, folderOf, namedSteps, script } from "./shell.ts";

/** Two jobs for Azure Pipelines, whose cache saves only behind a job that went well: the models have one of their own. */
export const azure: Ci = {
  path: "azure-pipelines.yml",
  comment: "#",
  indent: 2,
  place: "below `jobs:`, two spaces deep",
  around: (part) => `trigger: [main]
pr: ["*"]
jobs:
${part}
`,
  part: (
    job,
  ) => `# Saves what is complete, whatever the tests will say. A pull request only restores: what it fetches itself is kept for
# no other branch.
- job: preload_models
  condition: and(succeeded(), ne(variables['Build.Reason'], 'PullRequest'))
  timeoutInMinutes: 60
  pool:
    vmImage: ubuntu-24.04
  variables:
    PRELOAD_CACHE_ROOT: ${folder}
  steps:
${models(job)}
- job: preload_test
  dependsOn: preload_models
  condition: in(dependencies.preload_models.result, 'Succeeded', 'Skipped')
  timeoutInMinutes: 60
  pool:
    vmImage: ubuntu-24.04
  variables:
    PRELOAD_CACHE_ROOT: ${folder}
  steps:
${models(job)}
${namedSteps(job)
  .map(({ name, line }) => bash(name, [line], job))
  .join("\n")}
`,
};

function models(job: Job): string {
  const python = job.python === undefined ? [] : [task("UsePythonVersion@0", { versionSpec: `"${job.python}"` })];
  return [
    indented("- checkout: self\n  persistCredentials: false", 4),
    task("NodeTool@0", { versionSpec: `${job.node}.x` }),
    ...python,
    bash("Key of the models", [`key="$(${job.preload("ci-key --granularity set")})"`, setKey], job),
    task("Cache@2", { key: `'"$(PRELOAD_KEY)"'`, path: `$(Build.SourcesDirectory)/${folderOf(job)}` }),
    indented("# Always, whatever was restored: verifies all, and fetches only what is missing.", 4),
    bash("Models", [job.preload("ci"), ...summary(job)], job),
  ].join("\n");
}

const setKey = 'echo "##vso[task.setvariable variable=PRELOAD_KEY]$key"';

function summary(job: Job): string[] {
  return [
    `${job.preload("ci-summary")} > "$AGENT_TEMPDIRECTORY/models.md"`,
    'echo "##vso[task.uploadsummary]$AGENT_TEMPDIRECTORY/models.md"',
  ];
}

function task(name: string, inputs: Readonly<Record<string, string>>): string {
  const lines = Object.entries(inputs).map(([input, value]) => `    ${input}: ${value}`);
  return indented([`- task: ${name}`, "  inputs:", ...lines].join("\n"), 4);
}

function bash(name: string, lines: readonly string[], job: Job): string {
  return indented(`- bash: |\n${indented(script(job, lines), 4)}\n  displayName: ${scalar(name)}`, 4);
}
