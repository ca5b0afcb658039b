// What holds the version of the command is written anew behind `changeset version`: the examples' workflows and Dockerfiles name it.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const pnpm = fileURLToPath(new URL("pnpm.mjs", import.meta.url));

run([pnpm, "install", "--lockfile-only"]);
run([fileURLToPath(new URL("setup.mjs", import.meta.url))]);
run([pnpm, "--dir", "apps/cli", "exec", "vitest", "run", "test/ci-examples.test.ts"], { PRELOAD_WRITE_EXAMPLES: "1" });
for (const file of ["Dockerfile", "Containerfile"]) {
  const cli = fileURLToPath(new URL("../apps/cli/dist/bin.cjs", import.meta.url));
  run([cli, "docker", "--cwd", "examples/docker-python", "--write", file]);
}

function run(args, variables = {}) {
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...variables },
  });
  if (status !== 0) process.exit(status ?? 1);
}
