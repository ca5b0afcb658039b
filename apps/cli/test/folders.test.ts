import { execFileSync } from "node:child_process";
import { readdir } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { run } from "./support/run.ts";
import { world } from "./support/world.ts";

describe.skipIf(process.platform !== "linux")("a place where no folder can be made", () => {
  test.each([
    ["/proc/x", ["install", "--cache-root", "/proc/x"], {}, "--cache-root"],
    ["/sys/x", ["install", "--cache-root", "/sys/x"], {}, "--cache-root"],
    ["/proc/x", ["prune", "--yes"], { PRELOAD_STATE_DIR: "/proc/x" }, "PRELOAD_STATE_DIR"],
  ])(
    "such as %s ends %j with 7, and names what would help",
    async (folder, args, env: Record<string, string>, hint) => {
      const { preload } = await world();

      const { code, stderr } = await preload(args, { env });

      expect(stderr).toContain(`error ${folder} cannot be made: `);
      expect(stderr).toContain(hint);
      expect(code).toBe(7);
    },
  );

  test("costs an install what would have been noted, and nothing else", async () => {
    const { preload } = await world();

    const { code, stderr } = await preload(["install"], { env: { PRELOAD_STATE_DIR: "/proc/x" } });

    expect([code, stderr.includes("error")]).toEqual([0, false]);
  });
});

/** In a set of processes of its own, as in a container: each is number 1. */
const alone = ["unshare", "--pid", "--fork"];
const canUnshare = (() => {
  try {
    execFileSync(alone[0] ?? "", [...alone.slice(1), "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

test.skipIf(!canUnshare)(
  "processes of one number, each in a container, share a volume and take nothing from each other",
  async () => {
    const { env, project, preload } = await world();

    const ran = await Promise.all([1, 2, 3, 4].map(() => run(["install"], { cwd: project, env, as: alone })));

    expect(ran.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual([0, 0, 0, 0]);
    expect((await preload(["verify", "--deep"])).code).toBe(0);
    const left = [project, ...Object.values(env).filter((path) => path.startsWith("/"))];
    const names = await Promise.all(left.map((dir) => readdir(dir, { recursive: true }).catch((): string[] => [])));
    expect(names.flat().filter((name) => name.endsWith(".tmp"))).toEqual([]);
  },
);
