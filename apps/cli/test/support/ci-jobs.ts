import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { tempDir } from "@preload/core/testing";
import { parse } from "yaml";
import { bin, homeEnv } from "./run.ts";
import type { World } from "./world.ts";

/** A CI that runs the jobs of one project, and keeps what they save. */
export interface Runner {
  /** Runs every step of the file in a fresh checkout, as a fresh user, until one fails. */
  job(options?: JobOptions): Promise<JobRan>;
  /** What is kept, by key. */
  readonly store: string;
}

interface JobOptions {
  /** As a machine of one's own, which has what the job before has left in its home. @default false */
  readonly isSameMachine?: boolean;
  readonly isPullRequest?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

interface JobRan {
  /** Of the step that failed; 0 when none did. */
  readonly code: number;
  readonly output: string;
}

/** One step as its CI understands it. */
type Step =
  /** `shell` has `{}` where the script's file goes. */
  | { readonly type: "shell"; readonly script: string; readonly shell: readonly string[]; readonly env?: Vars }
  | { readonly type: "restore" | "save"; readonly key: string; readonly path: string };

type Vars = Readonly<Record<string, string>>;

/** What the steps of a file are, in the words of its CI. */
interface Dialect {
  stepsIn(text: string, isPullRequest: boolean): readonly Step[];
  /** What its machines set. */
  env(place: { workspace: string; temp: string; store: string; isPullRequest: boolean }): Vars;
}

/** Runs the steps in front of a real disk; `npx` is the only program that is ours: it runs what was built here. */
export async function openRunner({ project, env: caller }: World, file: string, dialect: Dialect): Promise<Runner> {
  const root = await tempDir();
  const store = join(root, "store");
  await mkdir(store);
  const path = await programs(join(root, "programs"));
  let count = 0;
  return {
    store,
    async job({ isSameMachine = false, isPullRequest = false, env: more = {} } = {}) {
      if (!isSameMachine) count += 1;
      const place = join(root, `machine-${count}`);
      const [home, temp, workspace] = [join(place, "home"), join(place, "temp"), join(root, "workspace")];
      await rm(workspace, { recursive: true, force: true });
      await Promise.all([home, temp].map((dir) => mkdir(dir, { recursive: true })));
      await cp(project, workspace, { recursive: true });
      const said = dialect.env({ workspace, temp, store, isPullRequest });
      const env = { ...caller, ...homeEnv(home), PATH: path, TMPDIR: temp, ...said, ...more };
      const steps = dialect.stepsIn(await readFile(join(workspace, file), "utf8"), isPullRequest);
      return runAll(steps, { workspace, temp, store, env });
    },
  };
}

interface Machine {
  readonly workspace: string;
  readonly temp: string;
  readonly store: string;
  readonly env: Record<string, string>;
}

async function runAll(steps: readonly Step[], { workspace, temp, store, env }: Machine): Promise<JobRan> {
  let output = "";
  const entryOf = async ({ key }: { key: string }) => join(store, await filled(key, env, workspace));
  for (const step of steps) {
    switch (step.type) {
      case "restore":
        if (existsSync(await entryOf(step))) {
          await cp(await entryOf(step), join(workspace, step.path), { recursive: true, verbatimSymlinks: true });
        }
        break;
      case "save": // As every CI that has keys: what is there stays.
        if (!existsSync(await entryOf(step))) {
          await cp(join(workspace, step.path), await entryOf(step), { recursive: true, verbatimSymlinks: true });
        }
        break;
      case "shell": {
        const name = join(temp, "step.sh");
        await writeFile(name, step.script, { mode: 0o755 });
        const [program = "", ...args] = step.shell.map((word) => (word === "{}" ? name : word));
        const ran = await run(program, args, { cwd: workspace, env: { ...env, ...step.env } });
        output += ran.output;
        if (ran.code !== 0) return { code: ran.code, output };
        // What Azure takes from a log.
        const set = /##vso\[task\.setvariable variable=(\w+)\](.*)/.exec(ran.output);
        if (set) env[set[1] ?? ""] = set[2] ?? "";
      }
    }
  }
  return { code: 0, output };
}

/** `$(NAME)` and `{{ checksum "FILE" }}` */
async function filled(key: string, env: Vars, workspace: string): Promise<string> {
  const [, file] = /^preload-\{\{ checksum "(.*)" \}\}$/.exec(key) ?? [];
  if (file !== undefined)
    return createHash("sha256")
      .update(await readFile(resolve(workspace, file)))
      .digest("hex");
  return key.replace(/"?\$\((\w+)\)"?/, (_, name) => env[name] ?? "");
}

async function run(program: string, args: readonly string[], options: { cwd: string; env: Vars }): Promise<JobRan> {
  return new Promise((settle, reject) => {
    execFile(program, args, { ...options, maxBuffer: 1e8 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === "number") settle({ code, output: `${stdout}${stderr}` });
      else reject(error);
    });
  });
}

