import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@preload/core/testing";
import { onTestFinished } from "vitest";
import { type Ended, lastLines, runProgram, succeed } from "./run-program.ts";

/** buildah with a storage of its own, which is gone with the test. */
export interface ImageBuilder {
  /** Whatever its exit code is, that is an answer. */
  run(args: readonly string[]): Promise<Ended>;
  succeed(args: readonly string[]): Promise<string>;
  /** Makes an image of a folder. */
  imageOf(root: string, name: string, env?: Readonly<Record<string, string>>): Promise<void>;
  /** `buildah bud` in a context, with what makes the bytes of a layer depend on its content alone. */
  build(context: string, name: string, more?: readonly string[]): Promise<Image>;
  /** The files of an image, as a folder of this machine. */
  mounted(name: string): Promise<string>;
  /** Every file of the storage that holds a text: of images, of stages, of caches, of what describes them. */
  filesWith(text: string): Promise<string>;
}

export interface Image {
  readonly name: string;
  /** The digest of each layer, unpacked. */
  readonly layers: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly user: string;
  /** All that the image says of itself. */
  readonly text: string;
}

export async function imageBuilder(): Promise<ImageBuilder> {
  const folder = await fastFolder();
  const words = [
    "buildah",
    "--root",
    join(folder, "images"),
    "--runroot",
    join(folder, "run"),
    "--storage-driver",
    "vfs",
  ];
  const env = { ...process.env, TMPDIR: join(folder, "tmp"), HOME: folder };
  await mkdir(env.TMPDIR, { recursive: true });
  const run = (args: readonly string[]) => runProgram([...words, ...args], { env });
  const must = async (args: readonly string[]) => {
    const { code, stdout, stderr } = await run(args);
    if (code === 0) return stdout.trim();
    throw new Error(`buildah ${args.join(" ")} ended with ${code}\n${lastLines(`${stdout}\n${stderr}`)}`);
  };
  return {
    run,
    succeed: must,
    async imageOf(root, name, variables = {}) {
      const container = await must(["from", "scratch"]);
      await must(["copy", "--quiet", container, root, "/"]);
      const settings = Object.entries(variables).flatMap(([key, value]) => ["--env", `${key}=${value}`]);
      await must(["config", "--env", "PATH=/usr/local/bin:/usr/bin:/bin", ...settings, container]);
      await must(["commit", "--quiet", "--rm", container, name]);
    },
    async build(context, name, more = []) {
      await must(["bud", "--isolation", "chroot", "--layers", "--timestamp", "0", "-t", name, ...more, context]);
      return described(name, await must(["inspect", "--type", "image", name]));
    },
    filesWith: async (text) => (await runProgram(["grep", "-rlaF", text, folder])).stdout,
    async mounted(name) {
      const container = await must(["from", "--pull-never", name]);
      const root = await must(["mount", container]);
      onTestFinished(async () => void (await run(["rm", container])));
      return root;
    },
  };
}

/** In memory where there is some: each layer of vfs is a copy of all below it. */
async function fastFolder(): Promise<string> {
  if (!existsSync("/dev/shm")) return tempDir();
  const folder = await mkdtemp("/dev/shm/preload-images-");
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function described(name: string, text: string): Image {
  const { OCIv1 } = JSON.parse(text);
  const { Env = [], Labels = {}, User = "" } = OCIv1.config;
  const env = Object.fromEntries((Env as string[]).map((line) => /^([^=]*)=(.*)$/s.exec(line)?.slice(1) ?? []));
  return { name, layers: OCIv1.rootfs.diff_ids, env, labels: Labels, user: User, text };
}

/** Every path below a folder with its owner, mode and, of a link, target, and of a file, digest. */
export async function treeOf(root: string): Promise<string[]> {
  const text = await succeed([
    "find",
    root,
    "-mindepth",
    "1",
    "(",
    ...["-type", "l", "-printf", "%P %U:%G -> %l\\n"],
    ")",
    "-o",
    "-printf",
    "%P %U:%G %m\\n",
  ]);
  return text
    .split("\n")
    .filter((line) => line !== "")
    .sort();
}

/** The words that run a command as a user in the root of an image, where this machine's programs are readable. */
export function inRoot(root: string, user: string, more: readonly string[]): readonly string[] {
  const places = ["/usr", "/lib", "/lib64", "/bin", "/dev", "/proc", ...more];
  return ["unshare", "--mount", "sh", "-c", script, "sh", root, user, String(places.length), ...places];
}

const script = `
set -e
root=$1; user=$2; count=$3; shift 3
while [ "$count" -gt 0 ]; do
  if [ -e "$1" ]; then mkdir -p "$root$1"; mount --rbind "$1" "$root$1"; fi
  shift; count=$((count - 1))
done
exec chroot --userspec="$user" "$root" "$@"`;
