import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pattern, tempDir } from "@preload/core/testing";
import {
  type Catalog,
  type DemoOrigin,
  demoConfig,
  demoToken,
  type HubRepo,
  hubRepo,
  startDemoOrigin,
} from "@preload/demo-origin";
import { inject, onTestFinished } from "vitest";
import { main } from "../../../cli/src/main.ts";
import { type CacheService, cacheService } from "./cache-service.ts";

/** A repository with a locked config, an origin to fetch from, and a cache service. */
export interface World {
  readonly demo: DemoOrigin;
  readonly service: CacheService;
  /** Another config, and its lock. */
  writeConfig(text: string): Promise<void>;
  /** Moves the pin of a model to what its origin has now. */
  update(ref: string): Promise<void>;
  /** A machine that has nothing: its own home, at some distance from its checkout of the repository. */
  machine(options?: MachineOptions): Promise<Machine>;
}

interface MachineOptions {
  /** Between the root and the checkout. @default "work/repo/repo" */
  readonly checkout?: string;
  /** The same of the home. @default "home" */
  readonly home?: string;
}

interface Machine {
  readonly home: string;
  readonly hub: string;
  readonly workspace: string;
  /** Where steps may leave what nobody needs after the job. */
  readonly temp: string;
  /** What the repository holds. */
  readonly files: Readonly<Record<string, string>>;
  /** Runs the action to its end, as a step. */
  run(inputs?: Inputs, env?: Env): Promise<Step>;
  /** Starts it, in a process group of its own. */
  start(inputs?: Inputs, env?: Env): Promise<Started>;
}

type Inputs = Readonly<Record<string, string>>;
type Env = Readonly<Record<string, string>>;

export interface Started {
  readonly child: ChildProcess;
  readonly done: Promise<Step>;
  /** Ends it and whatever it started, as a machine that is switched off. */
  kill(): void;
}

/** What is left of a step when it is over. */
interface Step {
  readonly code: number;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** What it exported for later steps. */
  readonly exported: Readonly<Record<string, string>>;
  readonly summary: string;
  /** `error`, `warning` and `notice`, with the text as the runner would show it. */
  readonly annotations: readonly { readonly level: string; readonly text: string }[];
  /** What was asked of the origin meanwhile. */
  readonly asked: number;
  /** Entries that were begun to be uploaded meanwhile. */
  readonly uploads: number;
}

interface WorldOptions {
  readonly catalog?: Catalog;
  readonly config?: (demo: DemoOrigin) => string;
}

export async function world({ catalog, config = demoConfig }: WorldOptions = models(3)): Promise<World> {
  const demo = await startDemoOrigin(catalog ? { catalog } : {});
  onTestFinished(() => demo.close());
  const service = await cacheService();
  const source = await tempDir();
  const files: Record<string, string> = { "preload.yaml": config(demo) };
  await writeFile(join(source, "preload.yaml"), files["preload.yaml"] ?? "");

  async function preload(words: readonly string[]): Promise<void> {
    const told: string[] = [];
    const output = { write: (text: string) => told.push(text) };
    const env = { ...endpointsOf(demo), ...homeOf(join(source, "home")), HF_TOKEN: demoToken };
    const io = { stdout: output, stderr: output, stdin: process.stdin, env, cwd: source };
    if ((await main(words, io)) !== 0) throw new Error(told.join(""));
    files["preload.lock"] = await readFile(join(source, "preload.lock"), "utf8");
  }
  await preload(["lock"]);
  const made: World = {
    demo,
    service,
    async writeConfig(text) {
      files["preload.yaml"] = text;
      await writeFile(join(source, "preload.yaml"), text);
      await preload(["lock"]);
    },
    update: (ref) => preload(["update", ref]),
    machine: (options) => machineIn(made, files, options),
  };
  return made;
}

/** So many models, of a few kilobytes each if not told otherwise: `hf:org/m1` and so on. */
export function models(count: number, size?: number): Required<WorldOptions> {
  const ids = Array.from({ length: count }, (_, index) => `org/m${index + 1}`);
  return {
    catalog: { ...noCatalog, repos: ids.map((id, index) => modelRepo(id, index, size)) },
    config: (demo) =>
      configOf(
        demo,
        ids.map((id) => `hf:${id}`),
      ),
  };
}