/** A PATH on which `npx --yes @preload/cli@VERSION` is what was built here, `python` is there, and so is Buildkite's agent. */
async function programs(folder: string): Promise<string> {
  await mkdir(folder);
  const write = async (name: string, text: string) => {
    await writeFile(join(folder, name), `#!/bin/sh\n${text}\n`);
    await chmod(join(folder, name), 0o755);
  };
  await write("npx", `[ "$1" = --yes ] || exit 99; shift 2; exec "${process.execPath}" "${bin}" "$@"`);
  await write("python", 'exec python3 "$@"');
  await write("buildkite-agent", 'echo "agent: $*"; cat');
  return `${folder}${delimiter}${process.env.PATH}`;
}

/** Each CI's own words, as far as generated files use them. */
export const dialects: Readonly<Record<"github" | "gitlab" | "circleci" | "azure" | "jenkins" | "buildkite", Dialect>> =
  {
    github: {
      stepsIn: (text) => {
        const { steps } = only(parse(text).jobs) as { steps: GithubStep[] };
        return steps.flatMap(({ run: script, uses = "", with: inputs = {} }): Step[] => {
          if (script !== undefined) return [{ type: "shell", script, shell: bash }];
          // The action has tests of its own: here it stands for what it drives.
          const profiles = inputs.profiles === undefined ? "" : ` -p ${inputs.profiles}`;
          const ours = { type: "shell", script: `npx --yes @preload/cli ci${profiles}`, shell: bash } as const;
          return uses.startsWith("preload-dev/preload/") ? [ours] : [];
        });
      },
      env: ({ workspace }) => ({ GITHUB_ACTIONS: "true", GITHUB_WORKSPACE: workspace }),
    },
    gitlab: {
      stepsIn: (text, isPullRequest) => {
        const { ".preload": template, ...jobs } = parse(text) as Record<string, GitlabJob>;
        const all = Object.values(jobs).filter(({ stage }) => stage !== ".pre" || !isPullRequest);
        return all.flatMap((own): Step[] => {
          const { before_script: before = [], script = [], variables = {}, cache } = { ...template, ...own };
          const { key, paths, policy } = { ...template?.cache, ...cache };
          const entry = { key: `preload-{{ checksum "${key?.files[0]}" }}`, path: paths?.[0] ?? "" };
          return [
            { type: "restore", ...entry },
            { type: "shell", script: [...before, ...script].join("\n"), shell: bash, env: variables },
            ...(policy === "pull-push" ? [{ type: "save", ...entry } as const] : []),
          ];
        });
      },
      env: ({ workspace }) => ({ GITLAB_CI: "true", CI_PROJECT_DIR: workspace }),
    },
    circleci: {
      stepsIn: (text, isPullRequest) => {
        const { steps, environment } = only(parse(text).jobs) as { steps: CircleStep[]; environment: Vars };
        const when = ({ when: { condition, steps: inner } }: Extract<CircleStep, { when: object }>) =>
          condition === "<< pipeline.git.branch.is_default >>" && isPullRequest ? [] : inner;
        const all = steps.flatMap((step) => (typeof step === "string" ? [] : "when" in step ? when(step) : [step]));
        return all.map((step): Step => {
          if (step.run) return { type: "shell", script: step.run.command, shell: circle, env: environment };
          if (step.restore_cache) return { type: "restore", key: step.restore_cache.key, path: ".preload" };
          return { type: "save", key: step.save_cache?.key ?? "", path: step.save_cache?.paths[0] ?? "" };
        });
      },
      env: ({ workspace }) => ({ CIRCLECI: "true", CIRCLE_WORKING_DIRECTORY: workspace }),
    },
    azure: {
      stepsIn: (text, isPullRequest) => {
        const jobs = (parse(text).jobs as AzureJob[]).filter(
          ({ condition }) => !isPullRequest || !/PullRequest/.test(condition),
        );
        return jobs.flatMap(({ steps, variables }) => {
          const cache = steps.find(({ task }) => task === "Cache@2")?.inputs;
          const entry = { key: cache?.key ?? "", path: ".preload" };
          const own = steps.flatMap(({ bash: script, task }): Step[] => {
            if (task === "Cache@2") return [{ type: "restore", ...entry }];
            return script === undefined
              ? []
              : [{ type: "shell", script, shell: ["bash", "--noprofile", "--norc", "{}"], env: variables }];
          });
          return [...own, ...(isPullRequest ? [] : [{ type: "save", ...entry } as const])];
        });
      },
      env: ({ workspace, temp }) => ({
        TF_BUILD: "True",
        BUILD_SOURCESDIRECTORY: workspace,
        AGENT_TEMPDIRECTORY: temp,
      }),
    },
    jenkins: {
      stepsIn: (text) => {
        const scripts = [...text.matchAll(/sh '''(.*?)'''/gs)].map(([, script = ""]) => script);
        const [, name = "", value = ""] = /environment \{ (\w+) = '(.*?)' \}/.exec(text) ?? [];
        const unescaped = scripts.map((script) => script.replaceAll("\\\\", "\\"));
        return unescaped.map((script) => ({ type: "shell", script, shell: ["{}"], env: { [name]: value } }));
      },
      env: ({ workspace, store, isPullRequest }) => ({
        JENKINS_URL: "http://jenkins.example/",
        WORKSPACE: workspace,
        PRELOAD_STORE: store,
        ...(isPullRequest ? { CHANGE_ID: "7" } : {}),
      }),
    },
    buildkite: {
      stepsIn: (text) => {
        const [step] = parse(text).steps as { command: string; env: Vars }[];
        const script = (step?.command ?? "").replace(/\$(.?)/gs, (found, next) => {
          if (next !== "$") throw new Error(`${found} would be replaced at upload`);
          return "$";
        });
        return [{ type: "shell", script, shell: ["bash", "-e", "{}"], env: step?.env ?? {} }];
      },
      env: ({ workspace, store, isPullRequest }) => ({
        BUILDKITE_BUILD_CHECKOUT_PATH: workspace,
        BUILDKITE_PULL_REQUEST: isPullRequest ? "7" : "false",
        PRELOAD_STORE: store,
      }),
    },
  };

const bash = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "{}"];
const circle = ["bash", "-eo", "pipefail", "{}"];

type CirclePlain = {
  run?: { command: string };
  restore_cache?: { key: string };
  save_cache?: { key: string; paths: string[] };
};
type CircleStep = "checkout" | CirclePlain | { when: { condition: string; steps: CirclePlain[] } };

interface GithubStep {
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Vars;
}

interface GitlabJob {
  readonly stage?: string;
  readonly before_script?: readonly string[];
  readonly script?: readonly string[];
  readonly variables?: Vars;
  readonly cache?: { readonly key?: { files: string[] }; readonly paths?: string[]; readonly policy?: string };
}

interface AzureJob {
  readonly condition: string;
  readonly variables: Vars;
  readonly steps: readonly { bash?: string; task?: string; inputs?: Record<string, string> }[];
}

function only(jobs: Record<string, unknown>): unknown {
  const all = Object.values(jobs);
  if (all.length !== 1) throw new Error(`expected one job, found ${all.length}`);
  return all[0];
}
