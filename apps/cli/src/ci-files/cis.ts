import { azure } from "./azure.ts";
import { buildkite } from "./buildkite.ts";
import { circleci } from "./circleci.ts";
import { github } from "./github.ts";
import { gitlab } from "./gitlab.ts";
import { jenkins } from "./jenkins.ts";
import type { Ci } from "./job.ts";
import type { CiName } from "./names.ts";

/** Every CI for which a file can be written. */
export const cis: Readonly<Record<CiName, Ci>> = { github, gitlab, circleci, azure, jenkins, buildkite };
