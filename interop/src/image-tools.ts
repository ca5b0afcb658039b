import { readFileSync, writeFileSync } from "node:fs";
import { chmod, cp, mkdir, readdir, realpath, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runProgram, succeed } from "./run-program.ts";

const tools = {
  buildah: "buildah",
  skopeo: "skopeo",
  umoci: "umoci",
  "docker-registry": "docker-registry",
  busybox: "busybox-static",
} as const;

/**
 * Installs what builds images. Gives back why it is not there; a CI that runs as root must not go on without it, and one
 * that does not runs these tests once more as root (`.ci/run`).
 */
export async function installImageTools(): Promise<string | undefined> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "images are built by root on Linux";
  const missing = await absent();
  if (missing.length === 0) return undefined;
  const install = ["apt-get", "install", "-qy", "--no-install-recommends", ...missing.map((name) => tools[name])];
  await runProgram(["apt-get", "update", "-q"], { timeout: 5 * 60_000 }).catch(() => {});
  await runProgram(install, { timeout: 10 * 60_000 }).catch(() => {});
  const left = await absent();
  return left.length === 0 ? undefined : inCi(`${left.join(", ")} cannot be installed`);
}

async function absent(): Promise<(keyof typeof tools)[]> {
  const names = Object.keys(tools) as (keyof typeof tools)[];
  const codes = await Promise.all(names.map((name) => runProgram(["sh", "-c", `command -v ${name}`])));
  return names.filter((_, index) => codes[index]?.code !== 0);
}

function inCi(why: string): string {
  if (process.env.CI) throw new Error(`${why}, and in a CI nothing is skipped`);
  return why;
}

/**
 * The root of an image with Node and npm, as official ones have them: this machine's own, with the libraries they need,
 * and busybox for the rest. No registry can be reached here, so no image can be pulled.
 */
export async function makeNodeRoot(root: string): Promise<void> {
  await makeSmallRoot(root, ["sh", "cp", "mv", "grep", "mkdir", "rm", "cat", "ls", "id", "uname"]);
  const npm = dirname(dirname(await realpath((await succeed(["sh", "-c", "command -v npm"])).trim())));
  await mkdir(join(root, "usr/lib/node_modules"), { recursive: true });
  await cp(npm, join(root, "usr/lib/node_modules/npm"), { recursive: true });
  await symlink("../lib/node_modules/npm/bin/npm-cli.js", join(root, "usr/bin/npm"));
  const bash = await realpath("/bin/bash");
  for (const [from, to] of [
    [process.execPath, "usr/bin/node"],
    [bash, "usr/bin/bash"],
    ["/usr/bin/env", "usr/bin/env"],
    ["/usr/bin/ldd", "usr/bin/ldd"],
  ] as const) {
    await cp(from, join(root, to), { dereference: true });
  }
  await symlink("../usr/bin/bash", join(root, "bin/bash"));
  const libraries = (await Promise.all([process.execPath, bash].map(librariesOf))).flat();
  for (const library of new Set(libraries)) {
    await mkdir(join(root, dirname(library)), { recursive: true });
    await cp(library, join(root, library), { dereference: true });
  }
}

/** The root of an image with a shell and no library at all: not one of its programs could run Node. */
export async function makeSmallRoot(root: string, programs: readonly string[]): Promise<void> {
  for (const folder of ["bin", "usr/bin", "tmp", "root", "etc"]) await mkdir(join(root, folder), { recursive: true });
  await chmod(join(root, "tmp"), 0o1777);
  const busybox = (await succeed(["sh", "-c", "command -v busybox"])).trim();
  await cp(busybox, join(root, "bin/busybox"), { dereference: true });
  for (const program of programs) {
    await symlink("busybox", join(root, "bin", program));
    await symlink("../../bin/busybox", join(root, "usr/bin", program));
  }
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
}

async function librariesOf(program: string): Promise<string[]> {
  const text = await succeed(["ldd", program]);
  return [...text.matchAll(/(\/[^\s)]+)/g)].map(([path]) => path);
}

/** What an npm package would bring that is made of a folder, as a tar that npm reads. */
export async function packed(folder: string, to: string): Promise<{ path: string; name: string; version: string }> {
  await mkdir(to, { recursive: true });
  await succeed(["npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", to], { cwd: folder });
  const [file = ""] = (await readdir(to)).filter((name) => name.endsWith(".tgz"));
  const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return { path: join(to, file), name, version };
}