/** A repository whose weights follow from a number. */
export function modelRepo(id: string, seed: number, size = 40_000): HubRepo {
  const config = JSON.stringify({ model_type: "bart", seed });
  return hubRepo({ id, files: { "config.json": config, "model.safetensors": pattern(size, seed) } });
}

export function configOf({ endpoints }: DemoOrigin, refs: readonly string[]): string {
  const lines = refs.map((ref) => `    - ${ref}\n`).join("");
  return `profiles:\n  test:\n${lines}default: [test]\nendpoints:\n  hf: ${endpoints.hf}\n`;
}

const noCatalog: Catalog = {
  repos: [],
  whisper: [],
  spacy: [],
  tokens: { [demoToken]: { user: "demo", accepted: [] } },
};

async function machineIn(
  { demo, service }: World,
  files: Readonly<Record<string, string>>,
  { checkout = "work/repo/repo", home: homeName = "home" }: MachineOptions = {},
): Promise<Machine> {
  const root = await tempDir();
  const home = join(root, homeName);
  const workspace = join(root, checkout);
  const temp = join(root, "work/_temp");
  await Promise.all([home, workspace, temp].map((dir) => mkdir(dir, { recursive: true })));
  let steps = 0;

  async function start(inputs: Inputs = {}, more: Env = {}): Promise<Started> {
    for (const [name, text] of Object.entries(files)) await writeFile(join(workspace, name), text);
    steps += 1;
    const file = (name: string) => join(root, `${name}-${steps}`);
    const paths = {
      GITHUB_OUTPUT: file("output"),
      GITHUB_ENV: file("env"),
      GITHUB_STATE: file("state"),
      GITHUB_STEP_SUMMARY: file("summary"),
    };
    for (const path of Object.values(paths)) await writeFile(path, "");
    const asked = demo.origin.requests.length;
    const uploads = service.entries.length;
    const env = {
      PATH: process.env.PATH ?? "",
      ...homeOf(home),
      ...endpointsOf(demo),
      ...paths,
      GITHUB_ACTIONS: "true",
      GITHUB_EVENT_NAME: "push",
      GITHUB_WORKSPACE: workspace,
      GITHUB_SERVER_URL: "https://github.com",
      RUNNER_TEMP: temp,
      ACTIONS_RESULTS_URL: service.url,
      ACTIONS_CACHE_SERVICE_V2: "True",
      ACTIONS_RUNTIME_TOKEN: "runtime-token",
      ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
      ...more,
    };
    const child = spawn(process.execPath, [inject("action")], { cwd: workspace, env, detached: true });
    let log = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (log += text));
    const done = new Promise<number>((resolve) =>
      child.once("close", (code, signal) => resolve(signal ? -1 : (code ?? -1))),
    ).then(
      async (code): Promise<Step> => ({
        code,
        log,
        outputs: parsed(await readFile(paths.GITHUB_OUTPUT, "utf8")),
        exported: parsed(await readFile(paths.GITHUB_ENV, "utf8")),
        summary: await readFile(paths.GITHUB_STEP_SUMMARY, "utf8"),
        annotations: annotationsIn(log),
        asked: demo.origin.requests.length - asked,
        uploads: service.entries.length - uploads,
      }),
    );
    return {
      child,
      done,
      kill() {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      },
    };
  }
  return {
    home,
    hub: join(home, ".cache/huggingface/hub"),
    workspace,
    temp,
    files,
    start,
    run: async (inputs, env) => (await start(inputs, env)).done,
  };
}

function homeOf(home: string): Env {
  return { HOME: home, USERPROFILE: home, PRELOAD_STATE_DIR: join(home, "state") };
}

function endpointsOf({ endpoints }: DemoOrigin): Env {
  return Object.fromEntries(
    Object.entries(endpoints).map(([name, url]) => [`PRELOAD_${name.toUpperCase()}_ENDPOINT`, url]),
  );
}

/** `name<<delimiter`, the value, the delimiter: the form of the runner's files. */
function parsed(text: string): Record<string, string> {
  const found = text.matchAll(/^(.+?)<<(ghadelimiter_\S+)\n([\s\S]*?)\n?\2$/gm);
  return Object.fromEntries([...found].map(([, name = "", , value = ""]) => [name, value]));
}

function annotationsIn(log: string): { level: string; text: string }[] {
  return [...log.matchAll(/^::(error|warning|notice) [^:]*::(.*)$/gm)].map(([, level = "", text = ""]) => ({
    level,
    text: text.replaceAll("%0A", "\n").replaceAll("%25", "%"),
  }));
}
