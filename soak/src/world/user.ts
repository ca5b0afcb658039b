import { type ChildProcess, spawn } from "node:child_process";
import { chown, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DemoOrigin } from "@preload/demo-origin";

const cli = process.env.PRELOAD_SOAK_CLI ?? fileURLToPath(new URL("../../apps/cli/dist/bin.cjs", import.meta.url));
export const fixtures = fileURLToPath(new URL("../../packages/demo-origin/fixtures", import.meta.url));

/** Somebody with a home and a project, who runs the real command line. */
export interface User {
  readonly home: string;
  /** Where the config is, and the lock will be. */
  readonly project: string;
  readonly hub: string;
  readonly whisper: string;
  readonly spacy: string;
  start(args: readonly string[], circumstances?: Circumstances): Running;
}

interface Circumstances {
  readonly env?: Readonly<Record<string, string>>;
  /** Who runs it. @default whoever runs this */
  readonly uid?: number | undefined;
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export interface Ended {
  /** As a shell has it: 128 and the number for a signal. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param uid to whom the home belongs */
export async function userIn(root: string, demo: DemoOrigin, uid?: number): Promise<User> {
  const home = join(root, "home");
  const project = join(root, "project");
  await mkdir(home, { recursive: true });
  await mkdir(join(project, ".git"), { recursive: true });
  for (const folder of [home, project]) if (uid !== undefined) await chown(folder, uid, uid);
  const [checkpoint] = demo.catalog.whisper;
  await writeFile(
    join(project, "preload.yaml"),
    `profiles:
  test:
    - ref: whisper:${checkpoint?.name}
      sha256: ${checkpoint?.sha256}
    - spacy:en_demo_core
    - ref: hf:soak/sharded
      for: all
default: [test]
spacy: { version: "3.8" }
endpoints:
  hf: ${demo.endpoints.hf}
  whisper: ${demo.endpoints.whisper}
  spacy: ${demo.endpoints.spacy}
`,
  );
  const env = { PATH: process.env.PATH ?? "", HOME: home, PRELOAD_STATE_DIR: join(home, "state") };
  return {
    home,
    project,
    hub: join(home, ".cache", "huggingface", "hub"),
    whisper: join(home, ".cache", "whisper"),
    spacy: join(home, ".local", "share", "spacy"),
    start(args, { env: more = {}, uid } = {}) {
      const child = spawn(process.execPath, [cli, ...args], {
        cwd: project,
        env: { ...env, ...more },
        stdio: ["ignore", "pipe", "pipe"],
        // Whatever hangs is ended, and seen by its exit code.
        timeout: 600_000,
        killSignal: "SIGKILL",
        ...(uid === undefined ? {} : { uid, gid: uid }),
      });
      let stdout = "";
      let stderr = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
      const ended = new Promise<Ended>((resolve) => {
        child.once("close", (code, signal) => resolve({ code: code ?? numberOf(signal), stdout, stderr }));
      });
      return { child, ended };
    },
  };
}

function numberOf(signal: NodeJS.Signals | null): number {
  return signal === "SIGINT" ? 130 : signal === "SIGTERM" ? 143 : 137;
}
