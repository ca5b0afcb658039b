import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { bin } from "./support/run.ts";
import { world } from "./support/world.ts";

/** The files of ours that a run loads. */
async function loadedBy(args: string[]): Promise<string[]> {
  const { preload, project } = await world();
  await preload([]);
  const coverage = join(project, "coverage");
  await preload(args, { env: { NODE_V8_COVERAGE: coverage } });
  const reports = await Promise.all((await readdir(coverage)).map((name) => readFile(join(coverage, name), "utf8")));
  const urls = reports.flatMap((text) => JSON.parse(text).result.map(({ url }: { url: string }) => url) as string[]);
  return urls.filter((url) => url.startsWith("file:")).map((url) => basename(url));
}

test("a warm ci loads neither network, nor parsers, nor validators", async () => {
  const loaded = await loadedBy(["ci"]);

  expect(loaded.length).toBeGreaterThan(3);
  expect(loaded.filter((name) => /^(fetch|http|mend|config|resolve|options|zip|p-limit|demo)/.test(name))).toEqual([]);
});

test("the version loads no command", async () => {
  const loaded = await loadedBy(["--version"]);

  expect(loaded.filter((name) => /^(fetch|parse|install|list|verify|http)/.test(name))).toEqual([]);
});

describe("a reader that does not wait", () => {
  test("has everything done all the same, and the exit code that is true", async () => {
    const { preload, project, env, demo } = await world();
    await preload(["lock"]);
    demo.origin.fault("/resolve/", { type: "latency", ms: 200 });
    const line = `"${process.execPath}" "${bin}" ci | true; exit "\${PIPESTATUS[0]}"`;

    await promisify(execFile)("bash", ["-c", line], { cwd: project, env: { PATH: process.env.PATH, ...env } });

    expect((await preload(["verify", "--offline"])).code).toBe(0);
  });

  test.skipIf(process.platform !== "linux")("cannot be written to: exit 7 in a line, not a trace", async () => {
    const { preload, project, env } = await world();
    await preload(["lock"]);
    const line = `"${process.execPath}" "${bin}" plan > /dev/full`;

    const ended = promisify(execFile)("bash", ["-c", line], { cwd: project, env: { PATH: process.env.PATH, ...env } });

    await expect(ended).rejects.toMatchObject({ code: 7, stderr: "error the result cannot be written (ENOSPC)\n" });
  });
});
