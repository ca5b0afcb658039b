import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const cwd = fileURLToPath(new URL("..", import.meta.url));
const run = (...args: string[]) => spawnSync(process.execPath, args, { cwd, encoding: "utf8" });

test("the suite of the example passes, with the network blocked", () => {
  const { status, stdout } = run("--test", "--test-reporter=tap", "suite.mjs");

  expect(stdout).toContain("# pass 2");
  expect(status).toBe(0);
});

test("the other program says who asked for what", () => {
  const asks = "fetch('https://huggingface.co/facebook/bart-base/resolve/main/config.json').catch(() => {})";

  expect(run("who-asked.mjs", process.execPath, "-e", asks).stdout).toBe(
    "huggingface.co:443/facebook/bart-base/resolve/main/config.json  from [eval]:1:1\n",
  );
});
