import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Machine } from "@preload/core";
import type { Session } from "../session.ts";

/** Where each CI puts the sources, which is what the paths of its caches are relative to. */
const variables: readonly { readonly name: string; readonly where?: string }[] = [
  { name: "GITHUB_WORKSPACE" },
  { name: "CI_PROJECT_DIR", where: "GITLAB_CI" },
  { name: "CIRCLE_WORKING_DIRECTORY" },
  { name: "BUILD_SOURCESDIRECTORY", where: "TF_BUILD" },
  { name: "BUILDKITE_BUILD_CHECKOUT_PATH" },
  { name: "WORKSPACE", where: "JENKINS_URL" },
];

export interface Workspace {
  /** Absolute. */
  readonly dir: string;
  /** What chose it, for people. */
  readonly rule: string;
}

/** The folder from which the places of the models are seen: the one named, the CI's, or the repository's root. */
export function workspaceOf({ config, machine }: Pick<Session, "config" | "machine">, named?: string): Workspace {
  if (named !== undefined) return { dir: resolve(machine.cwd, named), rule: "--workspace" };
  const { env } = machine;
  const found = variables.find(({ name, where }) => env[name] && (where === undefined || env[where]));
  if (found) return { dir: resolve(machine.cwd, atHome(env[found.name] ?? "", machine)), rule: found.name };
  return repositoryOf(config.dir);
}

// CircleCI says `~/project`, and no shell has seen it.
function atHome(path: string, { home }: Machine): string {
  return /^~(?=[/\\]|$)/.test(path) ? join(home, path.slice(1)) : path;
}

function repositoryOf(start: string): Workspace {
  for (let dir = start; ; dir = dirname(dir)) {
    if (existsSync(join(dir, ".git"))) return { dir, rule: "the repository" };
    if (dir === dirname(dir)) return { dir: start, rule: "the config's folder" };
  }
}
