// Makes a fresh clone ready: installs what the lockfile says and builds every package. Fast when nothing changed.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Preload needs Node 20.19 or later; this is ${process.versions.node}.`);
  process.exit(1);
}

const pnpm = fileURLToPath(new URL("pnpm.mjs", import.meta.url));
run("Installing dependencies", ["install", "--frozen-lockfile", "--prefer-offline"]);
run("Building packages", ["exec", "turbo", "run", "build", "--output-logs=errors-only"]);

/** Prints one line; what the step itself prints is shown only if it fails. */
function run(what, args) {
  process.stderr.write(`${what} … `);
  const start = Date.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [pnpm, ...args], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", CI: process.env.CI ?? "1" },
  });
  if (status === 0) {
    process.stderr.write(`${((Date.now() - start) / 1000).toFixed(1)} s\n`);
    return;
  }
  process.stderr.write(`failed\n${stdout}${stderr}`);
  process.exit(1);
}
