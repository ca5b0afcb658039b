// Packs every public package as it would be published, and lets publint and attw look at the result. Then Node itself imports
// every file of it: what the tests import goes through vitest, which forgives what Node does not.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folders = ["packages", "apps"].flatMap((parent) =>
  readdirSync(join(root, parent)).map((name) => join(root, parent, name)),
);
const out = mkdtempSync(join(tmpdir(), "preload-packages-"));
let failed = 0;
try {
  for (const folder of folders) {
    const { name, private: isPrivate, exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    if (isPrivate) continue;
    run(process.execPath, [join(root, "scripts/pnpm.mjs"), "pack", "--pack-destination", out], folder);
    const stem = name.replace("@", "").replace("/", "-");
    const tarball = join(out, readdirSync(out).find((file) => file.startsWith(`${stem}-`)) ?? "");
    check(name, "publint", ["--strict", tarball]);
    // A package that is only a command exports nothing to look at.
    if (!exports["."]) continue;
    check(name, "attw", [tarball, "--profile", "esm-only", "--no-emoji"]);
    importAll(name, join(folder, "dist"));
  }
} finally {
  rmSync(out, { recursive: true, force: true });
}
process.exit(failed === 0 ? 0 : 1);

function check(name, tool, args) {
  const { status, stdout, stderr } = spawnSync(join(root, "node_modules/.bin", tool), args, { encoding: "utf8" });
  console.log(`${status === 0 ? "ok    " : "failed"} ${tool} ${name}`);
  if (status === 0) return;
  failed += 1;
  console.log(stdout, stderr);
}

/** Also what a package imports only when it is needed. A thread's file is none to import. */
function importAll(name, dist) {
  const files = readdirSync(dist).filter((file) => file.endsWith(".js") && !file.includes("worker"));
  const program = `for (const file of ${JSON.stringify(files.sort())}) await import(${JSON.stringify(`${dist}/`)} + file);`;
  const args = ["--input-type=module", "--eval", program];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: dist, encoding: "utf8" });
  console.log(`${status === 0 ? "ok    " : "failed"} node ${name}`);
  if (status === 0) return;
  failed += 1;
  console.log(stderr);
}

function run(command, args, cwd) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status === 0) return;
  console.log(stdout, stderr);
  process.exit(1);
}
